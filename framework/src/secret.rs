//! The only type that holds a secret value, and the only ways to that value.

mod scrub;
mod shown;
mod writing;

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

#[cfg(feature = "testing")]
pub(crate) use scrub::has_any;
pub use scrub::scrub;
pub use shown::printable;
pub(crate) use shown::visible;
#[cfg(feature = "command-line")]
pub(crate) use shown::visible_json;
pub(crate) use writing::writing;

/// A value that must never be printed: a password, a private key, a token.
///
/// `Debug` shows `[REDACTED]`. There is no `Display` and no `==`. `Serialize` fails, except while
/// [`Document`](crate::document::Document) writes the secret's JSON.
///
/// The buffer that holds the value is overwritten on drop, and so is the text that [`new`](Self::new) got. Copies that others make
/// are not: what AWS's SDK sends and receives, the buffers of TLS, and what a driver keeps of a password.
///
/// ```compile_fail
/// println!("{}", rotation::Secret::new("hunter2"));
/// ```
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// A secret with this value.
    pub fn new(value: impl Into<String>) -> Self {
        // A copy of the right size: making the text's own buffer shorter could leave the text in memory.
        let value = Zeroizing::new(value.into());
        Self(SecretString::from(value.as_str()))
    }

    /// The value itself. Everything that reads it calls this method: search for `expose`.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Writes `form`, which shows the value in another type, such as a number. It is for a payload with a `Serialize` of its own.
    ///
    /// # Errors
    /// Unless [`Document`](crate::document::Document) writes the secret's JSON, as in `Serialize` of [`Secret`].
    pub fn serialize_as<S: Serializer>(
        &self,
        form: &impl Serialize,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        if writing::allowed() {
            return form.serialize(serializer);
        }
        Err(serde::ser::Error::custom(
            "a secret is written by Document::of and Document::patch alone",
        ))
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

/// Only [`Document`](crate::document::Document) can use this. Anywhere else it is an error, so that nobody logs a payload by way of
/// its JSON.
impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize_as(&self.expose(), serializer)
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
    fn a_secret_is_not_serialised_by_accident() {
        let secret = Secret::new("hunter2");
        let nested = std::collections::HashMap::from([("password", &secret)]);
        for error in [
            serde_json::to_string(&secret).expect_err("refused"),
            serde_json::to_string(&nested).expect_err("refused"),
            serde_json::to_value(&secret)
                .map(drop)
                .expect_err("refused"),
        ] {
            let said = error.to_string();
            assert!(said.contains("Document::patch") && !said.contains("hunter2"));
        }
        let written = writing(|| serde_json::to_string(&secret));
        assert_eq!(written.expect("a door"), "\"hunter2\"");
        assert!(
            serde_json::to_string(&secret).is_err(),
            "the door is shut again"
        );
    }

    #[test]
    fn the_door_is_shut_after_a_panic() {
        let panicked = std::panic::catch_unwind(|| writing(|| panic!("a payload's own Serialize")));
        assert!(panicked.is_err());
        assert!(serde_json::to_string(&Secret::new("hunter2")).is_err());
    }
}
