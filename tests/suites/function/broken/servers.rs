//! What needs a server of its own, or a server of another kind.

use aws_sdk_secretsmanager::types::Tag;
use rotation_tests::lab::{Lab, Target, with};
use rotation_tests::mysql::Product;
use rotation_tests::postgres::{Pooler, Postgres, Release};

use super::{Broken, How, judge};
use crate::shared;

const REFUSED: &str = "Rotation.TargetRefused";

fn broken(name: &'static str, words: &'static str) -> Broken {
    Broken {
        name,
        two: false,
        variables: &[],
        how: How::Settings,
        error_type: REFUSED,
        words,
    }
}

#[tokio::test]
async fn without_tls() {
    let server = Postgres::shared().await.without_tls().await;
    let lab = Lab::on(server, "app", false, &[]).await;
    judge(&lab, &broken("TLS", "the server offers no TLS")).await;
}

#[tokio::test]
async fn a_pooler() {
    if !Pooler::installed() {
        return;
    }
    let server: &'static Postgres = Box::leak(Box::new(Postgres::start(Release::Debian).await));
    let pooler = Pooler::start(server, "statement").await;
    let lab = Lab::on(server, "app", false, &[]).await;
    lab.edit_current(|value| with(value, "port", pooler.port()));
    judge(&lab, &broken("pooler", "a connection pooler stands before")).await;
}

#[tokio::test]
async fn a_server_that_only_reads() {
    let server: &'static Postgres = Box::leak(Box::new(Postgres::start(Release::Debian).await));
    let lab = Lab::on(server, "app", false, &[]).await;
    server
        .admin("ALTER SYSTEM SET default_transaction_read_only = on")
        .await;
    server.admin("SELECT pg_reload_conf()").await;
    let reloaded = "SELECT current_setting('default_transaction_read_only')::bool";
    server.until(reloaded).await;
    judge(&lab, &broken("reader", "read")).await;
}

/// A tag of the secret makes passwords that could be guessed.
#[tokio::test]
async fn a_policy_by_tag() {
    let lab = Lab::one_user(&[]).await;
    let tag = Tag::builder().key("rotation:password-length").value("8");
    let request = lab.aws.client().tag_resource().secret_id(&lab.arn);
    request.tags(tag.build()).send().await.expect("tagged");
    let words = "rotation:password-length: the password policy gives";
    let broken = Broken {
        error_type: "Rotation.Policy",
        ..broken("policy by a tag", words)
    };
    judge(&lab, &broken).await;
}

#[tokio::test]
async fn mysql_and_mariadb() {
    for product in Product::ALL {
        let Some(server) = shared(product).await else {
            continue;
        };
        for (two, name, sql, words) in [
            (
                false,
                "locked account",
                "ALTER USER {user} ACCOUNT LOCK",
                "lock",
            ),
            (
                true,
                "privileges",
                "REVOKE CREATE USER ON *.* FROM {admin}",
                "CREATE USER",
            ),
            (
                true,
                "several hosts",
                "CREATE USER {user}@'10.0.0.1' IDENTIFIED BY 'Another-password'",
                "exists with several hosts",
            ),
        ] {
            let lab = Lab::on(server, "app", two, &[]).await;
            let broken = Broken {
                two,
                how: How::Server(sql),
                ..broken(name, words)
            };
            broken
                .bring_about(&lab, async |sql| server.admin(sql).await)
                .await;
            judge(&lab, &broken).await;
        }
    }
}
