//! What is refused before anything is asked of anybody.

use rotation::event::Step;
use rotation::testing::World;
use rotation::testing::world::{Harness, Subject};
use rotation_tests::api::Kind;
use serde_json::{Value, json};

use crate::harness::{Users, json as parsed};

const VALUE: &str = "Rotation.SecretValue";
const REFUSED: &str = "Rotation.TargetRefused";

/// createSecret of a secret, or with an admin, changed so: refused in these words, and nobody was asked.
async fn refused(change: impl FnOnce(&mut Value, &mut Value), error_type: &str, words: &str) {
    let users = Users::start(Kind::Create, &[]).await;
    let subject = users.subject().await;
    let (arn, admin) = subject.admin.expect("an administrator");
    let (mut secret, mut admin) = (parsed(&subject.secret), parsed(&admin));
    change(&mut secret, &mut admin);
    let subject = Subject {
        secret: secret.to_string(),
        admin: Some((arn, admin.to_string())),
    };
    let mut world = World::with(&users, &subject);
    let version = world.begin();
    let error = world.step(&version, Step::CreateSecret).await;
    let error = error.expect_err(words);
    assert!(error.to_string().contains(words), "{words}: {error}");
    assert_eq!(error.error_type(), error_type, "{error}");
    // The credential itself may have been asked whose it is; nothing was made.
    let mut asked = users.api.asked();
    asked.retain(|request| request != "GET /me");
    assert_eq!(asked, Vec::<String>::new(), "{words}");
}

async fn with(key: &str, value: &str, error_type: &str, words: &str) {
    refused(|secret, _| secret[key] = json!(value), error_type, words).await;
}

/// Row 57.
#[tokio::test]
async fn addresses() {
    for (url, words) in [
        ("http://localhost:1", "it must begin with https://"),
        ("ftp://localhost", "it must begin with https://"),
        ("https://user:hunter2@localhost", "it must not name a user"),
        ("https://localhost/#part", "it must have no fragment"),
        ("https://localhost/?a=b", "it must have no query"),
        ("https://localhost./", "its host must not end with a dot"),
        ("https://2852039166", "it must have four decimal numbers"),
        (
            "https://[fe80::1%25eth0]/",
            "it must be like https://service",
        ),
        ("https://local host/", "it has spaces, backslashes"),
        ("https:\\\\localhost\\", "it has spaces, backslashes"),
        ("localhost", "it must be like https://service"),
        ("https://", "it must be like https://service"),
    ] {
        let words = format!("has a value under the key url that is no usable address: {words}");
        with("url", url, VALUE, &words).await;
    }
}

/// Row 57 and rule 19: who may write the secret must not lead the function to its own machine, or to others' doors.
#[tokio::test]
async fn forbidden_hosts() {
    let words = "is not named in ALLOWED_HOSTS";
    for (host, at) in [
        ("127.0.0.1", "127.0.0.1:443"),
        ("169.254.169.254", "169.254.169.254:443"),
        ("[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]:443"),
        ("evil.example", "evil.example:443"),
    ] {
        with(
            "url",
            &format!("https://{host}"),
            REFUSED,
            &format!("{at} {words}"),
        )
        .await;
    }
}

/// Row 58.
#[tokio::test]
async fn tokens_that_no_header_can_hold() {
    let long = "x".repeat(8_001);
    for (token, words) in [
        ("a\r\nb", "that no header can hold"),
        ("a\0b", "that no header can hold"),
        ("é", "that no header can hold"),
        ("", "that no header can hold"),
        (&long, "that is too long"),
    ] {
        let words = format!("has a value under the key token {words}");
        with("token", token, VALUE, &words).await;
    }
}

#[tokio::test]
async fn what_is_missing() {
    let needs = "which the profile create needs";
    for (key, error_type, words) in [
        (
            "url",
            VALUE,
            format!("it lacks the key url, {needs}: the service"),
        ),
        (
            "user",
            VALUE,
            format!("it lacks the key user, {needs}: whose token it is"),
        ),
        (
            "token",
            VALUE,
            "it lacks the key token: the credential itself".into(),
        ),
        (
            "profile",
            VALUE,
            "it lacks the key profile, and TOKEN_PROFILE is not set".into(),
        ),
        (
            "masterarn",
            VALUE,
            "it lacks the key masterarn: the ARN of".into(),
        ),
        (
            "token_id",
            REFUSED,
            "the secret lacks the key token_id: without".into(),
        ),
    ] {
        let take = |secret: &mut Value, _: &mut Value| {
            secret.as_object_mut().expect("an object").remove(key);
        };
        refused(take, error_type, &words).await;
    }
    let admin = |_: &mut Value, admin: &mut Value| *admin = json!({"key": "x"});
    let words = format!("the admin secret lacks the key token, {needs}");
    refused(admin, REFUSED, &words).await;
}

#[tokio::test]
async fn what_does_not_fit() {
    let words = "no profile has that name. There are";
    with("profile", "../../etc/passwd", VALUE, words).await;
    for user in ["", ".", "..", "user1", "USER0"] {
        let words = "the credential is somebody else's: the secret says";
        with("user", user, REFUSED, words).await;
    }
}

/// A value is one segment of the path, whatever is in it.
#[tokio::test]
async fn values_are_never_spliced() {
    let users = Users::start(Kind::Create, &[]).await;
    let (user, subject) = ("a/../b?c#d%2f{\"é ", users.subject().await);
    let token = users.api.user(user);
    let subject = Subject {
        secret: users.api.secret(Kind::Create, user, &token),
        ..subject
    };
    let mut world = World::with(&users, &subject);
    let version = world.begin();
    let error = world.step(&version, Step::CreateSecret).await;
    let error = error.expect_err("no such user").to_string();
    assert!(error.contains("there is no such thing"), "{error}");
    let asked = [
        "GET /me",
        "GET /users/a%2F..%2Fb%3Fc%23d%252f%7B%22%C3%A9%20/tokens",
    ];
    assert_eq!(users.api.asked(), asked);
}
