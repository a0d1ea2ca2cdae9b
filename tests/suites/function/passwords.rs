//! Which passwords are drawn: what the function's variables say, and a secret's tags.

use rotation_kit::aws::FunctionError;
use rotation_tests::lab::{Lab, Target};
use serde_json::Value;

on_each_server!(passwords_honour_the_variables, secrets_manager_draws,);

/// The function's variables, AWS's names and defaults.
async fn passwords_honour_the_variables<T: Target>(server: &'static T) {
    let drawn = async |variables: &[(&str, &str)]| {
        let lab = Lab::on(server, "app", false, variables).await;
        lab.until("createSecret").await;
        lab.field("AWSPENDING", "password")
    };
    let usual = drawn(&[]).await;
    assert!(
        usual.len() == 32 && !usual.contains(|c| T::EXCLUDED.contains(c)),
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
async fn secrets_manager_draws<T: Target>(server: &'static T) {
    let asked = async |variables: &[(&str, &str)]| {
        let source = ("PASSWORD_SOURCE", "secrets-manager");
        let lab = Lab::on(server, "app", false, &[&[source], variables].concat()).await;
        lab.until("finishSecret").await;
        assert!(lab.accepts("AWSCURRENT").await);
        let calls = lab.aws.calls();
        let call = calls
            .iter()
            .find(|call| call.operation == "GetRandomPassword");
        call.expect("GetRandomPassword").request.clone()
    };
    let usual = asked(&[]).await;
    assert_eq!(usual["ExcludeCharacters"], T::EXCLUDED);
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

/// PostgreSQL has one password per user.
#[tokio::test]
async fn a_strategy_of_another_rotator_is_refused_at_start_up() {
    let lab = Lab::one_user(&[("ROTATION_STRATEGY", "dual-password")]).await;
    let token = lab.begin();
    let words =
        "ROTATION_STRATEGY is dual-password: this rotator knows single-user and alternating-users";
    lab.refused(&token, "createSecret", "Rotation.Config", words)
        .await;
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
