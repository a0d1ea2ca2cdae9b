//! In turns with AWS's template.

use rotation_tests::mysql::MysqlServer;
use rotation_tests::turns;

use super::{products, users};

#[tokio::test]
async fn aws_and_we_take_turns_with_an_edit_anywhere() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = users(server);
        let by_aws = async |user: &str, password: &str, _model: &str| {
            let account = format!("'{user}'@'%'");
            let statement = format!(
                "CREATE USER IF NOT EXISTS {account} IDENTIFIED BY '{password}'; ALTER USER {account} IDENTIFIED BY '{password}'"
            );
            server.admin(&statement).await;
        };
        turns::with_an_edit_anywhere(&users, by_aws).await;
    }
}
