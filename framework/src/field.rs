//! Fields that secrets of many kinds have, each with its rule. The message of an error never contains the value. It begins with
//! `must`, and [`Document`](crate::document::Document) puts the key before it.

use serde::de::{Error, IgnoredAny};
use serde::{Deserialize, Deserializer};

use crate::version::SecretId;

#[derive(Deserialize)]
#[serde(untagged)]
enum Loose {
    Bool(bool),
    Number(u64),
    Text(String),
    Other(IgnoredAny),
}

/// A port: a number from 1 to 65535, or a text that is such a number.
///
/// # Errors
/// If the value does not fit. The message says what the value must be.
pub fn port<'de, D: Deserializer<'de>>(json: D) -> Result<Option<u16>, D::Error> {
    let number = match Loose::deserialize(json)? {
        Loose::Number(number) => u16::try_from(number).ok(),
        Loose::Text(text) => text.parse().ok(),
        _ => None,
    };
    let port = number.filter(|port| *port != 0);
    port.map(Some)
        .ok_or_else(|| D::Error::custom("must be a port number, 1 to 65535"))
}

/// Whether the connection is encrypted. If the key is absent, or its value is neither true nor false, AWS's templates fall back
/// to plaintext. Here, an absent key means TLS, and any other value is refused.
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
    read.ok_or_else(|| D::Error::custom("must be true or false; there is no fallback to plaintext"))
}

/// What an absent `ssl` means.
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

/// Like [`name`], but for a key that may be absent. It may not be null.
///
/// # Errors
/// If the value does not fit. The message says what the value must be.
pub fn some_name<'de, D: Deserializer<'de>>(json: D) -> Result<Option<String>, D::Error> {
    name(json).map(Some)
}

/// The full ARN of a secret, for a key that may be absent. The engine reads a secret only by its full ARN.
///
/// # Errors
/// If the value does not fit. The message says what the value must be.
pub fn some_secret<'de, D: Deserializer<'de>>(json: D) -> Result<Option<String>, D::Error> {
    let arn = text(json)?;
    if SecretId::parse(&arn).is_some() {
        return Ok(Some(arn));
    }
    Err(D::Error::custom("must be the full ARN of a secret"))
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
