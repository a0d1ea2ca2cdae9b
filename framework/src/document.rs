//! The JSON of a version. An error never contains a value of it. A patch changes only the values that differ.

mod error;
mod members;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::secret::Secret;
use error::translate;
use members::members;

pub use error::DocumentError;
pub(crate) use members::keys;

/// The longest value that Secrets Manager stores, in bytes.
/// Source: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html>.
pub const MAX_BYTES: usize = 65_536;

/// The value of a version: its `SecretString`, or the fact that it has none. `Debug` is redacted.
#[derive(Clone, Debug)]
pub struct Document(Option<Secret>);

impl Document {
    /// A document with this text. The text is checked when it is parsed.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Some(Secret::new(text)))
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
        let (old, new) = (fields(old)?, fields(new)?);
        let mut text = self.expose().to_owned();
        for (key, value) in new
            .iter()
            .filter(|(key, value)| old.get(*key) != Some(*value))
        {
            // An optional field without a value is as good as absent: where the key is absent, it stays so.
            if !value.is_null() || keys(&text)?.contains(key) {
                text = replace(&text, key, &value.to_string())?;
            }
        }
        if text.len() > MAX_BYTES {
            return Err(DocumentError::TooLong(text.len()));
        }
        Ok(Self::new(text))
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
fn replace(text: &str, key: &str, value: &str) -> Result<String, DocumentError> {
    let members = members(text)?;
    if let Some((_, raw)) = members.iter().find(|(name, _)| name == key) {
        let start = raw.as_ptr() as usize - text.as_ptr() as usize;
        return Ok(format!(
            "{}{value}{}",
            &text[..start],
            &text[start + raw.len()..]
        ));
    }
    let close = text.rfind('}').ok_or(DocumentError::NotObject)?;
    let (before, after) = text.split_at(text[..close].trim_end().len());
    let comma = if members.is_empty() { "" } else { ", " };
    let key = serde_json::Value::from(key);
    Ok(format!("{before}{comma}{key}: {value}{after}"))
}

fn fields<P: Serialize>(
    payload: &P,
) -> Result<serde_json::Map<String, serde_json::Value>, DocumentError> {
    match serde_json::to_value(payload) {
        Ok(serde_json::Value::Object(map)) => Ok(map),
        _ => Err(DocumentError::NotObject),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Login {
        username: String,
        password: Secret,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    }

    fn login(password: &str) -> Login {
        Login {
            username: "app".into(),
            password: Secret::new(password),
            note: None,
        }
    }

    #[test]
    fn everything_but_the_change_survives_byte_for_byte() {
        let text = "{ \"port\": \"3306\",\n\t\"password\" :\"old\", \"x\": {\"b\":1.50,\"a\":[\"\\u00e9\"]}, \"username\":\"app\"}";
        let patched = Document::new(text)
            .patch(&login("old"), &login("n\"ew"))
            .expect("fits");
        assert_eq!(patched.expose(), text.replace("\"old\"", "\"n\\\"ew\""));
    }

    #[test]
    fn a_new_key_is_added_at_the_end() {
        let new = Login {
            note: Some("n".into()),
            ..login("old")
        };
        for (text, expected) in [
            ("{\"a\":1}", "{\"a\":1, \"note\": \"n\"}"),
            ("{\n  \"a\": 1\n}\n", "{\n  \"a\": 1, \"note\": \"n\"\n}\n"),
            ("{ }", "{\"note\": \"n\" }"),
        ] {
            let patched = Document::new(text).patch(&login("old"), &new);
            assert_eq!(patched.expect("fits").expose(), expected);
        }
    }

    #[test]
    fn an_absent_key_stays_absent() {
        #[derive(Serialize)]
        struct Account {
            team: Option<&'static str>,
        }
        let team = |team| Account { team };
        for (text, expected) in [
            ("{\"a\": 1}", "{\"a\": 1}"),
            ("{\"team\": \"x\"}", "{\"team\": null}"),
        ] {
            let patched = Document::new(text).patch(&team(Some("x")), &team(None));
            assert_eq!(patched.expect("fits").expose(), expected);
        }
    }

    #[test]
    fn what_no_secret_can_hold_is_refused() {
        let patched = |bytes| {
            let mut text = "{\"password\":\"old\"}".to_owned();
            text.extend(std::iter::repeat_n(' ', bytes - text.len()));
            let patched = Document::new(text).patch(&login("old"), &login("new"));
            patched.map(|document| document.expose().len())
        };
        assert_eq!(patched(65_536), Ok(65_536));
        assert_eq!(patched(65_537), Err(DocumentError::TooLong(65_537)));
    }

    #[test]
    fn problems_name_the_key_and_never_the_value() {
        let problem = |text: &str| Document::new(text).parse::<Login>().err();
        assert_eq!(problem("hunter2"), Some(DocumentError::NotObject));
        assert_eq!(problem("[]"), Some(DocumentError::NotObject));
        assert_eq!(problem("\u{feff}{}"), Some(DocumentError::ByteOrderMark));
        assert_eq!(
            problem("{\"username\":\"a\"}"),
            Some(DocumentError::Missing("password".into()))
        );
        assert_eq!(
            problem("{\"username\":7,\"password\":\"p\"}"),
            Some(DocumentError::Type("username".into()))
        );
        assert_eq!(
            problem("{\"a\":1,\"a\":2}"),
            Some(DocumentError::Duplicate("a".into()))
        );
        let control = "{\"a\\n\u{7f}\":1,\"a\\n\u{7f}\":2}";
        assert_eq!(
            problem(control),
            Some(DocumentError::Duplicate("a\\n\\u{7f}".into()))
        );
        assert_eq!(
            problem("{\"a\":"),
            Some(DocumentError::Syntax { line: 1, column: 5 })
        );
    }

    /// Serde does not say where it is, and its message may hold the value.
    #[test]
    fn a_value_deep_in_an_enum_is_a_matter_of_the_shape() {
        #[derive(Debug, Deserialize)]
        #[serde(tag = "kind", rename_all = "lowercase")]
        enum Account {
            Door {
                #[serde(rename = "code")]
                _code: u16,
            },
        }
        let odd = Document::new("{\"kind\":\"door\",\"code\":\"hunter2\"}");
        let said = odd.parse::<Account>().expect_err("no number").to_string();
        assert_eq!(
            said,
            "cannot be used: it does not have the shape that the rotator needs"
        );
    }

    #[test]
    fn a_rule_names_its_key_unless_it_is_for_the_whole() {
        #[derive(Deserialize)]
        #[serde(try_from = "Login")]
        struct Odd;

        impl TryFrom<Login> for Odd {
            type Error = String;

            fn try_from(_: Login) -> Result<Self, String> {
                Err("must have another password".to_owned())
            }
        }
        let whole = "{\"username\":\"a\",\"password\":\"p\"}";
        let rule = "must have another password".to_owned();
        assert_eq!(
            Document::new(whole).parse::<Odd>().err(),
            Some(DocumentError::Whole(rule.clone()))
        );
        let nested = Document::new(format!("{{\"login\":{whole}}}"));
        let key = "login".to_owned();
        assert_eq!(
            nested.parse::<HashMap<String, Odd>>().err(),
            Some(DocumentError::Rule { key, rule })
        );
    }
}
