//! Lines of known_hosts, in OpenSSH's format.

use hmac::{Hmac, KeyInit, Mac};
use russh::keys::ssh_key::known_hosts::{Entry, HostPatterns, Marker};
use russh::keys::ssh_key::public::KeyData;
use sha1::Sha1;

/// One line: a key, and the names of the hosts that have it, or must no more have it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Known {
    pub(super) revoked: bool,
    pub(super) key: KeyData,
    hosts: HostPatterns,
}

impl Known {
    /// The lines of a file; empty ones and comments are none.
    ///
    /// # Errors
    /// With a rule that begins with `must`, and the number of the line that breaks it.
    pub(crate) fn lines(text: &str) -> Result<Vec<Self>, String> {
        let lines = text.lines().map(str::trim).zip(1..);
        let full = lines.filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
        full.map(|(line, number)| {
            Self::parse(line).map_err(|rule| format!("must {rule}: line {number}"))
        })
        .collect()
    }

    fn parse(line: &str) -> Result<Self, &'static str> {
        const FORM: &str =
            "have lines of a host name, a key type and a key, as ssh-keyscan prints them";
        // The parser takes single spaces alone.
        let words: Vec<&str> = line.split_whitespace().collect();
        let entry: Entry = words.join(" ").parse().map_err(|_| FORM)?;
        if entry.marker() == Some(&Marker::CertAuthority) {
            return Err("have no @cert-authority, for certificates are not supported");
        }
        Ok(Self {
            revoked: entry.marker() == Some(&Marker::Revoked),
            key: entry.public_key().key_data().clone(),
            hosts: entry.into(),
        })
    }

    /// Whether the line is for the host that known_hosts has as `name`, which is in lower case.
    pub(super) fn names(&self, name: &str) -> bool {
        match &self.hosts {
            HostPatterns::HashedName { salt, hash } => {
                let hmac = Hmac::<Sha1>::new_from_slice(salt);
                hmac.is_ok_and(|hmac| hmac.chain_update(name).verify_slice(hash).is_ok())
            }
            HostPatterns::Patterns(patterns) => {
                let (not, those): (Vec<&String>, Vec<&String>) = patterns
                    .iter()
                    .partition(|pattern| pattern.starts_with('!'));
                let fits =
                    |pattern: &str| fits(name.as_bytes(), pattern.to_ascii_lowercase().as_bytes());
                those.iter().any(|pattern| fits(pattern))
                    && !not.iter().any(|pattern| fits(&pattern[1..]))
            }
        }
    }
}

/// Whether `pattern`, in which `*` is any text and `?` any character, is for `name`.
fn fits(name: &[u8], pattern: &[u8]) -> bool {
    let (mut at, mut next) = (0, 0);
    // After the last star, and where in the name it ends for now.
    let mut star = None;
    while at < name.len() {
        match pattern.get(next) {
            Some(b'*') => {
                next += 1;
                star = Some((next, at));
            }
            Some(b'?') => (at, next) = (at + 1, next + 1),
            Some(byte) if *byte == name[at] => (at, next) = (at + 1, next + 1),
            _ => match star {
                Some((after, end)) => {
                    (at, next) = (end + 1, after);
                    star = Some((after, end + 1));
                }
                None => return false,
            },
        }
    }
    pattern[next..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks() {
        for (pattern, yes, no) in [
            ("db", "db", "db1"),
            ("d?", "db", "d"),
            ("*", "", "\0never"),
            ("*.example.com", "a.b.example.com", "example.com"),
            ("a*b*c", "aXbbYc", "aXbY"),
            ("10.0.0.*", "10.0.0.254", "10.0.1.1"),
            (
                "[*.example.com]:2222",
                "[a.example.com]:2222",
                "a.example.com",
            ),
            ("a**", "a", "b"),
            ("", "", "a"),
        ] {
            assert!(fits(yes.as_bytes(), pattern.as_bytes()), "{pattern} {yes}");
            if no != "\0never" {
                assert!(!fits(no.as_bytes(), pattern.as_bytes()), "{pattern} {no}");
            }
        }
        let slow = format!("{}b", "*a".repeat(50));
        assert!(!fits("a".repeat(2000).as_bytes(), slow.as_bytes()));
    }
}
