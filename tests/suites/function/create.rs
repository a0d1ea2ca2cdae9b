//! createSecret: what is stored, and what is refused before anything is.

use rotation_tests::lab::{Lab, Target, with, without};
use serde_json::Value;

on_each_server!(
    everything_but_the_password_stays,
    a_value_that_is_there_is_kept,
    two_at_once,
    a_bad_value_is_refused_before_anything_is_stored,
    auroras_engine_name_is_taken,
    keys_that_are_null_or_empty_are_absent,
);

/// AWSCURRENT with another password, and for two users another user, byte for byte; under AWSPENDING and our mark alone.
async fn everything_but_the_password_stays<T: Target>(server: &'static T) {
    for two in [false, true] {
        let lab = Lab::on(server, "app", two, &[]).await;
        let extra = r#", "extra" : {"b":1.50, "a":[1e3,"\u00e9 é"]},"port2":"5432" }"#;
        lab.edit_current(|value| format!("{}{extra}", value.trim_end_matches('}')));
        let token = lab.begin();
        lab.aws.forget_calls();
        lab.step(&token, "createSecret")
            .await
            .expect("createSecret");
        let calls: Vec<String> = lab
            .aws
            .calls()
            .iter()
            .map(|call| call.operation.clone())
            .collect();
        assert_eq!(
            (calls.len(), calls.last().map(String::as_str)),
            (3, Some("PutSecretValue")),
            "{calls:?}"
        );
        let put = &lab.aws.calls()[2].request;
        assert_eq!(put["ClientRequestToken"], token.as_str());
        assert_eq!(
            put["VersionStages"],
            serde_json::json!(["AWSPENDING", format!("ROTATION-{token}")])
        );
        let (old, new) = (
            lab.field("AWSCURRENT", "password"),
            lab.field("AWSPENDING", "password"),
        );
        let current = lab.aws.value(&lab.arn, "AWSCURRENT").expect("a value");
        let mut expected = current.replace(&old, &new);
        if two {
            let (user, clone) = (lab.user.clone(), lab.clone_name());
            expected = expected.replace(&format!("\"{user}\""), &format!("\"{clone}\""));
        }
        assert_eq!(lab.aws.value(&lab.arn, "AWSPENDING"), Some(expected));
    }
}

/// A value that is there is kept, whoever stored it.
async fn a_value_that_is_there_is_kept<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", false, &[]).await;
    let token = lab.begin();
    let value = lab.server.secret_json(&lab.user, "stored-by-the-template");
    lab.aws
        .plant(&lab.arn, &token, Some(&value), &["AWSPENDING"]);
    for _ in 0..2 {
        lab.step(&token, "createSecret")
            .await
            .expect("createSecret");
        assert_eq!(lab.aws.value(&lab.arn, "AWSPENDING").as_ref(), Some(&value));
    }
    lab.steps(&token).await.expect("the rest");
    assert!(lab.accepts("AWSCURRENT").await);
}

/// Two createSecret at once: one value is stored, and both steps succeed.
async fn two_at_once<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", false, &[]).await;
    for _ in 0..5 {
        let token = lab.begin();
        let both = [
            lab.step(&token, "createSecret"),
            lab.step(&token, "createSecret"),
        ];
        for ended in futures_util::future::join_all(both).await {
            ended.unwrap_or_else(|error| panic!("{}", error.message));
        }
        lab.steps(&token).await.expect("the rest");
        assert!(lab.accepts("AWSCURRENT").await);
    }
}

/// What may be wrong with AWSCURRENT, and the words for it.
fn rows<T: Target>(good: &str) -> Vec<(String, String)> {
    let other = if T::ROTATOR == "mysql" {
        "postgres"
    } else {
        "mysql"
    };
    let keys: [(&str, Value, &str); 8] = [
        ("engine", other.into(), T::ENGINES),
        ("engine", format!("{} ", T::ROTATOR).into(), T::ENGINES),
        ("port", "abc".into(), "under the key port"),
        ("port", 70_000.into(), "under the key port"),
        (
            "username",
            "é".repeat(T::USER_BYTES / 2 + 1).into(),
            "bytes at most",
        ),
        ("username", "".into(), "under the key username"),
        ("ssl", "maybe".into(), "under the key ssl"),
        ("ssl", 1.into(), "under the key ssl"),
    ];
    let keys = keys.map(|(key, says, words)| (with(good, key, says), words.to_owned()));
    let missing = ["engine", "host", "username", "password"];
    let missing = missing.map(|key| (without(good, key), format!("lacks the key {key}")));
    let twice = good.replacen('{', "{\"password\": \"hunter2hunter2\", ", 1);
    let wholes = [
        (twice, "the key password twice"),
        ("hunter2hunter2".into(), "is not a JSON object"),
        ("[\"hunter2hunter2\"]".into(), "is not a JSON object"),
    ];
    let wholes = wholes.map(|(value, words)| (value, words.to_owned()));
    keys.into_iter().chain(missing).chain(wholes).collect()
}

/// In words that name the key, with nothing stored; the value itself is in no word and no log.
async fn a_bad_value_is_refused_before_anything_is_stored<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", false, &[]).await;
    let token = lab.begin();
    let good = lab.aws.value(&lab.arn, "AWSCURRENT").expect("a value");
    for (value, words) in rows::<T>(&good) {
        lab.edit_current(|_| value);
        lab.refused(&token, "createSecret", "Rotation.SecretValue", &words)
            .await;
    }
    let log = lab.function.log();
    assert!(!log.contains("hunter2") && !log.contains("First-password"));
}

async fn auroras_engine_name_is_taken<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", false, &[]).await;
    lab.edit_current(|value| with(value, "engine", T::AURORA));
    lab.until("finishSecret").await;
    assert!(lab.accepts("AWSCURRENT").await);
}

/// As Terraform's `jsonencode` writes variables that are not set.
async fn keys_that_are_null_or_empty_are_absent<T: Target>(server: &'static T) {
    for nothing in [Value::Null, "".into()] {
        let lab = Lab::on(server, "app", false, &[]).await;
        lab.edit_current(|value| with(value, "dbname", nothing.clone()));
        lab.edit_current(|value| with(value, "masterarn", nothing.clone()));
        lab.until("finishSecret").await;
        assert!(lab.accepts("AWSCURRENT").await);
        let stays = format!("\"masterarn\":{nothing}");
        let stored = lab.aws.value(&lab.arn, "AWSCURRENT").expect("a value");
        assert!(stored.replace(' ', "").contains(&stays), "{stored}");
    }
}
