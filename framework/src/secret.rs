//! The one type that holds a secret value, and the one door out of it.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value that must never be printed: a password, a private key, a token.
///
/// `Debug` shows `[REDACTED]`; there is no `Display` and no `==`; the memory is overwritten on drop.
///
/// ```compile_fail
/// println!("{}", rotation::Secret::new("hunter2"));
/// ```
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes the value over.
    pub fn new(value: impl Into<String>) -> Self {
        Self(SecretString::from(value.into()))
    }

    /// The value itself. The only door: search for `expose` to see everything that goes through it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// For [`Document`](crate::document::Document) alone, which writes it into the secret's JSON.
impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

/// Takes every one of `secrets` out of `text`, and whatever could break a log line; cuts it at 600 characters. Once for
/// all secrets: what was escaped or cut no longer reads like them.
///
/// A net, not the plan: errors are worded so that nothing secret is in them to begin with.
pub(crate) fn scrub(text: &str, secrets: &[Secret]) -> String {
    // Shorter ones would tear ordinary words apart, and no policy allows them.
    let long = secrets.iter().map(Secret::expose).filter(|s| s.len() >= 4);
    let mut long: Vec<&str> = long.collect();
    // One that begins with another must go first, or its end stays.
    long.sort_unstable_by_key(|secret| std::cmp::Reverse(secret.len()));
    let clean = long.into_iter().fold(text.to_owned(), |text, secret| {
        text.replace(secret, "[REDACTED]")
    });
    printable(&clean, 600)
}

/// `text` on one line, control characters escaped, cut after `limit` characters.
pub fn printable(text: &str, limit: usize) -> String {
    let mut shown: String = text.chars().take(limit).flat_map(escape).collect();
    if text.chars().nth(limit).is_some() {
        shown.push('…');
    }
    shown
}

fn escape(c: char) -> Vec<char> {
    if c.is_control() {
        c.escape_default().collect()
    } else {
        vec![c]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_is_redacted() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "[REDACTED]");
    }

    #[test]
    fn scrubbing_removes_every_occurrence_and_line_breaks() {
        let secrets = ["hunter", "hunter2"].map(Secret::new);
        let text = scrub("near 'hunter2'\nhunter2", &secrets);
        assert_eq!(text, "near '[REDACTED]'\\n[REDACTED]");
    }
}
