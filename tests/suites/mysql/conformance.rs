//! The whole conformance suite, faults included, on live servers.

use rotation::config::Strategy;
use rotation::event::Step;
use rotation::testing::conformance;
use rotation_tests::mysql::{MysqlServer, Product};
use rotation_tests::wrong;

use crate::harness::Users;

async fn all(product: Product, strategy: Strategy, admin: bool) {
    if product.installed() {
        let server = MysqlServer::shared(product).await;
        let users = Users {
            admin,
            ..Users::new(server, strategy)
        };
        conformance::all(&users).await;
    }
}

#[tokio::test]
async fn one_password_on_mysql() {
    all(Product::Mysql, Strategy::SingleUser, false).await;
}

#[tokio::test]
async fn one_password_on_mariadb() {
    all(Product::Mariadb, Strategy::SingleUser, false).await;
}

#[tokio::test]
async fn two_passwords_on_mysql() {
    all(Product::Mysql, Strategy::DualPassword, false).await;
}

#[tokio::test]
async fn two_passwords_on_mysql_by_an_administrator() {
    all(Product::Mysql, Strategy::DualPassword, true).await;
}

#[tokio::test]
async fn two_passwords_on_mariadb() {
    all(Product::Mariadb, Strategy::DualPassword, true).await;
}

#[tokio::test]
async fn two_users_on_mysql() {
    all(Product::Mysql, Strategy::AlternatingUsers, true).await;
}

#[tokio::test]
async fn two_users_on_mariadb() {
    all(Product::Mariadb, Strategy::AlternatingUsers, true).await;
}

/// What breaks one promise does not pass.
#[tokio::test]
async fn wrong_rotators() {
    for product in Product::ALL.into_iter().filter(|one| one.installed()) {
        let server = MysqlServer::shared(product).await;
        for strategy in [
            Strategy::SingleUser,
            Strategy::DualPassword,
            Strategy::AlternatingUsers,
        ] {
            let users = Users::new(server, strategy);
            wrong::locks(&users).await;
            wrong::answers(&users, Step::SetSecret).await;
            if strategy == Strategy::DualPassword {
                wrong::set_ends_current(&users).await;
            }
        }
    }
}
