//! What is wrong with a document, and how serde's errors become that.

use super::MAX_BYTES;
use super::members::{SHOWN, syntax};
use crate::secret::printable;

/// What is wrong with a document. The text names keys and positions, and never contains a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// The value is a `SecretBinary`.
    #[error("is binary. Store a text: SecretString")]
    Binary,
    /// The value begins with a byte order mark, as some editors and shells on Windows write it.
    #[error("begins with a byte order mark (U+FEFF), which is no JSON: store it without")]
    ByteOrderMark,
    /// The value is not a JSON object.
    #[error("is not a JSON object")]
    NotObject,
    /// The value is not valid JSON.
    #[error("is not valid JSON (line {line}, column {column})")]
    Syntax {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// A key is there twice. It is undefined which of the two an application reads.
    #[error("has the key {0} twice. Programs differ in which of the two they take, so remove one")]
    Duplicate(String),
    /// A key that is needed is not there.
    #[error("lacks the key {0}")]
    Missing(String),
    /// A value does not have the type that the rotator needs.
    #[error("has a value of the wrong type under the key {0}")]
    Type(String),
    /// The rotator's payload refuses a value. The rule is the payload's text.
    #[error("has a value under the key {key} that cannot be used: it {rule}")]
    Rule {
        /// The key.
        key: String,
        /// What the value must be.
        rule: String,
    },
    /// The rotator's payload refuses values that do not go together. The field is the payload's text.
    #[error("cannot be used: it {0}")]
    Whole(String),
    /// The document would be too long for a secret. The field is its length in bytes.
    #[error("would have {0} bytes with the new value. Secrets Manager stores {MAX_BYTES} at most")]
    TooLong(usize),
}

impl DocumentError {
    /// The same error, on one line. What a rotator says of a value is its own text.
    pub(crate) fn shown(self) -> Self {
        let line = |text: String| printable(&text, usize::MAX);
        match self {
            Self::Whole(text) => Self::Whole(line(text)),
            Self::Rule { key, rule } => Self::Rule {
                key,
                rule: line(rule),
            },
            // Their keys are escaped where they are read.
            other => other,
        }
    }
}

/// The same without a value of the document, which serde's messages may hold. `path` is the key, as in `jump.port`.
pub(super) fn translate(path: &str, error: &serde_json::Error) -> DocumentError {
    // A key may be any text, and the error is one line of a log.
    let path = printable(path, SHOWN);
    let text = error.to_string();
    let unplaced = text.split(" at line ").next().unwrap_or_default();
    if let Some(key) = unplaced
        .strip_prefix("missing field `")
        .and_then(|t| t.strip_suffix('`'))
    {
        DocumentError::Missing(key.to_owned())
    } else if unplaced.starts_with("must ") && path == "." {
        DocumentError::Whole(unplaced.to_owned())
    } else if unplaced.starts_with("must ") {
        DocumentError::Rule {
            key: path,
            rule: unplaced.to_owned(),
        }
    } else if error.is_data() && path != "." {
        DocumentError::Type(path)
    } else if error.is_data() {
        DocumentError::Whole("does not have the shape that the rotator needs".to_owned())
    } else {
        syntax(error)
    }
}
