//! createSecret: what is stored, and what is refused before anything is.

use rotation_tests::aws::FunctionError;
use rotation_tests::lab::Lab;
use serde_json::Value;

/// AWSCURRENT with another password, byte for byte; under AWSPENDING and our mark alone.
#[tokio::test]
async fn everything_but_the_password_stays() {
    let lab = Lab::one_user(&[]).await;
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
    assert_eq!(
        lab.aws.value(&lab.arn, "AWSPENDING"),
        Some(current.replace(&old, &new))
    );
}

/// A value that is there is kept, whoever stored it.
#[tokio::test]
async fn a_value_that_is_there_is_kept() {
    let lab = Lab::one_user(&[]).await;
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
#[tokio::test]
async fn two_at_once() {
    let lab = Lab::one_user(&[]).await;
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

type Edit = fn(&str) -> String;

fn without(value: &str, key: &str) -> String {
    let mut json: Value = serde_json::from_str(value).expect("JSON");
    json.as_object_mut().expect("an object").remove(key);
    json.to_string()
}

fn with(value: &str, key: &str, changed: &str) -> String {
    let mut json: Value = serde_json::from_str(value).expect("JSON");
    json[key] = serde_json::from_str(changed).expect("JSON");
    json.to_string()
}

/// What is wrong with AWSCURRENT, and the words for it.
const ROWS: [(Edit, &str); 18] = [
    (|v| without(v, "engine"), "lacks the key engine"),
    (|v| without(v, "host"), "lacks the key host"),
    (|v| without(v, "username"), "lacks the key username"),
    (|v| without(v, "password"), "lacks the key password"),
    (
        |v| with(v, "engine", "\"mysql\""),
        "must be postgres or aurora-postgresql",
    ),
    (
        |v| with(v, "engine", "\"Postgres \""),
        "must be postgres or aurora-postgresql",
    ),
    (|v| with(v, "port", "\"\""), "under the key port"),
    (|v| with(v, "port", "null"), "under the key port"),
    (|v| with(v, "port", "\"abc\""), "under the key port"),
    (|v| with(v, "port", "70000"), "under the key port"),
    (|v| with(v, "dbname", "null"), "under the key dbname"),
    (
        |v| with(v, "username", &format!("\"{}\"", "é".repeat(32))),
        "must have 63 bytes at most",
    ),
    (|v| with(v, "username", "\"\""), "under the key username"),
    (|v| with(v, "ssl", "\"maybe\""), "under the key ssl"),
    (|v| with(v, "ssl", "1"), "under the key ssl"),
    (
        |v| v.replacen('{', "{\"password\": \"hunter2hunter2\", ", 1),
        "the key password twice",
    ),
    (|_| "hunter2hunter2".into(), "is not a JSON object"),
    (|_| "[\"hunter2hunter2\"]".into(), "is not a JSON object"),
];

/// In words that name the key, with nothing stored; the value itself is in no word and no log.
#[tokio::test]
async fn a_bad_value_is_refused_before_anything_is_stored() {
    let lab = Lab::one_user(&[]).await;
    let token = lab.begin();
    let good = lab.aws.value(&lab.arn, "AWSCURRENT").expect("a value");
    for (edit, words) in ROWS {
        lab.edit_current(|_| edit(&good));
        lab.refused(&token, "createSecret", "Rotation.SecretValue", words)
            .await;
    }
    let log = lab.function.log();
    assert!(!log.contains("hunter2") && !log.contains("First-password"));
}

#[tokio::test]
async fn auroras_engine_name_is_taken() {
    let lab = Lab::one_user(&[]).await;
    lab.edit_current(|value| with(value, "engine", "\"aurora-postgresql\""));
    lab.until("finishSecret").await;
    assert!(lab.accepts("AWSCURRENT").await);
}

/// The function's variables, AWS's names and defaults.
#[tokio::test]
async fn passwords_honour_the_variables() {
    let drawn = async |variables: &[(&str, &str)]| {
        let lab = Lab::one_user(variables).await;
        lab.until("createSecret").await;
        lab.field("AWSPENDING", "password")
    };
    let usual = drawn(&[]).await;
    assert!(
        usual.len() == 32 && !usual.contains([':', '/', '@', '"', '\'', '\\']),
        "AWS's default"
    );
    let class = |password: &str, fits: fn(char) -> bool| password.chars().any(fits);
    assert!(class(&usual, |c| c.is_ascii_punctuation()) && class(&usual, |c| c.is_ascii_digit()));
    assert!(class(&usual, |c| c.is_ascii_lowercase()) && class(&usual, |c| c.is_ascii_uppercase()));
    let variables = [
        ("PASSWORD_LENGTH", "20"),
        ("EXCLUDE_PUNCTUATION", "YES"),
        ("EXCLUDE_LOWERCASE", "1"),
        ("EXCLUDE_CHARACTERS", "XYZ"),
        ("REQUIRE_EACH_INCLUDED_TYPE", "0"),
    ];
    let special = drawn(&variables).await;
    let fits = |c: char| (c.is_ascii_uppercase() || c.is_ascii_digit()) && !"XYZ".contains(c);
    assert!(special.len() == 20 && special.chars().all(fits));
}

/// Secrets Manager draws, if it is told to: with the same options, under the names of its own API.
#[tokio::test]
async fn secrets_manager_draws() {
    let asked = async |variables: &[(&str, &str)]| {
        let source = ("PASSWORD_SOURCE", "secrets-manager");
        let lab = Lab::one_user(&[&[source], variables].concat()).await;
        lab.until("finishSecret").await;
        assert!(lab.accepts("AWSCURRENT").await);
        let calls = lab.aws.calls();
        let call = calls
            .iter()
            .find(|call| call.operation == "GetRandomPassword");
        call.expect("GetRandomPassword").request.clone()
    };
    let usual = asked(&[]).await;
    assert_eq!(usual["ExcludeCharacters"], ":/@\"'\\");
    assert_eq!(
        (&usual["PasswordLength"], &usual["RequireEachIncludedType"]),
        (&Value::from(32), &Value::from(true))
    );
    for class in [
        "ExcludeNumbers",
        "ExcludePunctuation",
        "ExcludeUppercase",
        "ExcludeLowercase",
        "IncludeSpace",
    ] {
        assert_eq!(usual[class], false, "{class}");
    }
    let special = asked(&[
        ("PASSWORD_LENGTH", "20"),
        ("EXCLUDE_PUNCTUATION", "YES"),
        ("REQUIRE_EACH_INCLUDED_TYPE", "0"),
        ("EXCLUDE_CHARACTERS", ""),
    ])
    .await;
    assert_eq!(
        (&special["PasswordLength"], &special["ExcludePunctuation"]),
        (&Value::from(20), &Value::from(true))
    );
    assert_eq!(
        (
            &special["RequireEachIncludedType"],
            &special["ExcludeCharacters"]
        ),
        (&Value::from(false), &Value::from(""))
    );
}

/// A policy that cannot be met, or is weak, answers every event with its figure; nothing is done.
#[tokio::test]
async fn a_bad_policy_is_refused_at_start_up() {
    for (variable, words) in [
        (
            ("PASSWORD_LENGTH", "8"),
            "bits of entropy, below the floor of 64",
        ),
        (("PASSWORD_LENGTH", "abc"), "PASSWORD_LENGTH must be 1-4096"),
        (
            ("EXCLUDE_NUMBERS", "on"),
            "EXCLUDE_NUMBERS must be true/1/y/yes or false/0/n/no",
        ),
    ] {
        let lab = Lab::one_user(&[variable]).await;
        let token = lab.begin();
        lab.refused(&token, "createSecret", "Rotation.Config", words)
            .await;
    }
}

/// A secret's tags override the function's variables.
#[tokio::test]
async fn tags_override() {
    let lab = Lab::one_user(&[("PASSWORD_LENGTH", "40")]).await;
    let tag = async |key: &str, value: &str| {
        let tag = aws_sdk_secretsmanager::types::Tag::builder()
            .key(key)
            .value(value)
            .build();
        let tagged = lab
            .aws
            .client()
            .tag_resource()
            .secret_id(&lab.arn)
            .tags(tag)
            .send()
            .await;
        tagged.expect("tagged");
    };
    tag("rotation:password-length", "25").await;
    tag("rotation:exclude-punctuation", "true").await;
    lab.until("createSecret").await;
    let password = lab.field("AWSPENDING", "password");
    assert!(password.len() == 25 && password.chars().all(|c| c.is_ascii_alphanumeric()));
    tag("rotation:password-length", "long").await;
    let token = lab.begin();
    let before = lab.state().await;
    let FunctionError { message, .. } = lab
        .step(&token, "createSecret")
        .await
        .expect_err("no length");
    assert!(message.contains("rotation:password-length"), "{message}");
    assert_eq!(lab.state().await, before);
}
