//! The JSON that a call sends.

use rotation::HookError;
use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value};

use crate::place::Place;
use crate::template::Template;
use crate::values::Values;

/// JSON with places in its texts.
pub(super) enum Node {
    Text(Template),
    Array(Vec<Self>),
    Object(Vec<(String, Self)>),
    /// A member that is left out where the present credential has none: `{old:/condition?}`.
    IfThere(Template),
    Other(Value),
}

impl Node {
    fn read(value: Value) -> Result<Self, String> {
        Ok(match value {
            Value::String(text) => Self::Text(Template::parse(&text)?),
            Value::Array(items) => Self::Array(
                items
                    .into_iter()
                    .map(Self::read)
                    .collect::<Result<_, _>>()?,
            ),
            Value::Object(members) => {
                let read = |(key, value)| Ok((key, Self::member(value)?));
                Self::Object(
                    members
                        .into_iter()
                        .map(read)
                        .collect::<Result<_, String>>()?,
                )
            }
            other => Self::Other(other),
        })
    }

    fn member(value: Value) -> Result<Self, String> {
        let text = value.as_str().and_then(|text| text.strip_prefix("{old:"));
        match text.and_then(|text| text.strip_suffix("?}")) {
            Some(pointer) => Template::parse(&format!("{{old:{pointer}}}")).map(Self::IfThere),
            None => Self::read(value),
        }
    }

    pub(super) fn fill(&self, values: &Values<'_>) -> Result<Value, HookError> {
        Ok(match self {
            Self::Text(text) | Self::IfThere(text) => text.json(values)?,
            Self::Array(items) => {
                let items = items.iter().map(|item| item.fill(values));
                Value::Array(items.collect::<Result<_, _>>()?)
            }
            Self::Object(members) => {
                let members = members.iter().filter_map(|(key, node)| {
                    let filled = node.fill(values);
                    let none = !matches!(&filled, Ok(value) if !value.is_null());
                    let left_out = none && matches!(node, Self::IfThere(_));
                    (!left_out).then(|| Ok((key.clone(), filled?)))
                });
                Value::Object(members.collect::<Result<Map<_, _>, HookError>>()?)
            }
            Self::Other(value) => value.clone(),
        })
    }

    /// A member whose text is read as a program, with a value of the secret in the middle of it.
    pub(super) fn spliced(&self) -> Option<&str> {
        const PROGRAMS: [&str; 4] = ["query", "statement", "sql", "mutation"];
        match self {
            Self::Array(items) => items.iter().find_map(Self::spliced),
            Self::Object(members) => members.iter().find_map(|(key, node)| match node {
                Self::Text(text) if PROGRAMS.contains(&key.as_str()) => {
                    let spliced = text.places().next().is_some() && text.alone().is_none();
                    spliced.then_some(key.as_str())
                }
                node => node.spliced(),
            }),
            Self::Text(_) | Self::IfThere(_) | Self::Other(_) => None,
        }
    }

    pub(super) fn places<'a>(&'a self, places: &mut Vec<&'a Place>) {
        match self {
            Self::Text(text) | Self::IfThere(text) => places.extend(text.places()),
            Self::Array(items) => items.iter().for_each(|item| item.places(places)),
            Self::Object(members) => members.iter().for_each(|(_, node)| node.places(places)),
            Self::Other(_) => {}
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(toml: D) -> Result<Self, D::Error> {
        Self::read(Value::deserialize(toml)?).map_err(de::Error::custom)
    }
}
