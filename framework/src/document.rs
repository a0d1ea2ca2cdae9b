//! The JSON of a version. An error never contains a value of it. A patch changes only the values that differ.

mod error;
mod fields;
mod members;
#[cfg(test)]
mod tests;

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::secret::{Secret, writing};
use error::translate;
use fields::Fields;
use members::members;

pub use error::DocumentError;
pub(crate) use members::keys;

/// The longest value that Secrets Manager stores, in bytes.
/// Source: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html>.
pub const MAX_BYTES: usize = 65_536;

/// The value of a version: its `SecretString`, or the fact that it has none. `Debug` is redacted.
///
/// The memory of the text is overwritten on drop, as [`Secret`] says. So are the copies that [`patch`](Self::patch) makes, as far as
/// serde leaves none.
#[derive(Clone, Debug)]
pub struct Document(Option<Secret>);

impl Document {
    /// A document with this text. The text is checked when it is parsed.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Some(Secret::new(text)))
    }

    /// The JSON of `payload`, with the values of its secrets.
    ///
    /// # Errors
    /// If `payload` does not serialise.
    pub fn of<P: Serialize>(payload: &P) -> Result<Self, DocumentError> {
        let text = writing(|| serde_json::to_string(payload));
        text.map(Self::new).map_err(|_| DocumentError::NotObject)
    }

    /// Stands for a `SecretBinary`, which no rotator reads.
    pub fn binary() -> Self {
        Self(None)
    }

    /// The text itself. It is empty for a `SecretBinary`.
    pub fn expose(&self) -> &str {
        self.0.as_ref().map_or("", Secret::expose)
    }

    /// Reads the fields of `P`, and ignores all others. A top-level key that is there twice is refused.
    ///
    /// The payload's own `Deserialize` may refuse a value. If its message begins with `must`, the message is passed on, so it
    /// must not contain the value. Any other message is replaced, since it could contain the value.
    pub fn parse<P: DeserializeOwned>(&self) -> Result<P, DocumentError> {
        if self.0.is_none() {
            return Err(DocumentError::Binary);
        }
        keys(self.expose())?;
        let mut json = serde_json::Deserializer::from_str(self.expose());
        serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            translate(&path, &error.into_inner())
        })
    }

    /// The document with the new value of each field in which `new` differs from `old`. Every other byte stays as it was. A
    /// field that `old` has and `new` does not have stays too. A field that is null in `new` is not added.
    pub fn patch<P: Serialize>(&self, old: &P, new: &P) -> Result<Self, DocumentError> {
        let (old, new) = (Fields::of(old)?, Fields::of(new)?);
        let mut text = Zeroizing::new(self.expose().to_owned());
        for (key, value) in new.other_than(&old) {
            // An optional field without a value is as good as absent: where the key is absent, it stays so.
            if !value.is_null() || keys(&text)?.contains(key) {
                let value = Zeroizing::new(value.to_string());
                text = replace(&text, key, &value)?;
            }
        }
        if text.len() > MAX_BYTES {
            return Err(DocumentError::TooLong(text.len()));
        }
        Ok(Self::new(text.as_str()))
    }

    /// Every top-level text, except those under keys that are known to be harmless. It is for scrubbing, where the type of the
    /// secret is not known.
    pub(crate) fn guarded(&self) -> Vec<Secret> {
        const HARMLESS: [&str; 9] = [
            "engine",
            "host",
            "port",
            "username",
            "dbname",
            "ssl",
            "servername",
            "masterarn",
            "url",
        ];
        let members = members(self.expose()).unwrap_or_default();
        let guarded = members
            .iter()
            .filter(|(key, _)| !HARMLESS.contains(&key.as_str()));
        guarded
            .filter_map(|(_, raw)| serde_json::from_str::<String>(raw).ok())
            .map(Secret::new)
            .collect()
    }
}

/// `text` with `value` under `key`. If the key is not there yet, it is added at the end.
fn replace(text: &str, key: &str, value: &str) -> Result<Zeroizing<String>, DocumentError> {
    let members = members(text)?;
    if let Some((_, raw)) = members.iter().find(|(name, _)| name == key) {
        let start = raw.as_ptr() as usize - text.as_ptr() as usize;
        let (before, after) = (&text[..start], &text[start + raw.len()..]);
        return Ok(Zeroizing::new([before, value, after].concat()));
    }
    let close = text.rfind('}').ok_or(DocumentError::NotObject)?;
    let (before, after) = text.split_at(text[..close].trim_end().len());
    let comma = if members.is_empty() { "" } else { ", " };
    let key = serde_json::Value::from(key).to_string();
    let parts = [before, comma, &key, ": ", value, after];
    Ok(Zeroizing::new(parts.concat()))
}
