//! Which host keys are the right ones: lines of known_hosts, fingerprints, or both. Nothing is trusted on first use.

mod names;
#[cfg(test)]
mod tests;

use russh::keys::ssh_key::Fingerprint;
use russh::keys::ssh_key::known_hosts::HostPatterns;
use russh::keys::{Algorithm, EcdsaCurve, HashAlg, PublicKey};

/// What hosts may sign with, best first. SHA-1 is not among it.
const ALGORITHMS: [Algorithm; 6] = [
    Algorithm::Ed25519,
    ecdsa(EcdsaCurve::NistP256),
    ecdsa(EcdsaCurve::NistP384),
    ecdsa(EcdsaCurve::NistP521),
    rsa(HashAlg::Sha512),
    rsa(HashAlg::Sha256),
];

/// The host keys that a secret names.
#[derive(Debug, Default)]
pub(crate) struct HostKeys {
    lines: Vec<(HostPatterns, PublicKey)>,
    revoked: Vec<PublicKey>,
    /// Of any host.
    fingerprints: Vec<Fingerprint>,
}

impl HostKeys {
    /// Reads known_hosts in OpenSSH's format, and fingerprints as `ssh-keygen -l` shows them. An error says where, and quotes
    /// nothing.
    pub(crate) fn parse(known_hosts: &str, fingerprints: &[String]) -> Result<Self, String> {
        let mut keys = Self::default();
        let known_hosts = known_hosts.trim_start_matches('\u{feff}');
        for (line, number) in known_hosts.lines().zip(1..) {
            let read = keys.read(line.trim_matches([' ', '\t']));
            read.map_err(|wrong| format!("known_hosts, line {number}: {wrong}"))?;
        }
        for (text, number) in fingerprints.iter().zip(1..) {
            let fingerprint = text
                .trim()
                .parse()
                .ok()
                .filter(|read: &Fingerprint| read.is_sha256());
            keys.fingerprints.push(fingerprint.ok_or_else(|| {
                format!("fingerprints, number {number}: it must be SHA256: and 43 characters")
            })?);
        }
        if keys.lines.is_empty() && keys.fingerprints.is_empty() {
            return Err("host key required (known_hosts lines or SHA256 fingerprints): nothing is trusted on first use".into());
        }
        Ok(keys)
    }

    fn read(&mut self, line: &str) -> Result<(), &'static str> {
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let mut words = line.split_ascii_whitespace();
        let mut next = || words.next().unwrap_or_default();
        let first = next();
        let names = match first {
            "@cert-authority" => {
                return Err("certificates are not supported: name the hosts' own keys");
            }
            "@revoked" => next(),
            marker if marker.starts_with('@') => return Err("its marker is unknown"),
            names => names,
        };
        let (names, key) = (names.parse(), format!("{} {}", next(), next()).parse());
        let (Ok(names), Ok(key)) = (names, key) else {
            return Err(
                "it must be names, the type of a key, and the key, as ssh-keyscan prints them",
            );
        };
        if first == "@revoked" {
            self.revoked.push(key);
        } else {
            self.lines.push((names, key));
        }
        Ok(())
    }

    /// Whether the host may have this key, or the sentence that says why not.
    pub(crate) fn check(&self, host: &str, port: u16, key: &PublicKey) -> Result<(), String> {
        let print = key.fingerprint(HashAlg::Sha256);
        let name = names::of(host, port);
        let got = format!("got {print} ({})", key.algorithm());
        if self.is_revoked(key) {
            return Err(format!(
                "host key of {name} is revoked in known_hosts: {got}"
            ));
        }
        let known = self.known(host, port);
        let mut expected: Vec<Fingerprint> = known
            .iter()
            .map(|key| key.fingerprint(HashAlg::Sha256))
            .collect();
        expected.extend(&self.fingerprints);
        if expected.contains(&print) {
            return Ok(());
        }
        if expected.is_empty() {
            return Err(format!("no host key of {name} in known_hosts: {got}"));
        }
        let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
        Err(format!(
            "host key mismatch for {name}: {got}, expected {}",
            expected.join(", ")
        ))
    }

    /// What to ask the host for, best first: it shows one of its keys, and one of another type than the known would look like
    /// a stranger's. The other types come last, so that a stranger's key can be told.
    pub(crate) fn algorithms(&self, host: &str, port: u16) -> Vec<Algorithm> {
        let known = self.known(host, port);
        let is_known =
            |algorithm: &Algorithm| known.iter().any(|key| signs(&key.algorithm(), algorithm));
        let (mut asked, others): (Vec<_>, Vec<_>) = ALGORITHMS.into_iter().partition(is_known);
        asked.extend(others);
        asked
    }

    /// The keys in the lines for this host: those for its port, or else those for its name alone, as OpenSSH has it.
    fn known(&self, host: &str, port: u16) -> Vec<&PublicKey> {
        let of_name = |name: String| {
            let lines = self
                .lines
                .iter()
                .filter(|(names, _)| names::include(names, &name));
            let keys = lines
                .map(|(_, key)| key)
                .filter(|key| !self.is_revoked(key));
            keys.collect::<Vec<_>>()
        };
        let known = of_name(names::of(host, port));
        if known.is_empty() {
            return of_name(names::of(host, names::PORT));
        }
        known
    }

    /// Revoked for one host is revoked for all: somebody else may have the private key.
    fn is_revoked(&self, key: &PublicKey) -> bool {
        self.revoked
            .iter()
            .any(|revoked| revoked.key_data() == key.key_data())
    }
}

/// Whether a key of the first type makes signatures of the second.
fn signs(key: &Algorithm, signature: &Algorithm) -> bool {
    key == signature
        || (matches!(key, Algorithm::Rsa { .. }) && matches!(signature, Algorithm::Rsa { .. }))
}

const fn ecdsa(curve: EcdsaCurve) -> Algorithm {
    Algorithm::Ecdsa { curve }
}

const fn rsa(hash: HashAlg) -> Algorithm {
    Algorithm::Rsa { hash: Some(hash) }
}
