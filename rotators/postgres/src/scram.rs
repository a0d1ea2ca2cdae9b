//! What SCRAM-SHA-256 makes of a password: RFC 5802, RFC 7677.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::{digest, hmac, pbkdf2};
use rotation::Secret;
use zeroize::Zeroizing;

/// A password, salted so many times: the proofs of both sides come from it. To make one takes a millisecond or more, so the same
/// password and salt share one as long as it lives.
pub(crate) struct Keys {
    password: Secret,
    salt: Vec<u8>,
    iterations: NonZeroU32,
    salted: Zeroizing<[u8; digest::SHA256_OUTPUT_LEN]>,
}

/// Those that live. A connection holds them, and they end with it.
static ALIVE: Mutex<Vec<Weak<Keys>>> = Mutex::new(Vec::new());

impl Keys {
    pub(crate) fn of(password: &Secret, salt: &[u8], iterations: NonZeroU32) -> Arc<Self> {
        let mut alive = ALIVE.lock().unwrap_or_else(PoisonError::into_inner);
        alive.retain(|keys| keys.strong_count() > 0);
        let same = |keys: &Arc<Self>| {
            keys.iterations == iterations
                && keys.salt == salt
                && keys.password.expose() == password.expose()
        };
        if let Some(known) = alive.iter().filter_map(Weak::upgrade).find(same) {
            return known;
        }
        let made = Arc::new(Self::make(password, salt, iterations));
        alive.push(Arc::downgrade(&made));
        made
    }

    fn make(password: &Secret, salt: &[u8], iterations: NonZeroU32) -> Self {
        // As libpq: what SASLprep does not allow, goes in as it is.
        let text = password.expose();
        let prepared =
            Zeroizing::new(stringprep::saslprep(text).map_or_else(|_| text.to_owned(), Into::into));
        let mut salted = Zeroizing::new([0; digest::SHA256_OUTPUT_LEN]);
        let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
        pbkdf2::derive(
            algorithm,
            iterations,
            salt,
            prepared.as_bytes(),
            &mut *salted,
        );
        Self {
            password: password.clone(),
            salt: salt.to_vec(),
            iterations,
            salted,
        }
    }

    /// The client's proof that it knows the password, for what both sides have said.
    pub(crate) fn proof(&self, said: &str) -> [u8; digest::SHA256_OUTPUT_LEN] {
        let client = self.key(b"Client Key");
        let stored = digest::digest(&digest::SHA256, client.as_ref());
        let stored = hmac::Key::new(hmac::HMAC_SHA256, stored.as_ref());
        let signature = hmac::sign(&stored, said.as_bytes());
        let mut proof = [0; digest::SHA256_OUTPUT_LEN];
        let both = client.as_ref().iter().zip(signature.as_ref());
        for (byte, (key, signed)) in proof.iter_mut().zip(both) {
            *byte = key ^ signed;
        }
        proof
    }

    /// Whether the server has proven that it knows the password's verifier.
    pub(crate) fn is_servers(&self, signature: &[u8], said: &str) -> bool {
        let server = self.key(b"Server Key");
        let server = hmac::Key::new(hmac::HMAC_SHA256, server.as_ref());
        hmac::verify(&server, said.as_bytes(), signature).is_ok()
    }

    /// What the server keeps, as RFC 5803 writes it.
    pub(crate) fn verifier(&self) -> String {
        let stored = digest::digest(&digest::SHA256, self.key(b"Client Key").as_ref());
        format!(
            "SCRAM-SHA-256${}:{}${}:{}",
            self.iterations,
            STANDARD.encode(&self.salt),
            STANDARD.encode(stored),
            STANDARD.encode(self.key(b"Server Key"))
        )
    }

    fn key(&self, name: &[u8]) -> hmac::Tag {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &*self.salted), name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUNDS: NonZeroU32 = NonZeroU32::new(4096).expect("a number");

    #[test]
    fn the_verifier_is_the_drivers() {
        for password in ["secret", "I\u{AD}X", "\u{2168}", "x\u{0007}", "é"] {
            let theirs = postgres_protocol::password::scram_sha_256(password.as_bytes());
            let salt = theirs.split([':', '$']).nth(2).expect("a salt");
            let salt = STANDARD.decode(salt).expect("base64");
            let keys = Keys::of(&Secret::new(password), &salt, ROUNDS);
            assert_eq!(keys.verifier(), theirs, "{password}");
        }
    }

    #[test]
    fn keys_are_shared_while_they_live_and_by_nobody_else() {
        let of = |password: &str, salt: &[u8], rounds: u32| {
            let rounds = NonZeroU32::new(rounds).expect("a number");
            Keys::of(&Secret::new(password), salt, rounds)
        };
        let one = of("one", b"shared", 7);
        assert!(Arc::ptr_eq(&one, &of("one", b"shared", 7)));
        for other in [
            of("two", b"shared", 7),
            of("one", b"salt", 7),
            of("one", b"shared", 8),
        ] {
            assert!(!Arc::ptr_eq(&one, &other));
            assert_ne!(one.verifier(), other.verifier());
        }
        let (gone, verifier) = (Arc::downgrade(&one), one.verifier());
        drop(one);
        assert!(gone.upgrade().is_none(), "nobody else keeps them");
        assert_eq!(of("one", b"shared", 7).verifier(), verifier);
    }
}
