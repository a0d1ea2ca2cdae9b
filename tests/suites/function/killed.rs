//! The function is killed after every statement of setSecret; then a plain retry succeeds.

use std::collections::HashSet;
use std::time::Duration;

use rotation::config::Strategy;
use rotation_tests::lab::Lab;
use rotation_tests::mysql::{MysqlServer, Product};

use crate::mysql::{change, grant, lab};

/// How many statements the lab's users have sent since `mark`: their connections are known by the line of the login.
fn statements(lab: &Lab<MysqlServer>, mark: usize) -> usize {
    let log = lab.server.log_since(mark);
    let admin = lab.admin.as_ref().map(|admin| admin.user.clone());
    let users = [Some(lab.user.clone()), Some(lab.clone_name()), admin];
    let users = users.map(|user| user.map(|user| format!("{user}@")));
    let mut connections = HashSet::new();
    let mut sent = 0;
    for line in log.lines() {
        // A time, perhaps; the connection and what it is; its text.
        let Some((head, text)) = line.rsplit_once('\t') else {
            continue;
        };
        let connection = head.split_whitespace().rev().nth(1).unwrap_or_default();
        let mut ours = users.iter().flatten();
        if head.ends_with("Connect") && ours.any(|user| text.starts_with(user.as_str())) {
            connections.insert(connection.to_owned());
        } else if head.ends_with("Query") && connections.contains(connection) {
            sent += 1;
        }
    }
    sent
}

/// Whether setSecret sends so many statements.
async fn killed_after(n: usize, lab: &Lab<MysqlServer>, strategy: Strategy) -> bool {
    let token = lab.until("createSecret").await;
    let mark = lab.server.general_log().len();
    let event = lab.event(&token, "setSecret").to_string();
    let killed = lab.function.kill(event, async {
        while statements(lab, mark) < n {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
    let killed = killed.await;
    let what = format!("{:?}, {strategy:?}, statement {n}", lab.server.product());
    let one = strategy == Strategy::SingleUser;
    let either = lab.accepts("AWSCURRENT").await || (one && lab.accepts("AWSPENDING").await);
    assert!(either, "{what}: locked out");
    again(lab, &token, &what).await;
    assert!(lab.accepts("AWSCURRENT").await, "{what}");
    assert_eq!(lab.accepts("AWSPREVIOUS").await, !one, "{what}");
    killed
}

/// A retry that succeeds. The server may hold the lock of a dead client for a moment.
pub(crate) async fn again(lab: &Lab<MysqlServer>, token: &str, what: &str) {
    for _ in 0..100 {
        match lab.steps(token).await {
            Ok(()) => return,
            Err(error) if error.error_type == "Rotation.Busy" => {
                tokio::time::sleep(Duration::from_millis(50)).await
            }
            Err(error) => panic!("{what}: {}", error.message),
        }
    }
    panic!("{what}: somebody else is still at work");
}

async fn after_every_statement(product: Product, strategy: Strategy, admin: bool) {
    let mut n = 1;
    while let Some(lab) = lab(product, strategy, admin).await {
        if !killed_after(n, &lab, strategy).await {
            assert!(n > 6, "{product:?}: only {n} statements were seen");
            break;
        }
        n += 1;
    }
}

/// The first of all rotations, which makes the second user; then those that find both there.
async fn with_two_users(product: Product) {
    let (strategy, mut n) = (Strategy::AlternatingUsers, 1);
    while let Some(lab) = lab(product, strategy, true).await {
        grant(&lab).await;
        if !killed_after(n, &lab, strategy).await {
            assert!(n > 20, "{product:?}: only {n} statements were seen");
            return later(&lab).await;
        }
        let what = format!("{product:?}, the first rotation, statement {n}");
        lab.server.same_rights(&lab.user, &what).await;
        n += 1;
    }
}

/// Whoever is in use has gained and lost grants since the last time.
async fn later(lab: &Lab<MysqlServer>) {
    let mut n = 1;
    loop {
        change(lab, n % 2 == 0).await;
        let killed = killed_after(n, lab, Strategy::AlternatingUsers).await;
        let what = format!("{:?}, later, statement {n}", lab.server.product());
        lab.server.same_rights(&lab.user, &what).await;
        if !killed {
            assert!(n > 20, "{what}: no more were seen");
            return;
        }
        n += 1;
    }
}

#[tokio::test]
async fn one_password_on_mysql() {
    after_every_statement(Product::Mysql, Strategy::SingleUser, false).await;
}

#[tokio::test]
async fn one_password_on_mariadb() {
    after_every_statement(Product::Mariadb, Strategy::SingleUser, false).await;
}

#[tokio::test]
async fn two_passwords_on_mysql() {
    after_every_statement(Product::Mysql, Strategy::DualPassword, false).await;
}

#[tokio::test]
async fn two_passwords_on_mariadb() {
    after_every_statement(Product::Mariadb, Strategy::DualPassword, true).await;
}

#[tokio::test]
async fn two_users_on_mysql() {
    with_two_users(Product::Mysql).await;
}

#[tokio::test]
async fn two_users_on_mariadb() {
    with_two_users(Product::Mariadb).await;
}
