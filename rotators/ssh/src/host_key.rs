//! By which keys a host is known. Nothing is trusted on first use.

mod known;
#[cfg(any(test, fuzzing))]
pub(crate) mod properties;
#[cfg(test)]
mod tests;

use russh::keys::ssh_key::Fingerprint;
use russh::keys::{Algorithm, EcdsaCurve, HashAlg, PublicKey};

use crate::host::Host;

pub(crate) use known::Known;

/// What a host may be asked for: all but SHA-1, DSA, and keys that need hardware.
const ALGORITHMS: [Algorithm; 6] = [
    Algorithm::Ed25519,
    Algorithm::Ecdsa {
        curve: EcdsaCurve::NistP256,
    },
    Algorithm::Ecdsa {
        curve: EcdsaCurve::NistP384,
    },
    Algorithm::Ecdsa {
        curve: EcdsaCurve::NistP521,
    },
    Algorithm::Rsa {
        hash: Some(HashAlg::Sha512),
    },
    Algorithm::Rsa {
        hash: Some(HashAlg::Sha256),
    },
];

/// What is known of the hosts of a secret.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HostKeys {
    known: Vec<Known>,
    fingerprints: Vec<Fingerprint>,
}

impl HostKeys {
    /// `None` if no host is known by any of this.
    pub(crate) fn new(known: Vec<Known>, fingerprints: Vec<Fingerprint>) -> Option<Self> {
        let some = known.iter().any(|line| !line.revoked) || !fingerprints.is_empty();
        some.then_some(Self {
            known,
            fingerprints,
        })
    }

    /// After `Ok`, `key` is a key of `host`.
    ///
    /// # Errors
    /// In one sentence, with the fingerprints of this key and of those that are known.
    pub(crate) fn check(&self, host: &Host, key: &PublicKey) -> Result<(), String> {
        let print = key.fingerprint(HashAlg::Sha256);
        let got = format!("got {print} ({})", key.algorithm());
        let mut lines = self.of(host);
        if lines.any(|line| line.revoked && line.key == *key.key_data()) {
            return Err(format!(
                "host key of {host} is revoked in known_hosts: {got}"
            ));
        }
        let expected = self.fingerprints_of(host);
        if expected.contains(&print) {
            return Ok(());
        }
        if expected.is_empty() {
            return Err(format!("no host key of {host} in known_hosts: {got}"));
        }
        let expected: Vec<String> = expected.iter().map(Fingerprint::to_string).collect();
        let expected = expected.join(", ");
        Err(format!(
            "host key mismatch for {host}: {got}, expected {expected}"
        ))
    }

    /// What to ask `host` for, most wanted first: it shows one key only. Types of which a key is known come first, so that
    /// a host that has one shows that; the others follow, so that one that has none is found to show a wrong key.
    ///
    /// A fingerprint does not say of which type its key is. So after a key of one of the types `refused` did not fit, ask
    /// again, for what is then left; nothing is left where [`check`](Self::check) has the last word.
    pub(crate) fn algorithms(&self, host: &Host, refused: &[Algorithm]) -> Vec<Algorithm> {
        if !refused.is_empty() && self.fingerprints.is_empty() {
            return Vec::new();
        }
        let known: Vec<Algorithm> = self
            .keys_of(host)
            .map(|line| line.key.algorithm())
            .collect();
        let among = |algorithms: &[Algorithm], one: &Algorithm| {
            algorithms.iter().any(|other| plain(other) == plain(one))
        };
        let mut wanted = Vec::from(ALGORITHMS);
        wanted.retain(|one| !among(refused, one));
        wanted.sort_by_key(|one| !among(&known, one));
        wanted
    }

    fn of(&self, host: &Host) -> impl Iterator<Item = &Known> {
        let name = host.known_as();
        self.known.iter().filter(move |line| line.names(&name))
    }

    fn keys_of(&self, host: &Host) -> impl Iterator<Item = &Known> {
        self.of(host).filter(|line| !line.revoked)
    }

    /// Those of the lines for this host, and those that are for every host.
    fn fingerprints_of(&self, host: &Host) -> Vec<Fingerprint> {
        let lines = self
            .keys_of(host)
            .map(|line| line.key.fingerprint(HashAlg::Sha256));
        lines.chain(self.fingerprints.iter().copied()).collect()
    }
}

/// Without the hash that RSA signs with, which is no property of the key.
fn plain(algorithm: &Algorithm) -> Algorithm {
    match algorithm {
        Algorithm::Rsa { .. } => Algorithm::Rsa { hash: None },
        other => other.clone(),
    }
}
