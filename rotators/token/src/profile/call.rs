//! One call, as a profile describes it.

use std::collections::BTreeMap;
use std::fmt;

use rotation::HookError;
use serde::{Deserialize, Deserializer, de};
use url::Url;

use crate::address;
use crate::place::Place;
use crate::template::Template;
use crate::values::Values;

use super::Whose;
use super::body::Node;

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
    /// What its answer must say, so that it is of the secret's principal: of `owner` and `copy`.
    #[serde(default)]
    pub(crate) is: Whose,
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
        places.extend(self.pieces().into_iter().flatten());
        places
    }

    /// What it sends in one piece, each with its places.
    pub(crate) fn pieces(&self) -> Vec<Vec<&Place>> {
        let basic = self.basic.iter();
        let basic = basic.map(|pair| pair.iter().flat_map(Template::places).collect());
        let form = self.form.iter();
        let form = form.map(|form| form.values().flat_map(Template::places).collect());
        let json = self.json.iter().map(|json| {
            let mut places = Vec::new();
            json.places(&mut places);
            places
        });
        basic.chain(form).chain(json).collect()
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
        if let Some(member) = self.json.as_ref().and_then(Node::spliced) {
            return Err(format!(
                "must not have a place beside other text in the member {member}: that is a language of its own, in which a value could say more. Use the service's variables"
            ));
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
