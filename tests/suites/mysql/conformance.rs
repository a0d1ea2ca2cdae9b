//! The whole conformance suite, faults included, on live servers.

use rotation::testing::conformance;
use rotation_tests::mysql::{MysqlServer, Product};

use crate::harness::Users;

async fn all(product: Product, two_passwords: bool, admin: bool) {
    if product.installed() {
        let server = MysqlServer::shared(product).await;
        let users = Users {
            server,
            two_passwords,
            admin,
        };
        conformance::all(&users).await;
    }
}

#[tokio::test]
async fn one_password_on_mysql() {
    all(Product::Mysql, false, false).await;
}

#[tokio::test]
async fn one_password_on_mariadb() {
    all(Product::Mariadb, false, false).await;
}

#[tokio::test]
async fn two_passwords_on_mysql() {
    all(Product::Mysql, true, false).await;
}

#[tokio::test]
async fn two_passwords_on_mysql_by_an_administrator() {
    all(Product::Mysql, true, true).await;
}

#[tokio::test]
async fn two_passwords_on_mariadb() {
    all(Product::Mariadb, true, true).await;
}
