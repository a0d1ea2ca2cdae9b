//! The values of a secret by their keys, whatever the service calls them.

use std::collections::BTreeMap;
use std::fmt;

use rotation::Secret;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

/// Texts, numbers, true and false; values of other types are left alone. Which of them are secret, the profile says; here all are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(BTreeMap<String, Field>);

/// One value. Whoever reads the secret expects a number where there was one.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    value: Secret,
    number: bool,
}

impl Fields {
    /// The value under `key`.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.secret(key).map(Secret::expose)
    }

    /// The same, in its type.
    pub(crate) fn secret(&self, key: &str) -> Option<&Secret> {
        self.field(key).map(|field| &field.value)
    }

    /// The same, as it is written.
    pub(crate) fn field(&self, key: &str) -> Option<&Field> {
        self.0.get(key)
    }

    /// All keys.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Puts a value under `key`, in place of what was there.
    pub(crate) fn put(&mut self, key: &str, value: Secret) {
        let number = self.field(key).is_some_and(|field| field.number);
        self.0.insert(key.to_owned(), Field { value, number });
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = self.value.expose().parse::<serde_json::Number>();
        match number.ok().filter(|_| self.number) {
            Some(number) => self.value.serialize_as(&number, serializer),
            None => self.value.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_map(Object).map(Self)
    }
}

struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = BTreeMap<String, Field>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            let (value, number) = match map.next_value()? {
                Loose::Text(text) => (text, false),
                Loose::Number(number) => (number.to_string(), true),
                Loose::Bool(flag) => (flag.to_string(), false),
                Loose::Other(_) => continue,
            };
            let value = Secret::new(value);
            fields.insert(key, Field { value, number });
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

#[cfg(test)]
mod tests {
    use rotation::document::Document;

    use super::*;

    #[test]
    fn a_number_stays_one() {
        let mut fields: Fields =
            serde_json::from_str(r#"{"n": 4, "t": "4", "l": [1]}"#).expect("JSON");
        for (key, new, written) in [
            ("n", "17", "17"),
            ("n", "a17", "\"a17\""),
            ("t", "17", "\"17\""),
            ("new", "17", "\"17\""),
        ] {
            fields.put(key, Secret::new(new));
            let field = Document::of(&fields.field(key)).expect("JSON");
            assert_eq!(field.expose(), written, "{key}");
            assert!(serde_json::to_string(&fields.field(key)).is_err(), "{key}");
        }
        assert!(fields.field("l").is_none());
    }
}
