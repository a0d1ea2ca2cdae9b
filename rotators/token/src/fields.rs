//! The values of a secret by their keys, whatever the service calls them.

use std::collections::BTreeMap;
use std::fmt;

use rotation::Secret;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

/// Texts, numbers, true and false; values of other types are left alone. Which of them are secret, the profile says; here all are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(BTreeMap<String, Secret>);

impl Fields {
    /// The value under `key`.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.secret(key).map(Secret::expose)
    }

    /// The same, with its type.
    pub(crate) fn secret(&self, key: &str) -> Option<&Secret> {
        self.0.get(key)
    }

    /// Puts a value under `key`, in place of what was there.
    pub(crate) fn put(&mut self, key: &str, value: Secret) {
        self.0.insert(key.to_owned(), value);
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_map(Object).map(Self)
    }
}

struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = BTreeMap<String, Secret>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            match map.next_value()? {
                Loose::Text(text) => fields.insert(key, Secret::new(text)),
                Loose::Number(number) => fields.insert(key, Secret::new(number.to_string())),
                Loose::Bool(flag) => fields.insert(key, Secret::new(flag.to_string())),
                Loose::Other(_) => None,
            };
        }
        Ok(fields)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Err(E::custom("an object is needed"))
    }
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Loose {
    Text(String),
    Number(serde_json::Number),
    Bool(bool),
    Other(IgnoredAny),
}
