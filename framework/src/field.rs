//! Fields that secrets of many kinds have, each with its rule. The message of an error never contains the value. It begins with
//! `must`, and [`Document`](crate::document::Document) puts the key before it.

use serde::de::{Error, IgnoredAny};
use serde::{Deserialize, Deserializer};

use crate::version::SecretId;

#[derive(Deserialize)]
#[serde(untagged)]
enum Loose {
    Bool(bool),
    Number(f64),
    Text(String),
    Other(IgnoredAny),
}

/// A port, for a key that may be absent: a number from 1 to 65535, or a text that is such a number. Blanks around it do not count. Null
/// and an empty text are as good as no key, since that is what Terraform's `jsonencode` makes of a variable that is not set.
///
/// # Errors
/// If the value does not fit. The message says what the value must be.
pub fn port<'de, D: Deserializer<'de>>(json: D) -> Result<Option<u16>, D::Error> {
    let text = match Option::<Loose>::deserialize(json)? {
        None => return Ok(None),
        Some(Loose::Text(text)) if text.is_empty() => return Ok(None),
        // A number without a fraction is written without one.
        Some(Loose::Number(number)) => number.to_string(),
        Some(Loose::Text(text)) => text.trim().to_owned(),
        Some(_) => String::new(),
    };
    let port = text.parse().ok().filter(|port| *port != 0);
    port.map(Some)
        .ok_or_else(|| D::Error::custom("must be a port number, 1 to 65535"))
}

/// The key `ssl`: true if the connection is encrypted. If the key is absent, or its value is neither true nor false, AWS's templates
/// fall back to plaintext. Here, an absent key means TLS, and any other value is refused.
///
/// # Errors
/// If the value does not fit. The message says what the value must be.
pub fn ssl<'de, D: Deserializer<'de>>(json: D) -> Result<bool, D::Error> {
    let read = match Option::<Loose>::deserialize(json)? {
        None => Some(true),
        Some(Loose::Bool(ssl)) => Some(ssl),
        Some(Loose::Text(text)) if text.eq_ignore_ascii_case("true") => Some(true),
        Some(Loose::Text(text)) if text.eq_ignore_ascii_case("false") => Some(false),
        Some(_) => None,
    };
    read.ok_or_else(|| D::Error::custom("must be true or false. There is no fallback to plaintext"))
}

/// The meaning of an absent `ssl`.
#[cfg(feature = "database")]
pub(crate) fn yes() -> bool {
    true
}

/// A name or an address, without scheme, port or path.
///
/// # Errors
/// If the value does not fit. The message says what the value must be.
pub fn host<'de, D: Deserializer<'de>>(json: D) -> Result<String, D::Error> {
    let host = text(json)?;
    let address = host.parse::<std::net::IpAddr>().is_ok();
    let name = host
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    if address || (name && !host.is_empty() && host.len() <= 253) {
        return Ok(host);
    }
    Err(D::Error::custom(
        "must be a DNS name or an address, without scheme, port or path",
    ))
}

/// Any text that is not empty and holds no NUL character.
///
/// # Errors
/// If the value does not fit. The message says what the value must be.
pub fn name<'de, D: Deserializer<'de>>(json: D) -> Result<String, D::Error> {
    let name = text(json)?;
    if name.is_empty() || name.contains('\0') {
        return Err(D::Error::custom(
            "must not be empty and must not hold a NUL character",
        ));
    }
    Ok(name)
}

/// Like [`name`], but for a key that may be absent. Null and an empty text are as good as no key.
///
/// # Errors
/// If the value does not fit. The message says what the value must be.
pub fn some_name<'de, D: Deserializer<'de>>(json: D) -> Result<Option<String>, D::Error> {
    let name = some_text(json)?;
    if name.as_ref().is_some_and(|name| name.contains('\0')) {
        return Err(D::Error::custom("must not hold a NUL character"));
    }
    Ok(name)
}

/// The full ARN of a secret, for a key that may be absent. Null and an empty text are as good as no key. The engine reads a secret only
/// by its full ARN.
///
/// # Errors
/// If the value does not fit. The message says what the value must be.
pub fn some_secret<'de, D: Deserializer<'de>>(json: D) -> Result<Option<String>, D::Error> {
    match some_text(json)? {
        Some(arn) if SecretId::parse(&arn).is_none() => {
            Err(D::Error::custom("must be the full ARN of a secret"))
        }
        arn => Ok(arn),
    }
}

/// A text that is not empty, if there is one.
fn some_text<'de, D: Deserializer<'de>>(json: D) -> Result<Option<String>, D::Error> {
    match Option::<Loose>::deserialize(json)? {
        None => Ok(None),
        Some(Loose::Text(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
        Some(_) => Err(D::Error::custom("must be a text")),
    }
}

/// Any text.
///
/// # Errors
/// If the value does not fit. The message says what the value must be.
pub fn text<'de, D: Deserializer<'de>>(json: D) -> Result<String, D::Error> {
    match Loose::deserialize(json)? {
        Loose::Text(text) => Ok(text),
        _ => Err(D::Error::custom("must be a text")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Optional {
        #[serde(default, deserialize_with = "port")]
        port: Option<u16>,
        #[serde(default, deserialize_with = "some_name")]
        dbname: Option<String>,
        #[serde(default, deserialize_with = "some_secret")]
        masterarn: Option<String>,
    }

    fn read(json: &str) -> Result<Optional, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn null_and_nothing_are_as_good_as_no_key() {
        let none = read("{}");
        for key in ["port", "dbname", "masterarn"] {
            for nothing in ["null", "\"\""] {
                assert_eq!(read(&format!("{{\"{key}\": {nothing}}}")), none, "{key}");
            }
            let wrong = read(&format!("{{\"{key}\": [1]}}")).expect_err(key);
            assert!(wrong.starts_with("must "), "{wrong}");
        }
    }

    #[test]
    fn ports() {
        for good in ["5432", "5432.0", "\"5432\"", "\" 5432\\n\""] {
            let port = read(&format!("{{\"port\": {good}}}")).map(|read| read.port);
            assert_eq!(port, Ok(Some(5432)), "{good}");
        }
        for wrong in [
            "0", "65536", "-1", "5432.5", "1e9", "\"five\"", "\"0\"", "true",
        ] {
            assert!(read(&format!("{{\"port\": {wrong}}}")).is_err(), "{wrong}");
        }
    }
}
