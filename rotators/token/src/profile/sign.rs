//! What an answer says by its status, and where that is not enough, by its content.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use super::Answers;
use crate::answer::text_at;
use crate::http::Answer;

/// A status: `401`. Or a status together with a text in the answer: `{ status = 403, at = "/code", is = ["unknown_key"] }`. A
/// firewall in front of a service answers 403 too, and knows nothing of the credential. Without `is`, any text
/// will do: a page in HTML has none. With `is = []`, there is none: some services answer 200 to nobody, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sign {
    status: u16,
    said: Option<Said>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Said {
    at: String,
    is: Option<Vec<String>>,
}

impl Sign {
    /// This status, whatever the answer holds.
    pub(crate) fn status(status: u16) -> Self {
        Self { status, said: None }
    }

    /// Whether `answer` is one of these.
    pub(crate) fn fits(&self, answer: &Answer, form: Answers) -> bool {
        if answer.status != self.status {
            return false;
        }
        let Some(Said { at, is }) = &self.said else {
            return true;
        };
        let Ok(content) = answer.content(form) else {
            return false;
        };
        match (text_at(&content, at), is) {
            (said, None) => said.is_some(),
            (None, Some(is)) => is.is_empty(),
            (Some(said), Some(is)) => is.iter().any(|known| known == said.expose()),
        }
    }

    /// Where the answer is looked at.
    pub(crate) fn pointer(&self) -> Option<&String> {
        self.said.as_ref().map(|said| &said.at)
    }
}

impl<'de> Deserialize<'de> for Sign {
    fn deserialize<D: Deserializer<'de>>(toml: D) -> Result<Self, D::Error> {
        toml.deserialize_any(Either)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Both {
    status: u16,
    at: String,
    is: Option<Vec<String>>,
}

struct Either;

impl<'de> Visitor<'de> for Either {
    type Value = Sign;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a status, or { status = 403, at = \"/pointer\", is = [\"text\"] }")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Sign, E> {
        let status = u16::try_from(number);
        let status = status.map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))?;
        Ok(Sign::status(status))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Sign, A::Error> {
        let Both { status, at, is } = Both::deserialize(MapAccessDeserializer::new(map))?;
        let said = Some(Said { at, is });
        Ok(Sign { status, said })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_firewall_knows_no_credential() {
        let signs: Signs = toml::from_str(
            r#"dead = [401, { status = 403, at = "/Error/Code", is = ["Unknown", "7"] }, { status = 200, at = "/name", is = [] }, { status = 404, at = "/code" }]"#,
        )
        .expect("signs");
        for (status, body, fits) in [
            (401, "", true),
            (403, r#"{"Error":{"Code":"Unknown"}}"#, true),
            (403, r#"{"Error":{"Code":7}}"#, true),
            (403, r#"{"Error":{"Code":"AccessDenied"}}"#, false),
            (403, "<html>blocked</html>", false),
            (403, "", false),
            (400, r#"{"Error":{"Code":"Unknown"}}"#, false),
            (200, r#"{"name":null}"#, true),
            (200, r#"{"name":"a"}"#, false),
            (200, "<html>", false),
            (404, r#"{"code":1}"#, true),
            (404, r#"{"code":null}"#, false),
            (404, "<html>", false),
        ] {
            let answer = Answer::of(status, body);
            let found = signs
                .dead
                .iter()
                .any(|one| one.fits(&answer, Answers::Json));
            assert_eq!(found, fits, "{status} {body}");
        }
    }

    #[derive(Deserialize)]
    struct Signs {
        dead: Vec<Sign>,
    }
}
