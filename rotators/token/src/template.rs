//! Texts with places to fill: parsed when a profile is loaded, filled with values that the place encodes.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rotation::HookError;
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use crate::place::Place;
use crate::values::Values;

/// All but RFC 3986's unreserved characters: a value is one segment of a path, or one value of a query, never more.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A text with places: `Bearer {token}`. A brace of its own is written twice.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Template(Vec<Part>);

#[derive(Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Place(Place),
}

impl Template {
    /// `text`, understood.
    ///
    /// # Errors
    /// A sentence on what it must be.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (mut parts, mut plain, mut rest) = (Vec::new(), String::new(), text);
        while let Some(at) = rest.find(['{', '}']) {
            let (before, brace) = rest.split_at(at);
            plain.push_str(before);
            if brace.starts_with("{{") || brace.starts_with("}}") {
                plain.push_str(&brace[..1]);
                rest = &brace[2..];
                continue;
            }
            let inner = brace
                .strip_prefix('{')
                .and_then(|rest| rest.split_once('}'));
            let (name, after) = inner
                .ok_or("must have both braces of a place. A brace of its own is written twice")?;
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(Part::Place(Place::parse(name)?));
            rest = after;
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self(parts))
    }

    /// Its places, in their order.
    pub(crate) fn places(&self) -> impl Iterator<Item = &Place> {
        self.0.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Place(place) => Some(place),
        })
    }

    /// The place that it consists of, if it is one alone.
    pub(crate) fn alone(&self) -> Option<&Place> {
        match &self.0[..] {
            [Part::Place(place)] => Some(place),
            _ => None,
        }
    }

    /// Its beginning, up to the first place.
    pub(crate) fn begins(&self) -> &str {
        match self.0.first() {
            Some(Part::Text(text)) => text,
            _ => "",
        }
    }

    /// Filled with the values as they are.
    ///
    /// # Errors
    /// If there is no such value.
    pub(crate) fn plain(&self, values: &Values<'_>) -> Result<String, HookError> {
        let mut filled = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Place(place) => filled.push_str(&values.text(place)?),
            }
        }
        Ok(filled)
    }

    /// Filled as a URL: each value is percent-encoded, but for the address that the URL begins with.
    ///
    /// # Errors
    /// If there is no such value, or one that would name another place.
    pub(crate) fn url(&self, values: &Values<'_>) -> Result<String, HookError> {
        let (base, rest) = match self.0.split_first() {
            Some((Part::Place(place), rest)) => (Some(place), rest),
            _ => (None, &self.0[..]),
        };
        let mut url = match base {
            Some(place) => values.text(place)?.trim_end_matches('/').to_owned(),
            None => String::new(),
        };
        for part in rest {
            match part {
                Part::Text(text) => url.push_str(text),
                Part::Place(place) => {
                    let value = values.text(place)?;
                    if matches!(&*value, "" | "." | "..") {
                        return Err(HookError::refused(format!(
                            "{place} must not be empty, a dot or two dots: it is part of a URL"
                        )));
                    }
                    url.extend(utf8_percent_encode(&value, SEGMENT));
                }
            }
        }
        Ok(url)
    }

    /// Filled as a value of JSON: a place alone keeps the type of what it is filled with.
    ///
    /// # Errors
    /// If there is no such value.
    pub(crate) fn json(&self, values: &Values<'_>) -> Result<Value, HookError> {
        match self.alone() {
            Some(place) => values.json(place),
            None => self.plain(values).map(Value::from),
        }
    }
}

/// As a profile has it: no value is in it.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| match part {
            Part::Text(text) => f.write_str(text),
            Part::Place(place) => write!(f, "{place}"),
        })
    }
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(toml: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(toml)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_parsed_reads_as_before() {
        for text in [
            "",
            "plain",
            "{url}/a/{user}?b={admin.x}",
            "Bearer {login:/access_token}",
            "{old:/a~1b/0}{new.name}{new.end-date}",
            "arn:{aws.partition}:iam::{aws.account}:user/{user}",
        ] {
            assert_eq!(Template::parse(text).expect(text).to_string(), text);
        }
        let braces = Template::parse("a{{b}}c").expect("braces");
        assert_eq!(braces.begins(), "a{b}c");
    }

    #[test]
    fn what_is_no_place_is_refused_in_words() {
        for (text, words) in [
            ("{user", "both braces"),
            ("user}", "both braces"),
            ("{}", "letters, digits"),
            ("{new.nme}", "there are new.name, new.value"),
            ("{old:scopes}", "begins with a slash"),
            ("{old:/scopes?}", "a member in json"),
            ("{admin.}", "letters, digits"),
            ("{a b}", "letters, digits"),
        ] {
            let error = Template::parse(text).err().expect(text);
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
