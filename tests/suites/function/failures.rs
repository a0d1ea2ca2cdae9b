//! Targets that fail, each in its own words; and statements whose client is dead.

use std::time::{Duration, Instant};

use futures_util::future::{join, join_all};
use rotation_kit::process::free_port;
use rotation_kit::tls::Ca;
use rotation_tests::lab::{Lab, Target, with};
use rotation_tests::mysql::Product;
use rotation_tests::postgres::{Options, Postgres, Release};
use serde_json::Value;

use crate::shared;

on_each_server!(each_failure_has_its_sentence, never_in_plaintext,);

/// setSecret fails with this type and these words, and nothing changed.
async fn set_fails<T: Target>(lab: &Lab<T>, error_type: &str, words: &str) {
    let token = lab.until("createSecret").await;
    lab.refused(&token, "setSecret", error_type, words).await;
}

/// Five things to look at, five sentences: what is wrong, the error's type, and a part of its text.
async fn each_failure_has_its_sentence<T: Target>(server: &'static T) {
    let own = Ca::new();
    let bundle = own.pem_path().display().to_string();
    let trust = [("DATABASE_CA_BUNDLE", bundle.as_str())];
    let rows: [(&[_], _, Value, _, _); 4] = [
        (
            &[],
            "port",
            free_port().into(),
            "Rotation.Target",
            "nobody listens there. Check host, port and security groups",
        ),
        (
            &[],
            "password",
            "Wrong-password".into(),
            "Rotation.NoneAccepted",
            "the server refuses the password of user",
        ),
        (
            &[],
            "dbname",
            "nowhere".into(),
            "Rotation.TargetRefused",
            "has no such database",
        ),
        (
            &trust,
            "ssl",
            true.into(),
            "Rotation.TargetRefused",
            "comes from an unknown authority",
        ),
    ];
    for (variables, key, says, error_type, words) in rows {
        let lab = Lab::on(server, "app", false, variables).await;
        lab.edit_current(|value| with(value, key, says));
        set_fails(&lab, error_type, words).await;
    }
    let lab = Lab::on(server, "app", false, &[]).await;
    server.shut_out(&lab.user).await;
    let words = "does not let this login in, whatever its password";
    set_fails(&lab, "Rotation.TargetRefused", words).await;
}

/// No TLS where the secret wants it: no other attempt, whatever the key `ssl` says but false.
async fn never_in_plaintext<T: Target>(server: &'static T) {
    let server = server.without_tls().await;
    for ssl in ["", "\"ssl\": true, ", "\"ssl\": null, "] {
        let lab = Lab::on(server, "app", false, &[]).await;
        lab.edit_current(|value| value.replacen('{', &format!("{{{ssl}"), 1));
        let mark = server.mark();
        set_fails(&lab, "Rotation.TargetRefused", "the server offers no TLS").await;
        assert_eq!(server.logins(mark, &lab.user), (0, 0), "{ssl}");
        assert!(lab.accepts("AWSCURRENT").await);
    }
    let lab = Lab::on(server, "app", false, &[]).await;
    lab.edit_current(|value| value.replacen('{', "{\"ssl\": false, ", 1));
    lab.until("finishSecret").await;
    assert!(lab.accepts("AWSCURRENT").await);
}

/// A server that takes the connection and says nothing. All rotators wait at the same time.
#[tokio::test]
async fn a_server_that_says_nothing() {
    let products = Product::ALL.map(async |product| {
        if let Some(server) = shared(product).await {
            is_given_up(server).await;
        }
    });
    let postgres = is_given_up(Postgres::shared().await);
    join(postgres, join_all(products)).await;
}

/// Where nothing answers: an error in words, long before Lambda's time is up.
async fn is_given_up<T: Target>(server: &'static T) {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let port = silent.local_addr().expect("bound").port();
    let lab = Lab::on(server, "app", false, &[]).await;
    lab.edit_current(|value| with(value, "port", port));
    let token = lab.until("createSecret").await;
    let began = Instant::now();
    lab.refused(&token, "setSecret", "Rotation.Target", "no answer in time")
        .await;
    assert!(
        began.elapsed() < Duration::from_secs(12),
        "{:?}",
        began.elapsed()
    );
}

/// A server that lets anybody in: the password is changed all the same, and that is said.
#[tokio::test]
async fn a_server_that_trusts() {
    let options = Options {
        hba: "host all all 127.0.0.1/32 trust\nhost all all ::1/128 trust".into(),
        ..Options::default()
    };
    let server: &'static Postgres = Box::leak(Box::new(
        Postgres::start_with(Release::Debian, options).await,
    ));
    let lab = Lab::on(server, "app", false, &[]).await;
    let before = lab.verifier(&lab.user).await;
    lab.until("finishSecret").await;
    assert_ne!(lab.verifier(&lab.user).await, before);
    assert!(
        lab.function
            .log()
            .contains("lets this user in without a password")
    );
}

/// Who alters the role, and has not committed: everybody else who alters it waits.
async fn holding(lab: &Lab) -> tokio_postgres::Client {
    let (client, _) = lab.server.superuser().await;
    let held = format!("BEGIN; ALTER ROLE {} CONNECTION LIMIT 100", lab.user);
    client.batch_execute(&held).await.expect("a transaction");
    client
}

/// Returns when a statement of the function waits for the role.
async fn waits(lab: &Lab) {
    let question = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'rotation' AND wait_event_type = 'Lock' \
        AND usename = '";
    let question = format!("{question}{}'", lab.user);
    while lab.server.ask(&question).await.is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn somebody_else_alters_the_role() {
    let lab = Lab::one_user(&[]).await;
    let other = holding(&lab).await;
    set_fails(
        &lab,
        "Rotation.Target",
        "is busy: another transaction holds a lock. Nothing was changed",
    )
    .await;
    other.batch_execute("ROLLBACK").await.expect("rolled back");
    assert!(lab.accepts("AWSCURRENT").await);
}

/// PostgreSQL goes on with a statement whose client is dead: with AWS's template, the password of a rotation that
/// nobody remembers takes effect seconds later. Ours is in a transaction that only a living client commits.
#[tokio::test]
async fn the_function_is_killed_while_its_statement_waits() {
    let lab = Lab::one_user(&[]).await;
    let token = lab.until("createSecret").await;
    let before = lab.verifier(&lab.user).await;
    let other = holding(&lab).await;
    let event = lab.event(&token, "setSecret").to_string();
    assert!(lab.function.kill(event, waits(&lab)).await, "it waits");
    other.batch_execute("ROLLBACK").await.expect("rolled back");
    let ours = format!(
        "SELECT 1 FROM pg_stat_activity WHERE usename = '{}'",
        lab.user
    );
    while !lab.server.ask(&ours).await.is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(
        lab.verifier(&lab.user).await,
        before,
        "the statement of a dead client took effect"
    );
    lab.steps(&token).await.expect("a plain retry");
    assert!(lab.accepts("AWSCURRENT").await);
}
