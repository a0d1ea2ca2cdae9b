//! setSecret, testSecret and finishSecret for one user.

use rotation_tests::lab::Lab;
use serde_json::Value;

/// The server takes the new password and no longer the old one; done twice, the second time changes nothing.
#[tokio::test]
async fn the_password_is_set_once() {
    let lab = Lab::one_user(&[]).await;
    let token = lab.until("setSecret").await;
    assert!(lab.accepts("AWSPENDING").await && !lab.accepts("AWSCURRENT").await);
    let (verifier, mark) = (lab.verifier(&lab.user).await, lab.server.log().len());
    lab.step(&token, "setSecret")
        .await
        .expect("setSecret again");
    assert_eq!(lab.verifier(&lab.user).await, verifier);
    assert_eq!(
        lab.server.logins(mark, &lab.user),
        (1, 1),
        "AWSCURRENT is tried, then AWSPENDING"
    );
}

/// Neither AWSCURRENT nor AWSPENDING is accepted. AWSPREVIOUS is, and is not tried.
#[tokio::test]
async fn nothing_is_accepted() {
    let lab = Lab::one_user(&[]).await;
    let good = lab.aws.value(&lab.arn, "AWSCURRENT").expect("a value");
    lab.edit_current(|value| value.replace("First-password", "Wrong-password"));
    lab.aws
        .plant(&lab.arn, &"7".repeat(32), Some(&good), &["AWSPREVIOUS"]);
    let token = lab.until("createSecret").await;
    let words = "accepts none of the labelled versions";
    let mark = lab.server.log().len();
    lab.refused(&token, "setSecret", "Rotation.NoneAccepted", words)
        .await;
    assert_eq!(lab.server.logins(mark, &lab.user), (0, 2));
    assert!(
        lab.server
            .accepts(&lab.user, &field(&good, "password"))
            .await
    );
}

fn field(value: &str, key: &str) -> String {
    let json: Value = serde_json::from_str(value).expect("JSON");
    json[key].as_str().expect("a text").to_owned()
}

/// Whatever AWSPREVIOUS holds does not matter while AWSCURRENT works.
#[tokio::test]
async fn awsprevious_is_not_looked_at() {
    for value in [
        None,
        Some("{}"),
        Some("not JSON"),
        Some(r#"{"engine":"mysql","host":"elsewhere.invalid"}"#),
    ] {
        let lab = Lab::one_user(&[]).await;
        if value.is_some() {
            lab.aws
                .plant(&lab.arn, &"7".repeat(32), value, &["AWSPREVIOUS"]);
        }
        lab.until("finishSecret").await;
        assert!(lab.accepts("AWSCURRENT").await, "{value:?}");
    }
}

/// AWSPENDING is for somebody else, or for another place: refused before any connection.
#[tokio::test]
async fn pending_does_not_belong_to_current() {
    let lab = Lab::one_user(&[]).await;
    let token = lab.until("createSecret").await;
    let pending = lab.aws.value(&lab.arn, "AWSPENDING").expect("a value");
    let rows = [
        (
            lab.user.as_str(),
            "postgres",
            "AWSPENDING is for user postgres, expected the user",
        ),
        (
            "localhost",
            "elsewhere.invalid",
            "AWSPENDING is for elsewhere.invalid",
        ),
    ];
    for (old, new, words) in rows {
        let changed = pending.replacen(old, new, 1);
        lab.aws.plant(&lab.arn, &token, Some(&changed), &[]);
        let mark = lab.server.log().len();
        lab.refused(&token, "setSecret", "Rotation.Versions", words)
            .await;
        assert_eq!(lab.server.logins(mark, &lab.user), (0, 0));
    }
}

/// AWSPENDING says another way to the same server: the new password would go over it in plaintext.
#[tokio::test]
async fn pending_goes_another_way() {
    let lab = Lab::one_user(&[]).await;
    let token = lab.until("createSecret").await;
    let pending = lab.aws.value(&lab.arn, "AWSPENDING").expect("a value");
    for (key, value) in [("ssl", "false"), ("servername", "\"elsewhere.example\"")] {
        let changed = pending.replacen('{', &format!("{{\"{key}\": {value}, "), 1);
        lab.aws.plant(&lab.arn, &token, Some(&changed), &[]);
        let words = format!("the key {key} of AWSPENDING is not as in AWSCURRENT");
        lab.refused(&token, "setSecret", "Rotation.TargetRefused", &words)
            .await;
    }
}

/// The port as a number or as a text; the usual database where none is named; TLS unless the secret says false.
#[tokio::test]
async fn port_database_and_tls() {
    let port = rotation_tests::postgres::Postgres::shared().await.port();
    let number = format!("\"port\": {port}");
    let text = format!("\"port\": \"{port}\"");
    let rows = [
        (number.as_str(), text.as_str(), true),
        (", \"dbname\": \"postgres\"", "", true),
        ("\"engine\"", "\"ssl\": true, \"engine\"", true),
        ("\"engine\"", "\"ssl\": \"TRUE\", \"engine\"", true),
        ("\"engine\"", "\"ssl\": null, \"engine\"", true),
        ("\"engine\"", "\"ssl\": false, \"engine\"", false),
        ("\"engine\"", "\"ssl\": \"False\", \"engine\"", false),
    ];
    for (old, new, tls) in rows {
        let lab = Lab::one_user(&[]).await;
        lab.edit_current(|value| value.replacen(old, new, 1));
        let mark = lab.server.log().len();
        lab.until("finishSecret").await;
        assert!(lab.accepts("AWSCURRENT").await, "{new}");
        let log = lab.server.log();
        let ours = log[mark..].lines().filter(|line| {
            line.contains(&format!("authorized: user={} ", lab.user)) && line.contains("=rotation")
        });
        let encrypted: Vec<bool> = ours.map(|line| line.contains("SSL enabled")).collect();
        assert_eq!(encrypted, [tls; 5], "{new}");
    }
}

/// Without a port, the engine's own. (Nobody may listen there: then the refusal names it.)
#[tokio::test]
async fn the_usual_port() {
    let lab = Lab::one_user(&[]).await;
    let port = lab.server.port();
    lab.edit_current(|value| value.replacen(&format!("\"port\": {port}, "), "", 1));
    let token = lab.until("createSecret").await;
    let error = lab
        .step(&token, "setSecret")
        .await
        .expect_err("another server, or none");
    assert!(
        error.message.contains("localhost:5432"),
        "{}",
        error.message
    );
}

/// Names that must be quoted, among them one that breaks AWS's template by its percent sign.
#[tokio::test]
async fn names_that_must_be_quoted() {
    for name in ["App", "a b", "a%s", "a\\b", "it's", "a.b@c", "é🔑"] {
        let lab = Lab::start(name, false, &[]).await;
        lab.until("finishSecret").await;
        assert!(lab.accepts("AWSCURRENT").await, "{name}");
    }
}

/// testSecret and finishSecret log in with AWSPENDING; if that is not accepted, AWSCURRENT stays where it is.
#[tokio::test]
async fn a_pending_value_that_is_not_accepted_is_never_promoted() {
    let lab = Lab::one_user(&[]).await;
    let token = lab.until("createSecret").await;
    for step in ["testSecret", "finishSecret"] {
        lab.refused(
            &token,
            step,
            "Rotation.PendingRejected",
            "refusing to make it current",
        )
        .await;
    }
    lab.step(&token, "setSecret").await.expect("setSecret");
    lab.step(&token, "testSecret").await.expect("testSecret");
    let changed = format!("ALTER ROLE \"{}\" PASSWORD 'by-hand'", lab.user);
    lab.server.admin(&changed).await;
    lab.refused(
        &token,
        "finishSecret",
        "Rotation.PendingRejected",
        "refusing to make it current",
    )
    .await;
}

/// One compare-and-swap from where AWSCURRENT was; repeated, nothing more.
#[tokio::test]
async fn finish_moves_awscurrent_once() {
    let lab = Lab::one_user(&[]).await;
    let old = lab.aws.holder(&lab.arn, "AWSCURRENT").expect("a version");
    let token = lab.until("testSecret").await;
    lab.aws.forget_calls();
    for _ in 0..2 {
        lab.step(&token, "finishSecret")
            .await
            .expect("finishSecret");
    }
    let calls = lab.aws.calls();
    let moves: Vec<_> = calls
        .iter()
        .filter(|call| call.operation == "UpdateSecretVersionStage")
        .collect();
    assert_eq!(moves.len(), 1);
    let request = &moves[0].request;
    assert_eq!(request["RemoveFromVersionId"], old.as_str());
    assert_eq!(
        (&request["VersionStage"], &request["MoveToVersionId"]),
        (&Value::from("AWSCURRENT"), &Value::from(token.as_str()))
    );
    assert_eq!(lab.aws.holder(&lab.arn, "AWSPREVIOUS"), Some(old));
    assert_eq!(lab.aws.holder(&lab.arn, "AWSCURRENT"), Some(token));
}
