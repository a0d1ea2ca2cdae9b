//! Clients that try a key, and no more.

use std::process::{Command, Output};
use std::sync::Arc;

use russh::client::{Config, Handler, connect_stream};
use russh::kex::EXTENSION_SUPPORT_AS_CLIENT;
use russh::keys::{PrivateKeyWithHashAlg, PublicKeyOrCertificate, decode_secret_key};
use tokio::net::TcpStream;

use super::{set_mode, user};

/// Trusts the host key of this line.
struct Known(String);

impl Handler for Known {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        offered: &PublicKeyOrCertificate,
    ) -> Result<bool, russh::Error> {
        let PublicKeyOrCertificate::PublicKey { key, .. } = offered else {
            return Ok(false);
        };
        let line = key.to_openssh()?;
        Ok(self.0.ends_with(&line))
    }
}

/// Whether the server at this port takes the key, which is not of RSA.
///
/// # Errors
/// What happens that is neither yes nor no: nobody answers, say, or it hangs up.
pub async fn enters(port: u16, known_host: &str, private: &str) -> Result<bool, String> {
    let words = |error: &dyn std::error::Error| error.to_string();
    let key = decode_secret_key(private, None).expect("a private key");
    let stream = TcpStream::connect(("127.0.0.1", port)).await;
    let stream = stream.map_err(|error| words(&error))?;
    stream.set_nodelay(true).map_err(|error| words(&error))?;
    let mut config = Config::default();
    // It would answer to this first, and then wait to hear that we have heard it.
    let kex = config.preferred.kex.to_mut();
    kex.retain(|name| *name != EXTENSION_SUPPORT_AS_CLIENT);
    let known = Known(known_host.to_owned());
    let session = connect_stream(Arc::new(config), stream, known).await;
    let mut session = session.map_err(|error| words(&error))?;
    let key = PrivateKeyWithHashAlg::new(Arc::new(key), None);
    let answer = session.authenticate_publickey(user(), key).await;
    let accepted = answer.map_err(|error| words(&error))?.success();
    match accepted || !session.is_closed() {
        true => Ok(accepted),
        false => Err("it hung up".to_owned()),
    }
}

/// What OpenSSH's client says of it.
pub(super) fn openssh(port: u16, known_host: &str, private: &str) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let key = folder.path().join("key");
    std::fs::write(&key, private).expect("room for a key");
    set_mode(&key, 0o600);
    let known = folder.path().join("known_hosts");
    std::fs::write(&known, known_host).expect("room for a line");
    let mut client = Command::new("ssh");
    client.arg("-F").arg("none").arg("-i").arg(&key);
    for option in [
        "IdentitiesOnly=yes".into(),
        "IdentityAgent=none".into(),
        "BatchMode=yes".into(),
        // What it would like best takes longer than all the rest.
        "KexAlgorithms=curve25519-sha256".into(),
        format!("UserKnownHostsFile={}", known.display()),
    ] {
        client.arg("-o").arg(option);
    }
    client.args(["-p", &port.to_string(), "-l", &user(), "localhost", "true"]);
    client.output().expect("ssh: run scripts/install")
}
