//! The function is killed after every statement of setSecret; then a plain retry succeeds.

use std::collections::HashSet;
use std::time::Duration;

use rotation_tests::lab::Lab;
use rotation_tests::mysql::{MysqlServer, Product};

use crate::mysql::lab;

/// How many statements the lab's users have sent since `mark`: their connections are known by the line of the login.
fn statements(lab: &Lab<MysqlServer>, mark: usize) -> usize {
    let log = lab.server.general_log().split_off(mark);
    let admin = lab.admin.as_ref().map(|admin| format!("{}@", admin.user));
    let users: Vec<String> = [format!("{}@", lab.user)]
        .into_iter()
        .chain(admin)
        .collect();
    let mut connections = HashSet::new();
    let mut sent = 0;
    for line in log.lines() {
        // A time, perhaps; the connection and what it is; its text.
        let Some((head, text)) = line.rsplit_once('\t') else {
            continue;
        };
        let connection = head.split_whitespace().rev().nth(1).unwrap_or_default();
        if head.ends_with("Connect") && users.iter().any(|user| text.starts_with(user.as_str())) {
            connections.insert(connection.to_owned());
        } else if head.ends_with("Query") && connections.contains(connection) {
            sent += 1;
        }
    }
    sent
}

/// Whether setSecret sends so many statements.
async fn killed_after(n: usize, product: Product, two_passwords: bool, admin: bool) -> bool {
    let lab = lab(product, two_passwords, admin)
        .await
        .expect("an installed product");
    let token = lab.until("createSecret").await;
    let mark = lab.server.general_log().len();
    let event = lab.event(&token, "setSecret").to_string();
    let killed = lab.function.kill(event, async {
        while statements(&lab, mark) < n {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
    let killed = killed.await;
    let either =
        lab.accepts("AWSCURRENT").await || (!two_passwords && lab.accepts("AWSPENDING").await);
    assert!(
        either,
        "{product:?}, two passwords {two_passwords}: locked out after statement {n}"
    );
    // The server may hold the lock of a dead client for a moment.
    for _ in 0..100 {
        match lab.steps(&token).await {
            Ok(()) => break,
            Err(error) if error.error_type == "Rotation.Busy" => {
                tokio::time::sleep(Duration::from_millis(50)).await
            }
            Err(error) => panic!("after statement {n}: {}", error.message),
        }
    }
    assert!(lab.accepts("AWSCURRENT").await, "after statement {n}");
    assert_eq!(
        lab.accepts("AWSPREVIOUS").await,
        two_passwords,
        "after statement {n}"
    );
    killed
}

async fn after_every_statement(product: Product, two_passwords: bool, admin: bool) {
    if product.installed() {
        let mut n = 1;
        while killed_after(n, product, two_passwords, admin).await {
            n += 1;
        }
        assert!(n > 6, "{product:?}: only {n} statements were seen");
    }
}

#[tokio::test]
async fn one_password_on_mysql() {
    after_every_statement(Product::Mysql, false, false).await;
}

#[tokio::test]
async fn one_password_on_mariadb() {
    after_every_statement(Product::Mariadb, false, false).await;
}

#[tokio::test]
async fn two_passwords_on_mysql() {
    after_every_statement(Product::Mysql, true, false).await;
}

#[tokio::test]
async fn two_passwords_on_mariadb() {
    after_every_statement(Product::Mariadb, true, true).await;
}
