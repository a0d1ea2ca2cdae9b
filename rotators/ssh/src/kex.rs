//! What is offered to a host, and how long its silence may be.

use std::borrow::Cow;
use std::time::Duration;

use russh::client::{Config, GexParams};
use russh::kex::{
    CURVE25519, CURVE25519_PRE_RFC_8731, DH_G14_SHA256, DH_G16_SHA512, DH_GEX_SHA256,
    ECDH_SHA2_NISTP256, ECDH_SHA2_NISTP384, ECDH_SHA2_NISTP521,
    EXTENSION_OPENSSH_STRICT_KEX_AS_CLIENT, EXTENSION_SUPPORT_AS_CLIENT, MLKEM768X25519_SHA256,
    Name,
};
use russh::keys::Algorithm;

use crate::error::HostError;

/// Quick ones come first, and then those of hosts in FIPS mode. The exchange in which the host chooses the group comes last, since it
/// is slow: only a host that offers no other is asked for it.
const EXCHANGES: [Name; 9] = [
    MLKEM768X25519_SHA256,
    CURVE25519,
    CURVE25519_PRE_RFC_8731,
    ECDH_SHA2_NISTP256,
    ECDH_SHA2_NISTP384,
    ECDH_SHA2_NISTP521,
    DH_G14_SHA256,
    DH_G16_SHA512,
    DH_GEX_SHA256,
];
/// Least, wanted and most bits of such a group. With 8192, a login takes 415 ms of CPU; with 3072, 26;
/// by curve25519, 2.5.
const GROUP: (usize, usize, usize) = (2048, 3072, 8192);
/// A host that says nothing is asked whether it is there, so often.
const SILENCE: Duration = Duration::from_secs(5);

/// For a login by a key of type `own`, where the host may show a key of the types `asked`.
pub(crate) fn config(asked: Vec<Algorithm>, own: Algorithm) -> Result<Config, HostError> {
    let (least, wanted, most) = GROUP;
    let mut config = Config {
        gex: GexParams::new(least, wanted, most)?,
        keepalive_interval: Some(SILENCE),
        ..Config::default()
    };
    let mut exchanges = Vec::from(EXCHANGES);
    exchanges.push(EXTENSION_OPENSSH_STRICT_KEX_AS_CLIENT);
    if own.is_rsa() {
        // Only who signs by RSA must hear of a host's hashes. OpenSSH lets nobody in before that is acknowledged: 40 ms.
        exchanges.push(EXTENSION_SUPPORT_AS_CLIENT);
    }
    config.preferred.kex = Cow::Owned(exchanges);
    config.preferred.key = Cow::Owned(asked);
    Ok(config)
}
