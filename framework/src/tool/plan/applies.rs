//! Which differences the secret itself shows. Others depend on the server and its accounts: where one of them would end the rotation,
//! that is what stands in its way.

use serde::Deserialize;
use serde_json::Value;

use crate::document::{Document, DocumentError};
use crate::rotator::Succession;
use crate::settings::TAG;
use crate::store::Description;
use crate::version::{SecretId, Stage};

use super::differences::{ALL, Difference};

/// What a secret and its settings say.
pub(super) struct Facts<'a> {
    pub(super) rotator: &'a str,
    pub(super) value: Option<&'a Document>,
    pub(super) found: &'a Description,
    /// `None` if the rotator cannot read the value.
    pub(super) succession: Option<Succession>,
}

/// The keys of AWS's own JSON, whatever their values are.
#[derive(Default, Deserialize)]
struct Keys {
    engine: Option<Value>,
    host: Option<Value>,
    port: Option<Value>,
    ssl: Option<Value>,
    masterarn: Option<Value>,
}

/// The differences, in the order of `deploy/MOVING.md`.
pub(super) fn applying(facts: &Facts<'_>) -> Vec<Difference> {
    let read = facts.value.map(Document::parse::<Keys>);
    let keys = match &read {
        Some(Ok(keys)) => keys,
        _ => &Keys::default(),
    };
    let engine = match text(&keys.engine) {
        Some("mariadb") if facts.rotator == "mysql" => "mariadb",
        _ => facts.rotator,
    };
    let here = ALL.iter().filter(|row| row.on.contains(&engine));
    let applies = |row: &&Difference| match &read {
        Some(Err(problem)) => unreadable(row.key, problem, facts.value),
        Some(Ok(_)) => by_value(row.key, keys, engine) || by_rotation(row.key, facts, keys, engine),
        None => false,
    };
    here.filter(applies).copied().collect()
}

fn unreadable(key: &str, problem: &DocumentError, value: Option<&Document>) -> bool {
    match key {
        "doubled-keys" => matches!(problem, DocumentError::Duplicate(_)),
        "nan" => {
            let has = |word| value.is_some_and(|value| value.expose().contains(word));
            matches!(problem, DocumentError::Syntax { .. }) && (has("NaN") || has("Infinity"))
        }
        _ => false,
    }
}

fn by_value(key: &str, keys: &Keys, engine: &str) -> bool {
    let arn = text(&keys.masterarn);
    match key {
        "no-tls" => keys.ssl.is_none(),
        "ssl" => keys.ssl.as_ref().is_some_and(|ssl| !is_true_or_false(ssl)),
        "port" => keys.port.as_ref().is_some_and(|port| !is_whole(port)),
        "masterarn" => arn.is_some_and(|arn| SecretId::parse(arn).is_none()),
        "strategy" => arn.is_some(),
        "loopback" => text(&keys.host).is_some_and(is_loopback),
        "lock" | "hashing" => true,
        "hashes" => engine == "mariadb",
        _ => false,
    }
}

fn by_rotation(key: &str, facts: &Facts<'_>, keys: &Keys, engine: &str) -> bool {
    let turns = facts.succession == Some(Succession::Alternate);
    let one = facts.succession == Some(Succession::Replace);
    let stages = &facts.found.stages;
    match key {
        "second-user" => turns,
        "hashes" => turns && engine == "mysql",
        "masterarn-single" => one && keys.masterarn.is_some(),
        "second-password" => one && keys.masterarn.is_none(),
        "tags" => facts.found.tags.iter().any(|(tag, _)| tag.starts_with(TAG)),
        "wait" => {
            let current = stages.holder(&Stage::Current);
            current.is_some_and(|current| !stages.orphans(current).is_empty())
        }
        _ => false,
    }
}

fn text(value: &Option<Value>) -> Option<&str> {
    value.as_ref().and_then(Value::as_str)
}

fn is_true_or_false(value: &Value) -> bool {
    let word = value.as_str().map(str::to_ascii_lowercase);
    value.is_boolean() || matches!(word.as_deref(), Some("true" | "false"))
}

fn is_whole(value: &Value) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    value.is_u64() || value.as_str().is_some_and(digits)
}

fn is_loopback(host: &str) -> bool {
    let address = host.parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(rotator: &str, value: &str, succession: Succession) -> Vec<&'static str> {
        let (value, found) = (Document::new(value), Description::default());
        let facts = Facts {
            rotator,
            value: Some(&value),
            found: &found,
            succession: Some(succession),
        };
        applying(&facts).iter().map(|row| row.key).collect()
    }

    #[test]
    fn by_what_the_value_says() {
        let one = Succession::Replace;
        let plain = keys("postgres", r#"{"ssl": true, "port": 5432}"#, one);
        assert_eq!(plain, ["lock", "hashing"]);
        let odd = keys(
            "mysql",
            r#"{"ssl": "yes", "port": 5432.5, "host": "127.0.0.1", "masterarn": "admin"}"#,
            one,
        );
        for key in [
            "ssl",
            "port",
            "loopback",
            "masterarn",
            "strategy",
            "masterarn-single",
        ] {
            assert!(odd.contains(&key), "{key}: {odd:?}");
        }
        assert_eq!(
            keys("mysql", r#"{"port": 1, "port": 2}"#, one),
            ["doubled-keys"]
        );
        assert_eq!(keys("mysql", r#"{"port": NaN}"#, one), ["nan"]);
        assert_eq!(keys("token", "{}", one), [""; 0]);
    }

    #[test]
    fn by_engine_and_strategy() {
        let (one, two) = (Succession::Replace, Succession::Alternate);
        assert!(keys("postgres", "{}", two).contains(&"second-user"));
        assert!(!keys("postgres", "{}", one).contains(&"second-user"));
        assert!(keys("mysql", r#"{"engine": "mariadb"}"#, one).contains(&"second-password"));
        assert!(!keys("mysql", "{}", one).contains(&"hashes"));
        assert!(keys("mysql", "{}", two).contains(&"hashes"));
    }
}
