//! The members of a JSON object. The text of each value is kept exactly as it is.

use std::collections::HashSet;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::DocumentError;
use crate::secret::printable;

/// The longest key that an error shows, in characters.
pub(super) const SHOWN: usize = 80;

/// The top-level keys of `text`. A key that is there twice is an error.
pub(crate) fn keys(text: &str) -> Result<HashSet<String>, DocumentError> {
    let mut seen = HashSet::new();
    for (key, _) in members(text)? {
        if !seen.insert(key.clone()) {
            return Err(DocumentError::Duplicate(printable(&key, SHOWN)));
        }
    }
    Ok(seen)
}

/// The top-level keys with the text of their values, in order.
pub(super) fn members(text: &str) -> Result<Vec<(String, &str)>, DocumentError> {
    if text.starts_with('\u{feff}') {
        return Err(DocumentError::ByteOrderMark);
    }
    let trimmed = text.trim_start();
    if !trimmed.starts_with('{') {
        return Err(DocumentError::NotObject);
    }
    let Members(members) = serde_json::from_str(text).map_err(|e| syntax(&e))?;
    Ok(members)
}

pub(super) fn syntax(error: &serde_json::Error) -> DocumentError {
    DocumentError::Syntax {
        line: error.line(),
        column: error.column(),
    }
}

struct Members<'a>(Vec<(String, &'a str)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((key, value)) = map.next_entry::<String, &'de RawValue>()? {
            members.push((key, value.get()));
        }
        Ok(Members(members))
    }
}
