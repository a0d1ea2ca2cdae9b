//! Canaries: no password in any log, ours or the server's, whatever fails.

use rotation_tests::lab::Lab;
use rotation_tests::postgres::{Options, Postgres, Release};
use serde_json::Value;

/// Logs whatever PostgreSQL can log.
async fn talkative() -> &'static Postgres {
    let settings = [
        ("log_statement", "all"),
        ("log_min_error_statement", "debug5"),
        ("log_min_messages", "debug1"),
        ("log_min_duration_statement", "0"),
        ("log_parameter_max_length_on_error", "-1"),
    ];
    let options = Options {
        settings: settings
            .map(|(name, value)| (name, value.to_owned()))
            .to_vec(),
        ..Options::default()
    };
    Box::leak(Box::new(
        Postgres::start_with(Release::Debian, options).await,
    ))
}

/// Every password that the secret ever had, but the first one, which the harness set in clear text.
fn passwords(lab: &Lab) -> Vec<String> {
    let password = |value: &String| {
        let json: Value = serde_json::from_str(value).ok()?;
        json["password"].as_str().map(ToOwned::to_owned)
    };
    let values = lab.aws.values(&lab.arn);
    values
        .iter()
        .filter_map(password)
        .filter(|password| !password.starts_with("First-"))
        .collect()
}

#[tokio::test]
async fn no_password_in_any_log() {
    let server = talkative().await;
    for two in [false, true] {
        let lab = Lab::on(server, "app", two, &[("AWS_LAMBDA_LOG_LEVEL", "TRACE")]).await;
        let mark = server.log().len();
        for _ in 0..2 {
            lab.until("finishSecret").await;
        }
        let failing = lab.until("createSecret").await;
        let (other, _) = server.superuser().await;
        // The statement that sets the password waits, and is cancelled with an error.
        let clone = format!("{}_clone", lab.user);
        let users = if two {
            vec![&lab.user, &clone]
        } else {
            vec![&lab.user]
        };
        let held: Vec<String> = users
            .iter()
            .map(|user| format!("ALTER ROLE {user} CONNECTION LIMIT 100"))
            .collect();
        other
            .batch_execute(&format!("BEGIN; {}", held.join("; ")))
            .await
            .expect("a transaction");
        let error = lab
            .step(&failing, "setSecret")
            .await
            .expect_err("the role is locked");
        other.batch_execute("ROLLBACK").await.expect("rolled back");
        let passwords = passwords(&lab);
        assert!(passwords.len() >= 3, "{passwords:?}");
        let theirs = server.log()[mark..].to_owned();
        assert!(
            theirs.contains("ALTER ROLE") && theirs.contains("SCRAM-SHA-256$4096:"),
            "statements are logged"
        );
        assert!(
            theirs.contains("canceling statement due to lock timeout"),
            "also the one that fails"
        );
        let ours = format!("{}{error:?}", lab.function.log());
        assert!(
            ours.contains("createSecret") && ours.contains("Failed"),
            "lines and metrics are there"
        );
        for password in passwords {
            assert!(!theirs.contains(&password), "in the server's log");
            assert!(!ours.contains(&password), "in ours");
        }
        assert!(!ours.contains("First-password"), "in ours");
    }
}
