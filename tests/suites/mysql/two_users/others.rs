//! The other account of the two: gone, called like one of Amazon RDS's, or with another hash.

use rotation::event::Step;
use rotation_tests::mysql::{MysqlServer, Options, Product};

use super::{Case, products, users};
use crate::harness::Users;

/// What setSecret would refuse on the way back to the original, a lone testSecret refuses.
#[tokio::test]
async fn that_are_gone_are_refused() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = users(server);
        let mut case = Case::new(&users).await;
        case.world.rotate().await;
        case.sql("DROP USER {user}").await;
        let words = format!("user {} does not exist at %", case.user);
        case.user = format!("{}_clone", case.user);
        let version = case.world.begin();
        case.refused(&version, Step::TestSecret, &words).await;
        case.step(&version, Step::CreateSecret).await;
        case.refused(&version, Step::SetSecret, &words).await;
    }
}

/// Amazon RDS reserves some names, not all that begin as its own.
#[tokio::test]
async fn may_be_called_as_rds_is() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = Users {
            name: "rds_app",
            ..users(server)
        };
        let mut case = Case::new(&users).await;
        case.world.rotate().await;
        case.world.rotate().await;
    }
}

/// A hash is as expensive as the server makes its own.
#[tokio::test]
async fn have_as_many_rounds_as_the_server_says() {
    if !Product::Mysql.installed() {
        return;
    }
    let options = Options {
        settings: vec![("caching-sha2-password-digest-rounds", "12000".to_owned())],
        ..Options::default()
    };
    let server = MysqlServer::start_with(Product::Mysql, options).await;
    let users = users(&server);
    let mut case = Case::new(&users).await;
    case.world.rotate().await;
    case.world.rotate().await;
    let question = "SELECT DISTINCT SUBSTR(authentication_string, 1, 7) FROM mysql.user WHERE user LIKE '{name}%'";
    assert_eq!(case.ask(question).await, ["$A$00C$"]);
}
