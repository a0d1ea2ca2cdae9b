//! The only type that holds a secret value, and the only way to read that value.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value that must never be printed: a password, a private key, a token.
///
/// `Debug` shows `[REDACTED]`. There is no `Display` and no `==`. The memory is overwritten on drop.
///
/// ```compile_fail
/// println!("{}", rotation::Secret::new("hunter2"));
/// ```
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// A secret with this value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(SecretString::from(value.into()))
    }

    /// The value itself. Everything that reads it calls this method: search for `expose`.
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

/// Only [`Document`](crate::document::Document) uses this. It writes the value into the secret's JSON.
impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

/// Takes every one of `secrets` out of `text`, if it has four bytes or more. Escapes whatever could break a log line, and cuts
/// the text after 600 characters. Call it once with all secrets: after a text was escaped or cut, a secret in it may no longer
/// be found.
///
/// This is only a safety net. Errors are worded so that they contain nothing secret in the first place.
pub fn scrub(text: &str, secrets: &[Secret]) -> String {
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

/// `text` on one line. Control characters are escaped, and the text is cut after `limit` characters.
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
