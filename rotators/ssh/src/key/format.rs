//! The container that a private key is written in: the one that the key before came in, where that can hold the new one.

use getrandom::SysRng;
use getrandom::rand_core::TryRng;
use pkcs8::der::Encode;
use pkcs8::pkcs5::pbes2;
use pkcs8::{LineEnding, PrivateKeyInfoRef, SecretDocument};
use rotation::{HookError, Secret};
use russh::keys::PrivateKey;
use russh::keys::pkcs8::encode_pkcs8;
use sec1::{EcParameters, EcPrivateKey};

use super::KeyType;

/// How often a passphrase is hashed. It lies beside the key, so it protects a copy of the key alone.
const ROUNDS: u32 = 100_000;

/// A container of private keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// OpenSSH's own.
    OpenSsh,
    /// `BEGIN PRIVATE KEY`, or `BEGIN ENCRYPTED PRIVATE KEY`.
    Pkcs8,
    /// PKCS#1 for RSA, SEC1 for ECDSA: `BEGIN RSA PRIVATE KEY`, `BEGIN EC PRIVATE KEY`.
    Pem,
    /// The same, encrypted in the way of OpenSSL before 1.0. It is read, and not written.
    OldPem,
}

impl Format {
    /// What a setting calls those that are written.
    pub(crate) const NAMES: [(&str, Self); 3] = [
        ("openssh", Self::OpenSsh),
        ("pkcs8", Self::Pkcs8),
        ("pem", Self::Pem),
    ];

    /// The format for a new key of `kind`, after one in this format. An ed25519 key has no PEM of its own: it is in OpenSSH's
    /// format then, as ssh-keygen writes it, for more programs read that than ed25519 in PKCS#8.
    pub(crate) fn after(self, kind: KeyType) -> Self {
        match (self, kind) {
            (Self::Pem, KeyType::Ed25519) => Self::OpenSsh,
            _ => self,
        }
    }

    /// Refuses what cannot be written in this format.
    ///
    /// # Errors
    /// In words that follow the name of a key of the secret.
    pub(crate) fn holds(self, kind: KeyType, encrypted: bool) -> Result<(), &'static str> {
        match self {
            Self::OldPem => Err(
                "is encrypted in an old way (DEK-Info), in which no new key is written: set SSH_KEY_FORMAT, or the tag rotation:ssh-key-format, to openssh or pkcs8",
            ),
            Self::Pem if kind == KeyType::Ed25519 => Err(
                "would be followed by an ed25519 key, and SSH_KEY_FORMAT=pem has no form for one: set it to openssh or pkcs8",
            ),
            Self::Pem if encrypted => Err(
                "would be followed by one in PEM, which cannot be encrypted with the secret's passphrase: set SSH_KEY_FORMAT, or the tag rotation:ssh-key-format, to openssh or pkcs8, or take passphrase out of the secret",
            ),
            Self::OpenSsh | Self::Pkcs8 | Self::Pem => Ok(()),
        }
    }

    /// The text of `key`, encrypted if there is a passphrase, with a line feed at its end.
    ///
    /// # Errors
    /// If the key does not fit the format, or the operating system gives no random numbers.
    pub(super) fn write(
        self,
        key: &PrivateKey,
        passphrase: Option<&Secret>,
    ) -> Result<Secret, HookError> {
        if self == Self::OpenSsh {
            let text = match passphrase {
                Some(passphrase) => key.encrypt(&mut SysRng, passphrase.expose())?,
                None => key.clone(),
            };
            return Ok(Secret::new(text.to_openssh(LineEnding::LF)?.as_str()));
        }
        let (label, document) = match passphrase {
            Some(passphrase) => ("ENCRYPTED PRIVATE KEY", encrypted(key, passphrase)?),
            None if self == Self::Pem => traditional(key)?,
            None => (
                "PRIVATE KEY",
                SecretDocument::encode_msg(&bare(&whole(key)?)?)?,
            ),
        };
        let text = document.to_pem(label, LineEnding::LF)?;
        Ok(Secret::new(text.as_str()))
    }
}

fn whole(key: &PrivateKey) -> Result<SecretDocument, HookError> {
    Ok(SecretDocument::try_from(&encode_pkcs8(key)?[..])?)
}

/// In the first version of PKCS#8, without the public key: Java and older OpenSSL read no other.
fn bare(whole: &SecretDocument) -> Result<PrivateKeyInfoRef<'_>, HookError> {
    let info: PrivateKeyInfoRef<'_> = whole.decode_msg()?;
    Ok(PrivateKeyInfoRef::new(info.algorithm, info.private_key))
}

/// By what OpenSSL and Java both read: PBKDF2 with SHA-256, and AES-256.
fn encrypted(key: &PrivateKey, passphrase: &Secret) -> Result<SecretDocument, HookError> {
    let (mut salt, mut start) = ([0; 16], [0; 16]);
    SysRng.try_fill_bytes(&mut salt)?;
    SysRng.try_fill_bytes(&mut start)?;
    let how = pbes2::Parameters::generate_pbkdf2_sha256_aes256cbc(ROUNDS, &salt, start)?;
    let whole = whole(key)?;
    Ok(bare(&whole)?.encrypt_with_params(how, passphrase.expose())?)
}

/// PKCS#1 or SEC1, which are what PKCS#8 holds; SEC1 names the curve itself then.
fn traditional(key: &PrivateKey) -> Result<(&'static str, SecretDocument), HookError> {
    let whole = whole(key)?;
    let info = bare(&whole)?;
    let inner = info.private_key.as_bytes();
    if key.algorithm().is_rsa() {
        return Ok(("RSA PRIVATE KEY", SecretDocument::try_from(inner)?));
    }
    let curve = info.algorithm.parameters_oid()?;
    let key = EcPrivateKey {
        parameters: Some(EcParameters::NamedCurve(curve)),
        ..EcPrivateKey::try_from(inner)?
    };
    Ok((
        "EC PRIVATE KEY",
        SecretDocument::try_from(&key.to_der()?[..])?,
    ))
}
