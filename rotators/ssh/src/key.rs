//! Private keys: read in the forms that tools write, and written in the same.

mod format;
mod read;
#[cfg(test)]
mod tests;

use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use rotation::{HookError, Secret};
use russh::keys::ssh_key::private::{EcdsaKeypair, Ed25519Keypair, KeypairData, RsaKeypair};
use russh::keys::ssh_key::public::KeyData;
use russh::keys::{Algorithm, EcdsaCurve, PrivateKey, PublicKey};

pub(crate) use format::Format;
pub(crate) use read::{Read, Unreadable, belongs, read};

/// The shortest RSA key that is used, in bits.
const RSA_BITS: u32 = 2048;

/// A type of key that a rotation makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyType {
    Ed25519,
    EcdsaP256,
    EcdsaP384,
    Rsa2048,
    Rsa3072,
    Rsa4096,
}

impl KeyType {
    /// What a setting calls each.
    pub(crate) const NAMES: [(&str, Self); 6] = [
        ("ed25519", Self::Ed25519),
        ("ecdsa-p256", Self::EcdsaP256),
        ("ecdsa-p384", Self::EcdsaP384),
        ("rsa-2048", Self::Rsa2048),
        ("rsa-3072", Self::Rsa3072),
        ("rsa-4096", Self::Rsa4096),
    ];

    /// The type of the key that comes after `present`: its own. RSA below 3072 bits is followed by 4096, for EC2 takes no
    /// key pairs of 3072.
    ///
    /// # Errors
    /// If `present` is of a type, or so short, that it is not used at all.
    pub(crate) fn after(present: &PublicKey) -> Result<Self, Unusable> {
        use EcdsaCurve::{NistP256, NistP384};
        match (present.algorithm(), present.key_data()) {
            (Algorithm::Ed25519, _) => Ok(Self::Ed25519),
            (Algorithm::Ecdsa { curve: NistP256 }, _) => Ok(Self::EcdsaP256),
            (Algorithm::Ecdsa { curve: NistP384 }, _) => Ok(Self::EcdsaP384),
            (_, KeyData::Rsa(key)) => match key.key_size() {
                bits if bits < RSA_BITS => Err(Unusable::Short(bits)),
                3072 => Ok(Self::Rsa3072),
                _ => Ok(Self::Rsa4096),
            },
            (Algorithm::Dsa, _) => Err(Unusable::Dsa),
            (other, _) => Err(Unusable::Type(other.to_string())),
        }
    }
}

/// Why a key that can be read is not used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unusable {
    /// Servers have not taken it since OpenSSH 7.0.
    #[error(
        "is a DSA key, which no server takes any more: store an ed25519 key that works on every host"
    )]
    Dsa,
    /// An RSA key of so many bits.
    #[error(
        "is an RSA key of {0} bits, and {RSA_BITS} is the least: store an ed25519 key that works on every host"
    )]
    Short(u32),
    /// Hardware keys, and ECDSA on P-521.
    #[error(
        "is a key of the type {0}, which is not supported: store an ed25519 key that works on every host"
    )]
    Type(String),
}

/// A new key: the private half as text, ready to be stored.
#[derive(Debug)]
pub(crate) struct NewKey {
    /// With a line feed at its end.
    pub(crate) private: Secret,
    /// With the comment.
    pub(crate) public: PublicKey,
}

/// A key of this type in this format, from the operating system's random numbers; encrypted, if there is a passphrase.
///
/// RSA takes a while: call it where nothing else waits.
///
/// # Errors
/// If the system gives no random numbers, or the key cannot be written.
pub(crate) fn generate(
    kind: KeyType,
    format: Format,
    comment: &str,
    passphrase: Option<&Secret>,
) -> Result<NewKey, HookError> {
    // Once it gave some, it always does: so the generators below, which cannot fail, are given no reason to.
    let random = getrandom::fill(&mut [0; 32]);
    random.map_err(|_| HookError::failed("the operating system gives no random bytes"))?;
    let key = PrivateKey::new(pair(kind)?, comment)?;
    Ok(NewKey {
        private: format.write(&key, passphrase)?,
        public: key.public_key().clone(),
    })
}

fn pair(kind: KeyType) -> Result<KeypairData, HookError> {
    let random = &mut UnwrapErr(SysRng);
    Ok(match kind {
        KeyType::Ed25519 => Ed25519Keypair::random(random).into(),
        KeyType::EcdsaP256 => EcdsaKeypair::random(random, EcdsaCurve::NistP256)?.into(),
        KeyType::EcdsaP384 => EcdsaKeypair::random(random, EcdsaCurve::NistP384)?.into(),
        KeyType::Rsa2048 => RsaKeypair::random(random, 2048)?.into(),
        KeyType::Rsa3072 => RsaKeypair::random(random, 3072)?.into(),
        KeyType::Rsa4096 => RsaKeypair::random(random, 4096)?.into(),
    })
}
