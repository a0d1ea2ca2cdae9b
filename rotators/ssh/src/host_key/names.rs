//! The names in a line of known_hosts: patterns in a list, or one name's hash.

use ring::hmac;
use russh::keys::ssh_key::known_hosts::HostPatterns;

/// The port that a name alone stands for.
pub(super) const PORT: u16 = 22;

/// A host's name as known_hosts has it.
pub(super) fn of(host: &str, port: u16) -> String {
    let host = host.to_ascii_lowercase();
    if port == PORT {
        host
    } else {
        format!("[{host}]:{port}")
    }
}

/// Whether the line is for the host of this name.
pub(super) fn include(names: &HostPatterns, name: &str) -> bool {
    match names {
        HostPatterns::Patterns(patterns) => {
            let (refused, named): (Vec<_>, Vec<_>) = patterns
                .iter()
                .partition(|pattern| pattern.starts_with('!'));
            let fits = |pattern: &&String| {
                let pattern = pattern.trim_start_matches('!').to_ascii_lowercase();
                matches(pattern.as_bytes(), name.as_bytes())
            };
            named.iter().any(fits) && !refused.iter().any(fits)
        }
        HostPatterns::HashedName { salt, hash } => {
            let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, salt);
            hmac::verify(&key, name.as_bytes(), hash).is_ok()
        }
    }
}

/// Whether the name fits the pattern, in which `*` is any text and `?` any character.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut read) = (0, 0);
    // After the last star, and what it has taken so far.
    let mut star = None;
    while let Some(byte) = name.get(read) {
        match pattern.get(at) {
            Some(b'*') => {
                at += 1;
                star = Some((at, read));
            }
            Some(wanted) if *wanted == b'?' || wanted == byte => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((after, taken)) = star else {
                    return false;
                };
                star = Some((after, taken + 1));
                (at, read) = (after, taken + 1);
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}
