//! With two passwords, or two users, no login is refused, at no moment; with one, for how long.

use rotation::config::Strategy;
use rotation_tests::availability::watch;
use rotation_tests::mysql::{MysqlServer, Product};

use crate::harness::Users;

async fn users(product: Product, strategy: Strategy) -> Option<Users<'static>> {
    if !product.installed() {
        return None;
    }
    Some(Users::new(MysqlServer::shared(product).await, strategy))
}

async fn none_is_refused(product: Product, strategy: Strategy) {
    if let Some(users) = users(product, strategy).await {
        let seen = watch(&users, 200).await;
        assert!(seen.refused == 0 && seen.logins > 200, "{seen:?}");
    }
}

#[tokio::test]
async fn two_passwords_on_mysql() {
    none_is_refused(Product::Mysql, Strategy::DualPassword).await;
}

#[tokio::test]
async fn two_passwords_on_mariadb() {
    none_is_refused(Product::Mariadb, Strategy::DualPassword).await;
}

#[tokio::test]
async fn two_users_on_mysql() {
    none_is_refused(Product::Mysql, Strategy::AlternatingUsers).await;
}

#[tokio::test]
async fn two_users_on_mariadb() {
    none_is_refused(Product::Mariadb, Strategy::AlternatingUsers).await;
}

/// The window that one password has by nature: it is measured, and said.
#[tokio::test]
#[expect(clippy::print_stderr, reason = "a figure for whoever runs the tests")]
async fn one_password() {
    for product in Product::ALL {
        if let Some(users) = users(product, Strategy::SingleUser).await {
            let seen = watch(&users, 10).await;
            eprintln!(
                "{product:?}, one password: AWSCURRENT refused for up to {:?}: {seen:?}",
                seen.longest
            );
            assert!(seen.logins > seen.refused, "{seen:?}");
        }
    }
}
