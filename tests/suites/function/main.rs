//! The function end to end: the release binary under AWS's Lambda emulator, the local AWS, a real server. Above all what
//! users of AWS's templates rely on.

use rotation_tests::mysql::{MysqlServer, Product};

/// A test for each server, which these functions are handed.
macro_rules! on_each_server {
    ($($test:ident),+ $(,)?) => {
        $(mod $test {
            use rotation_tests::mysql::Product;
            use rotation_tests::postgres::Postgres;

            #[tokio::test]
            async fn on_postgres() {
                super::$test(Postgres::shared().await).await;
            }

            #[tokio::test]
            async fn on_mysql() {
                if let Some(server) = crate::shared(Product::Mysql).await {
                    super::$test(server).await;
                }
            }

            #[tokio::test]
            async fn on_mariadb() {
                if let Some(server) = crate::shared(Product::Mariadb).await {
                    super::$test(server).await;
                }
            }
        })+
    };
}

mod around;
mod authority;
mod beside;
mod broken;
mod by_hand;
mod by_service;
mod check;
mod command_line;
mod create;
mod failures;
mod foreign;
mod guard;
mod killed;
mod lines;
mod local;
mod mysql;
mod mysql_accounts;
mod passwords;
mod patient;
mod plan;
mod rds;
mod recovery;
mod repair;
mod replicas;
mod rotation;
mod secrecy;
mod service;
mod set;
mod status;
mod stuck;
mod two_users;

/// The server of a product, if that is installed.
async fn shared(product: Product) -> Option<&'static MysqlServer> {
    match product.installed() {
        true => Some(MysqlServer::shared(product).await),
        false => None,
    }
}
