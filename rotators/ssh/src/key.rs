//! Key pairs: read in the formats that people have, made in OpenSSH's.

use std::sync::Arc;

use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use rotation::Secret;
use russh::keys::ssh_key::LineEnding;
use russh::keys::ssh_key::private::{KeypairData, RsaKeypair};
use russh::keys::ssh_key::public::KeyData;
use russh::keys::{Algorithm, EcdsaCurve, Error, PrivateKey, PublicKey, decode_secret_key};

/// What keys may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyType {
    Ed25519,
    EcdsaP256,
    EcdsaP384,
    Rsa3072,
    Rsa4096,
}

/// The words for them.
const TYPES: [(&str, KeyType); 5] = [
    ("ed25519", KeyType::Ed25519),
    ("ecdsa-p256", KeyType::EcdsaP256),
    ("ecdsa-p384", KeyType::EcdsaP384),
    ("rsa-3072", KeyType::Rsa3072),
    ("rsa-4096", KeyType::Rsa4096),
];
/// No shorter RSA key counts for anything.
const SHORTEST_RSA: usize = 2048;

/// A private key with its public one.
#[derive(Clone)]
pub(crate) struct KeyPair {
    private: Arc<PrivateKey>,
}

impl KeyType {
    /// As SSH_KEY_TYPE has it.
    pub(crate) fn parse(word: &str) -> Result<Self, String> {
        let found = TYPES.iter().find(|(name, _)| *name == word);
        found.map(|(_, kind)| *kind).ok_or_else(|| {
            let names = TYPES.map(|(name, _)| name);
            format!("must be one of {}", names.join(", "))
        })
    }
}

impl KeyPair {
    /// Out of a secret. The error says what is wrong with it, and nothing of it.
    pub(crate) fn read(text: &str, passphrase: Option<&str>) -> Result<Self, String> {
        let text = text.trim();
        if !text.contains("PRIVATE KEY-----") {
            return Err("is no private key: it must be PEM, as ssh-keygen writes it".into());
        }
        let private = decode_secret_key(text, passphrase).map_err(|error| match error {
            Error::KeyIsEncrypted => "is encrypted: the key passphrase is missing".to_owned(),
            _ if passphrase.is_some() => "cannot be read: is the passphrase the right one?".into(),
            _ => "cannot be read: it is damaged, or of a type that is not supported".into(),
        })?;
        if private.is_encrypted() {
            return Err("is encrypted: the key passphrase is missing".into());
        }
        if let Some(why) = weak(private.public_key()) {
            return Err(why);
        }
        Ok(Self {
            private: Arc::new(private),
        })
    }

    /// A new one, out of the operating system's randomness.
    pub(crate) fn generate(kind: KeyType, comment: &str) -> Result<Self, String> {
        let mut random = UnwrapErr(SysRng);
        let made = match kind {
            KeyType::Ed25519 => PrivateKey::random(&mut random, Algorithm::Ed25519),
            KeyType::EcdsaP256 => PrivateKey::random(&mut random, ecdsa(EcdsaCurve::NistP256)),
            KeyType::EcdsaP384 => PrivateKey::random(&mut random, ecdsa(EcdsaCurve::NistP384)),
            KeyType::Rsa3072 | KeyType::Rsa4096 => {
                let bits = if kind == KeyType::Rsa3072 { 3072 } else { 4096 };
                let pair = RsaKeypair::random(&mut random, bits);
                pair.and_then(|pair| PrivateKey::new(KeypairData::from(pair), ""))
            }
        };
        let mut private = made.map_err(|error| format!("no key could be made: {error}"))?;
        private.set_comment(comment);
        Ok(Self {
            private: Arc::new(private),
        })
    }

    /// What the next key is, where nobody says otherwise.
    pub(crate) fn kind(&self) -> KeyType {
        match self.private.public_key().key_data() {
            KeyData::Ecdsa(key) if key.curve() == EcdsaCurve::NistP256 => KeyType::EcdsaP256,
            KeyData::Ecdsa(_) => KeyType::EcdsaP384,
            KeyData::Rsa(key) if key.key_size() as usize <= 3072 => KeyType::Rsa3072,
            KeyData::Rsa(_) => KeyType::Rsa4096,
            _ => KeyType::Ed25519,
        }
    }

    /// To log in with.
    pub(crate) fn private(&self) -> Arc<PrivateKey> {
        Arc::clone(&self.private)
    }

    /// Its public half.
    pub(crate) fn public(&self) -> &PublicKey {
        self.private.public_key()
    }

    /// The line of an authorized_keys, without options.
    pub(crate) fn line(&self) -> Result<String, String> {
        let line = self.public().to_openssh();
        line.map_err(|error| format!("the public key cannot be written: {error}"))
    }

    /// As OpenSSH keeps it, under the passphrase if there is one.
    pub(crate) fn to_openssh(&self, passphrase: Option<&str>) -> Result<Secret, String> {
        let unwritten = |error| format!("the private key cannot be written: {error}");
        let text = match passphrase {
            Some(phrase) => {
                let locked = self.private.encrypt(&mut UnwrapErr(SysRng), phrase);
                locked.and_then(|key| key.to_openssh(LineEnding::LF))
            }
            None => self.private.to_openssh(LineEnding::LF),
        };
        Ok(Secret::new(text.map_err(unwritten)?.as_str()))
    }

    /// Whether a public key, as a secret has it, is this one's.
    pub(crate) fn is_of(&self, public: &str) -> Result<(), String> {
        let public = PublicKey::from_openssh(public.trim())
            .map_err(|_| "is no public key in OpenSSH's format".to_owned())?;
        if public.key_data() == self.public().key_data() {
            return Ok(());
        }
        Err("does not belong to the private key".into())
    }
}

fn ecdsa(curve: EcdsaCurve) -> Algorithm {
    Algorithm::Ecdsa { curve }
}

/// Why no rotation begins with such a key.
fn weak(key: &PublicKey) -> Option<String> {
    match key.key_data() {
        KeyData::Dsa(_) => Some("is a DSA key, which no OpenSSH takes any more".into()),
        KeyData::Rsa(key) if (key.key_size() as usize) < SHORTEST_RSA => Some(format!(
            "is an RSA key of {} bits: {SHORTEST_RSA} at least",
            key.key_size()
        )),
        KeyData::Ed25519(_) | KeyData::Rsa(_) | KeyData::Ecdsa(_) => None,
        _ => Some("is of a type that is not supported: ed25519, ECDSA or RSA".into()),
    }
}
