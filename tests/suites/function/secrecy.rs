//! Canaries: no password in any log, ours or the server's, whatever fails.

use rotation_tests::lab::{Lab, Target};
use rotation_tests::mysql::Product;
use rotation_tests::postgres::{Options, Postgres, Release};
use serde_json::Value;

use crate::shared;

const TRACE: (&str, &str) = ("AWS_LAMBDA_LOG_LEVEL", "TRACE");

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
fn passwords<T: Target>(lab: &Lab<T>) -> Vec<String> {
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
        let lab = Lab::on(server, "app", two, &[TRACE]).await;
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
        let theirs = server.log()[mark..].to_owned();
        assert!(
            theirs.contains("ALTER ROLE") && theirs.contains("SCRAM-SHA-256$4096:"),
            "statements are logged"
        );
        assert!(
            theirs.contains("canceling statement due to lock timeout"),
            "also the one that fails"
        );
        none_is_told(&lab, &theirs, &format!("{error:?}"));
    }
}

/// No password is in the server's log, nor in what the function has logged and told.
fn none_is_told<T: Target>(lab: &Lab<T>, theirs: &str, told: &str) {
    let passwords = passwords(lab);
    assert!(passwords.len() >= 3, "{} passwords", passwords.len());
    let ours = format!("{}{told}", lab.function.log());
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

/// All statements are in the general log. Each that setSecret sends fails once, since the server takes no more of them.
#[tokio::test]
async fn no_password_in_any_log_of_mysql_or_mariadb() {
    for product in Product::ALL {
        let Some(server) = shared(product).await else {
            continue;
        };
        for (two, statement) in [(false, "SET PASSWORD"), (true, "ALTER USER")] {
            let lab = Lab::on(server, "app", two, &[TRACE]).await;
            let mark = server.mark();
            for _ in 0..2 {
                lab.until("finishSecret").await;
            }
            let token = lab.until("createSecret").await;
            let limited = if two { lab.administrator() } else { &lab.user };
            let limit = format!("ALTER USER {limited} WITH MAX_QUERIES_PER_HOUR");
            let mut told = Vec::new();
            for most in 1.. {
                server.admin(&format!("{limit} {most}")).await;
                server.admin("FLUSH USER_RESOURCES").await;
                match lab.step(&token, "setSecret").await {
                    Ok(()) => break,
                    Err(error) => told.push(format!("{error:?}")),
                }
                assert!(lab.accepts("AWSCURRENT").await || !two, "statement {most}");
            }
            assert!(told.len() > 6, "{product:?}: {told:?}");
            server.admin(&format!("{limit} 0")).await;
            lab.steps(&token)
                .await
                .unwrap_or_else(|error| panic!("{}", error.message));
            assert!(lab.accepts("AWSCURRENT").await, "{product:?}");
            let theirs = server.log_since(mark);
            assert!(theirs.contains(statement), "statements are logged");
            none_is_told(&lab, &theirs, &told.concat());
        }
    }
}
