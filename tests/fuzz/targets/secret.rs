//! A secret, for the payload of each rotator: the first character says whose.
#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rotation::config::Config;
use rotation::document::Document;
use rotation::{Payload, Rotator};
use rotator_mysql::Mysql;
use rotator_postgres::Postgres;
use rotator_ssh::SshKeys;
use rotator_token::ApiToken;
use serde_json::Value;
use serde_json::value::RawValue;

/// What a secret holds that no error may.
const CANARY: &str = "hunter2";

static MYSQL: LazyLock<Mysql> = LazyLock::new(|| built::<Mysql>(Mysql::build));
static POSTGRES: LazyLock<Postgres> = LazyLock::new(|| built::<Postgres>(Postgres::build));
static SSH: LazyLock<SshKeys> = LazyLock::new(|| built::<SshKeys>(SshKeys::build));
static TOKEN: LazyLock<ApiToken> = LazyLock::new(|| built::<ApiToken>(ApiToken::build));

fn built<R: Rotator>(build: fn(&Config) -> Result<R, String>) -> R {
    let config = Config::from_vars([], R::EXCLUDE_CHARACTERS, R::SETTINGS);
    build(&config.expect("no settings")).expect("a rotator")
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut chars = text.chars();
    let whose = chars.next();
    let text = chars.as_str();
    match whose {
        Some('m') => is_read(&*MYSQL, text),
        Some('p') => is_read(&*POSTGRES, text),
        Some('s') => is_read(&*SSH, text),
        _ => is_read(&*TOKEN, text),
    }
});

/// A secret is read, or refused without a value of it. What one version has in place of another is all that is changed.
fn is_read<R: Rotator>(rotator: &R, text: &str) {
    let payload = match read(rotator, text) {
        Ok(payload) => payload,
        Err(said) => return shows_nothing(&said, text),
    };
    let _ = (
        payload.target(),
        payload.principal(),
        payload.admin_secret(),
        payload.secrets(),
    );
    let same = Document::new(text).patch(&payload, &payload);
    assert_eq!(same.expect("the same").expose(), text);
    for key in json(&payload).as_object().expect("an object").keys() {
        if let Some(Ok(new)) = with_another(text, key).map(|other| read(rotator, &other)) {
            let patched = changes_only(key, text, &payload, &new);
            reads_as(rotator, &patched, &new);
        }
        let Some(without) = without(text, key) else {
            continue;
        };
        if let Ok(lacking) = read(rotator, &without) {
            let patched = changes_only(key, &without, &lacking, &payload);
            reads_as(rotator, &patched, &payload);
            changes_only(key, text, &payload, &lacking);
            // Nobody stored the key, so what has no value there is not stored either.
            let patched = changes_only(key, &without, &payload, &lacking);
            assert!(!json(&lacking)[key].is_null() || !members(&patched).contains_key(key));
        }
    }
}

fn read<R: Rotator>(rotator: &R, text: &str) -> Result<R::Payload, String> {
    let payload = Document::new(text)
        .parse()
        .map_err(|error| error.to_string())?;
    rotator.complete(payload)
}

fn reads_as<R: Rotator>(rotator: &R, text: &str, expected: &R::Payload) {
    let again = read(rotator, text).expect("what was read can be read again");
    assert_eq!(json(&again), json(expected));
}

/// The document with what `new` has in place of `old`: all but the value under `key` is as before.
fn changes_only<P: Payload>(key: &str, text: &str, old: &P, new: &P) -> String {
    let patched = Document::new(text).patch(old, new).expect("short");
    let (before, after) = (members(text), members(patched.expose()));
    for (name, value) in &before {
        assert!(
            name == key || after[name] == *value,
            "{name} changed, not {key} alone"
        );
    }
    let added = after.keys().filter(|name| !before.contains_key(*name));
    assert!(
        added.into_iter().all(|name| name == key),
        "more was added than {key}"
    );
    if before.contains_key(key) {
        assert_eq!(
            around(text, before[key]),
            around(patched.expose(), after[key])
        );
    }
    patched.expose().to_owned()
}

/// Keys may be shown, and the name of a profile.
fn shows_nothing(said: &str, text: &str) {
    fn may_show_it(value: &Value) -> bool {
        match value {
            Value::Object(members) => members
                .iter()
                .any(|(key, value)| key.contains(CANARY) || may_show_it(value)),
            Value::Array(items) => items.iter().any(may_show_it),
            _ => false,
        }
    }
    assert!(
        !said.contains(char::is_control) && said.len() < 2000,
        "{said}"
    );
    let value: Value = serde_json::from_str(text).unwrap_or_default();
    let profile = value["profile"].as_str().unwrap_or_default();
    if !may_show_it(&value) && !profile.contains(CANARY) {
        assert!(!said.contains(CANARY), "{said}");
    }
}

fn json<P: Payload>(payload: &P) -> Value {
    let text = Document::of(payload).expect("JSON");
    serde_json::from_str(text.expose()).expect("JSON")
}

fn members(text: &str) -> BTreeMap<String, &str> {
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(text).expect("JSON");
    members
        .into_iter()
        .map(|(key, value)| (key, value.get()))
        .collect()
}

/// The document with another text under `key`, written by somebody else.
fn with_another(text: &str, key: &str) -> Option<String> {
    let mut members: BTreeMap<String, Value> = serde_json::from_str(text).ok()?;
    let Value::String(value) = members.get_mut(key)? else {
        return None;
    };
    value.push_str("-\"new\"");
    serde_json::to_string(&members).ok()
}

/// The document without `key`, written by somebody else.
fn without(text: &str, key: &str) -> Option<String> {
    let mut members: BTreeMap<String, Value> = serde_json::from_str(text).ok()?;
    members.remove(key)?;
    serde_json::to_string(&members).ok()
}

/// What is before a value, and what is after it.
fn around<'a>(text: &'a str, value: &str) -> (&'a str, &'a str) {
    let at = value.as_ptr() as usize - text.as_ptr() as usize;
    (&text[..at], &text[at + value.len()..])
}
