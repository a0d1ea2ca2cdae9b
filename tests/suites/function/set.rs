//! setSecret, testSecret and finishSecret for one user.

use rotation_tests::lab::{Lab, Target, with, without};
use serde_json::Value;

on_each_server!(
    the_password_is_set_once,
    nothing_is_accepted,
    awsprevious_is_not_looked_at,
    pending_does_not_belong_to_current,
    pending_goes_another_way,
    port_database_and_tls,
    the_usual_port,
    names_that_must_be_quoted,
    passwords_of_any_character,
    a_pending_value_that_is_not_accepted_is_never_promoted,
    finish_moves_awscurrent_once,
);

/// The server takes the new password and no longer the old one; done twice, the second time changes nothing.
async fn the_password_is_set_once<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", false, &[]).await;
    let token = lab.until("setSecret").await;
    assert!(lab.accepts("AWSPENDING").await && !lab.accepts("AWSCURRENT").await);
    let (verifier, mark) = (lab.verifier(&lab.user).await, lab.server.mark());
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

/// Neither AWSCURRENT nor AWSPENDING is accepted. AWSPREVIOUS is tried last, and the rotation goes on from it.
async fn nothing_is_accepted<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", false, &[]).await;
    let good = lab.aws.value(&lab.arn, "AWSCURRENT").expect("a value");
    lab.edit_current(|value| value.replace("First-password", "Wrong-password"));
    let wrong = good.replace("First-password", "Old-password");
    let old = "7".repeat(32);
    lab.aws
        .plant(&lab.arn, &old, Some(&wrong), &["AWSPREVIOUS"]);
    let token = lab.until("createSecret").await;
    let words = "accepts none of the labelled versions";
    let mark = lab.server.mark();
    lab.refused(&token, "setSecret", "Rotation.NoneAccepted", words)
        .await;
    assert_eq!(lab.server.logins(mark, &lab.user), (0, 3));
    lab.aws.plant(&lab.arn, &old, Some(&good), &["AWSPREVIOUS"]);
    lab.step(&token, "setSecret").await.expect("setSecret");
    assert!(lab.accepts("AWSPENDING").await && !lab.accepts("AWSPREVIOUS").await);
}

/// Whatever AWSPREVIOUS holds does not matter while AWSCURRENT works.
async fn awsprevious_is_not_looked_at<T: Target>(server: &'static T) {
    for two in [false, true] {
        for value in [
            None,
            Some("{}"),
            Some("not JSON"),
            Some(r#"{"engine":"oracle","host":"elsewhere.invalid"}"#),
        ] {
            let lab = Lab::on(server, "app", two, &[]).await;
            if value.is_some() {
                lab.aws
                    .plant(&lab.arn, &"7".repeat(32), value, &["AWSPREVIOUS"]);
            }
            lab.until("finishSecret").await;
            assert!(lab.accepts("AWSCURRENT").await, "{value:?}");
        }
    }
}

/// AWSPENDING is for somebody else, or for another place: refused before any connection.
async fn pending_does_not_belong_to_current<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", false, &[]).await;
    let token = lab.until("createSecret").await;
    let pending = lab.aws.value(&lab.arn, "AWSPENDING").expect("a value");
    for (key, says, words) in [
        (
            "username",
            "another",
            "AWSPENDING is for user another, expected",
        ),
        (
            "host",
            "elsewhere.invalid",
            "AWSPENDING is for elsewhere.invalid",
        ),
    ] {
        let changed = with(&pending, key, says);
        lab.aws.plant(&lab.arn, &token, Some(&changed), &[]);
        let mark = lab.server.mark();
        lab.refused(&token, "setSecret", "Rotation.Versions", words)
            .await;
        assert_eq!(lab.server.logins(mark, &lab.user), (0, 0));
    }
}

/// AWSPENDING says another way to the same server: the new password would go over it in plaintext.
async fn pending_goes_another_way<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", false, &[]).await;
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
async fn port_database_and_tls<T: Target>(server: &'static T) {
    let port = server.port();
    let rows: [(&str, Value, bool); 7] = [
        ("port", port.into(), true),
        ("port", port.to_string().into(), true),
        ("ssl", true.into(), true),
        ("ssl", "TRUE".into(), true),
        ("ssl", Value::Null, true),
        ("ssl", false.into(), false),
        ("ssl", "False".into(), false),
    ];
    for (key, says, tls) in rows {
        let lab = Lab::on(server, "app", false, &[]).await;
        lab.edit_current(|value| with(&without(value, "dbname"), key, says.clone()));
        let mark = server.mark();
        lab.until("finishSecret").await;
        let expected = (T::DATABASE.to_owned(), tls);
        let sessions = server.sessions(mark, &lab.user);
        assert_eq!(sessions, vec![expected; 5], "{key}: {says}");
        assert!(lab.accepts("AWSCURRENT").await, "{key}: {says}");
    }
}

/// Without a port, the engine's own. (Nobody may listen there: then the refusal names it.)
async fn the_usual_port<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", false, &[]).await;
    lab.edit_current(|value| without(value, "port"));
    let token = lab.until("createSecret").await;
    let error = lab
        .step(&token, "setSecret")
        .await
        .expect_err("another server, or none");
    let place = format!("localhost:{}", T::PORT);
    assert!(error.message.contains(&place), "{}", error.message);
}

/// One user, or two.
async fn names_that_must_be_quoted<T: Target>(server: &'static T) {
    for name in T::NAMES {
        for two in [false, true] {
            let lab = Lab::on(server, name, two, &[]).await;
            lab.until("finishSecret").await;
            assert!(lab.accepts("AWSCURRENT").await, "{name}, two users: {two}");
        }
    }
}

/// As another function may have drawn them: every punctuation character, and more.
async fn passwords_of_any_character<T: Target>(server: &'static T) {
    let punctuation = (' '..='~').filter(|c| !c.is_ascii_alphanumeric());
    let password = format!("Aa1{}é", String::from_iter(punctuation));
    for two in [false, true] {
        let lab = Lab::on(server, "app", two, &[]).await;
        let token = lab.until("createSecret").await;
        let pending = lab.aws.value(&lab.arn, "AWSPENDING").expect("a value");
        let changed = with(&pending, "password", password.as_str());
        lab.aws.plant(&lab.arn, &token, Some(&changed), &[]);
        lab.steps(&token)
            .await
            .unwrap_or_else(|error| panic!("{}", error.message));
        assert!(lab.accepts("AWSCURRENT").await, "two users: {two}");
    }
}

/// testSecret and finishSecret log in with AWSPENDING; if that is not accepted, AWSCURRENT stays where it is.
async fn a_pending_value_that_is_not_accepted_is_never_promoted<T: Target>(server: &'static T) {
    for two in [false, true] {
        let lab = Lab::on(server, "app", two, &[]).await;
        let token = lab.until("createSecret").await;
        for step in ["testSecret", "finishSecret"] {
            lab.refused(
                &token,
                step,
                "Rotation.PendingRejected",
                "It does not become AWSCURRENT",
            )
            .await;
        }
        lab.step(&token, "setSecret").await.expect("setSecret");
        lab.step(&token, "testSecret").await.expect("testSecret");
        server
            .set_by_hand(&lab.field("AWSPENDING", "username"))
            .await;
        lab.refused(
            &token,
            "finishSecret",
            "Rotation.PendingRejected",
            "It does not become AWSCURRENT",
        )
        .await;
    }
}

/// One compare-and-swap from where AWSCURRENT was; repeated, nothing more.
async fn finish_moves_awscurrent_once<T: Target>(server: &'static T) {
    for two in [false, true] {
        let lab = Lab::on(server, "app", two, &[]).await;
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
}
