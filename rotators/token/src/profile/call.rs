//! One call, as a profile describes it.

use std::collections::BTreeMap;
use std::fmt;

use rotation::HookError;
use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value};
use url::Url;

use crate::address;
use crate::place::Place;
use crate::template::Template;
use crate::values::Values;

/// Method, URL, who makes it, and what it brings.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Call {
    call: Line,
    #[serde(rename = "as")]
    by: Option<By>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, Template>,
    /// User and password of this call alone, RFC 7617.
    pub(crate) basic: Option<[Template; 2]>,
    json: Option<Node>,
    form: Option<BTreeMap<String, Template>>,
}

/// Who makes a call.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum By {
    /// By the login in the admin's secret, or by the function's own role.
    Admin,
    /// By the credential itself.
    Token,
    /// By nobody: the credential is in the body, say.
    Nobody,
}

/// What is sent.
pub(crate) struct Content {
    pub(crate) kind: &'static str,
    pub(crate) text: String,
}

struct Line {
    method: String,
    url: Template,
}

/// JSON with places in its texts.
enum Node {
    Text(Template),
    Array(Vec<Self>),
    Object(Vec<(String, Self)>),
    /// A member that is left out where the present credential has none: `{old:/condition?}`.
    IfThere(Template),
    Other(Value),
}

impl Call {
    /// As in `POST`.
    pub(crate) fn method(&self) -> &str {
        &self.call.method
    }

    /// Who makes it, where it is said.
    pub(crate) fn by(&self) -> Option<By> {
        self.by
    }

    /// Where it goes.
    ///
    /// # Errors
    /// If a value is missing, or would lead elsewhere.
    pub(crate) fn url(&self, values: &Values<'_>) -> Result<Url, HookError> {
        let filled = self.call.url.url(values)?;
        let wrong =
            |why: String| HookError::refused(format!("{self} leads to no usable address: {why}"));
        let url = Url::parse(&filled).map_err(|error| wrong(error.to_string()))?;
        address::parts(&url).map_err(wrong)?;
        Ok(url)
    }

    /// The key that says where it goes, if the profile itself does not.
    pub(crate) fn address(&self) -> Option<&str> {
        match self.call.url.places().next() {
            Some(Place::Secret(key)) if self.call.url.begins().is_empty() => Some(key),
            _ => None,
        }
    }

    /// Whether the profile itself says where it goes.
    pub(crate) fn has_host(&self) -> bool {
        let begin = self.call.url.begins();
        let host = begin.strip_prefix("https://");
        host.is_some_and(|rest| rest.contains('/') || self.call.url.places().next().is_none())
    }

    /// What it brings.
    ///
    /// # Errors
    /// If a value is missing.
    pub(crate) fn content(&self, values: &Values<'_>) -> Result<Option<Content>, HookError> {
        if let Some(json) = &self.json {
            let (kind, text) = ("application/json", json.fill(values)?.to_string());
            return Ok(Some(Content { kind, text }));
        }
        let Some(form) = &self.form else {
            return Ok(None);
        };
        let mut text = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form {
            text.append_pair(name, &value.plain(values)?);
        }
        let (kind, text) = ("application/x-www-form-urlencoded", text.finish());
        Ok(Some(Content { kind, text }))
    }

    /// Every place in it.
    pub(crate) fn places(&self) -> Vec<&Place> {
        let mut places: Vec<&Place> = self.call.url.places().collect();
        places.extend(self.headers.values().flat_map(Template::places));
        places.extend(self.basic.iter().flatten().flat_map(Template::places));
        places.extend(
            self.form
                .iter()
                .flat_map(BTreeMap::values)
                .flat_map(Template::places),
        );
        if let Some(json) = &self.json {
            json.places(&mut places);
        }
        places
    }

    /// Those of its URL.
    pub(crate) fn url_places(&self) -> impl Iterator<Item = &Place> {
        self.call.url.places()
    }

    /// What is wrong with it by itself.
    ///
    /// # Errors
    /// A sentence that begins with `must`.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.json.is_some() && self.form.is_some() {
            return Err("must not have both json and form".into());
        }
        match self.call.url.places().next() {
            _ if self.call.url.begins().starts_with("https://") => Ok(()),
            Some(Place::Secret(key))
                if self.call.url.begins().is_empty() && address::is_address(key) =>
            {
                Ok(())
            }
            _ => Err(
                "must go to https://…, or to a place named url, or with _url or Url at its end"
                    .into(),
            ),
        }
    }
}

/// As the profile has it: no value is in it.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.call.method, self.call.url)
    }
}

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(toml: D) -> Result<Self, D::Error> {
        const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
        let text = String::deserialize(toml)?;
        let parts = text
            .split_once(' ')
            .filter(|(method, _)| METHODS.contains(method));
        let (method, url) = parts.ok_or_else(|| {
            de::Error::custom(format!(
                "must be a method ({}), a space and a URL",
                METHODS.join(", ")
            ))
        })?;
        let url = Template::parse(url).map_err(de::Error::custom)?;
        Ok(Self {
            method: method.to_owned(),
            url,
        })
    }
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

    fn fill(&self, values: &Values<'_>) -> Result<Value, HookError> {
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

    fn places<'a>(&'a self, places: &mut Vec<&'a Place>) {
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
