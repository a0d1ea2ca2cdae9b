//! The fields of an SSH secret, each with its rule.

use rotation::{Secret, field};
use russh::keys::ssh_key::Fingerprint;
use serde::de::{Error, IgnoredAny};
use serde::{Deserialize, Deserializer};

use crate::authorized_keys;
use crate::host::Address;
use crate::host_key::Known;

/// A text, or a list of texts.
#[derive(Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Many(Vec<String>),
    Other(IgnoredAny),
}

fn texts<'de, D: Deserializer<'de>>(json: D) -> Result<Vec<String>, D::Error> {
    match Texts::deserialize(json)? {
        Texts::One(text) => Ok(vec![text]),
        Texts::Many(texts) => Ok(texts),
        Texts::Other(_) => Err(D::Error::custom("must be a text or a list of texts")),
    }
}

/// The words of a text or a list, between commas or spaces; at least one.
fn words<'de, D: Deserializer<'de>, T>(
    json: D,
    parse: impl Fn(&str) -> Option<T>,
    rule: &str,
) -> Result<Vec<T>, D::Error> {
    let texts = texts(json)?;
    let words = texts
        .iter()
        .flat_map(|text| text.split(|c: char| c == ',' || c.is_whitespace()));
    let parsed: Option<Vec<T>> = words.filter(|word| !word.is_empty()).map(parse).collect();
    let some = parsed.filter(|parsed| !parsed.is_empty());
    some.ok_or_else(|| D::Error::custom(rule))
}

const HOST: &str =
    "must be a DNS name or an address, alone or with a port: name:22, [2001:db8::1]:22";

/// One host.
pub(super) fn host<'de, D: Deserializer<'de>>(json: D) -> Result<Option<Address>, D::Error> {
    let address = Address::parse(&field::text(json)?);
    address.map(Some).ok_or_else(|| D::Error::custom(HOST))
}

/// A list of hosts, or a text with commas.
pub(super) fn hosts<'de, D: Deserializer<'de>>(json: D) -> Result<Vec<Address>, D::Error> {
    let rule = HOST.replace("must be", "must hold at least one, and each must be");
    words(json, Address::parse, &rule)
}

/// SHA-256 fingerprints, as ssh-keygen prints them.
pub(super) fn fingerprints<'de, D: Deserializer<'de>>(
    json: D,
) -> Result<Vec<Fingerprint>, D::Error> {
    const RULE: &str =
        "must hold fingerprints as ssh-keygen -l prints them: SHA256 and 43 characters";
    let sha256 = |word: &str| {
        word.parse()
            .ok()
            .filter(|print: &Fingerprint| print.is_sha256())
    };
    words(json, sha256, RULE)
}

/// Lines in OpenSSH's format.
pub(super) fn known_hosts<'de, D: Deserializer<'de>>(json: D) -> Result<Vec<Known>, D::Error> {
    Known::lines(&texts(json)?.join("\n")).map_err(D::Error::custom)
}

/// A user's name.
pub(super) fn username<'de, D: Deserializer<'de>>(json: D) -> Result<Option<String>, D::Error> {
    let name = field::name(json)?;
    if name.contains(char::is_control) {
        return Err(D::Error::custom("must not hold control characters"));
    }
    Ok(Some(name))
}

/// A passphrase; an empty text is none.
pub(super) fn passphrase<'de, D: Deserializer<'de>>(json: D) -> Result<Option<Secret>, D::Error> {
    let passphrase = Secret::new(field::text(json)?);
    Ok(Some(passphrase).filter(|passphrase| !passphrase.expose().is_empty()))
}

/// Where the keys are: one place for all that read it, so nothing that a shell or sshd would make another of.
pub(super) fn path<'de, D: Deserializer<'de>>(json: D) -> Result<String, D::Error> {
    let path = field::text(json)?;
    let names: Vec<&str> = path.split('/').collect();
    let last = names.last().copied().unwrap_or_default();
    let odd = |name: &&str| matches!(*name, "." | "..") || name.starts_with('~');
    if last.is_empty()
        || path.contains(|c: char| c == '%' || c.is_control())
        || names.iter().any(odd)
    {
        return Err(D::Error::custom(
            "must be the path of a file, absolute or from the login's home, without .., ~ and %: path not allowed",
        ));
    }
    Ok(path)
}

/// Options of a line in authorized_keys; an empty text is none.
pub(super) fn options<'de, D: Deserializer<'de>>(json: D) -> Result<Option<String>, D::Error> {
    let options = field::text(json)?;
    if options.is_empty() || authorized_keys::fit(&options) {
        return Ok(Some(options));
    }
    Err(D::Error::custom(
        "must be options as in authorized_keys: commas between them, spaces only in quotes, and no cert-authority",
    ))
}
