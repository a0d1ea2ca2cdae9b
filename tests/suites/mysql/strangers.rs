//! Who may write one secret, and nothing else: nobody but its own user is touched, whatever stands under a key.
//!
//! `dbname`: a database of the user's own is no harm: nothing is looked up in it. `owner_role` is PostgreSQL's: here it says nothing.

use rotation_tests::mysql::MysqlServer;
use rotation_tests::strangers::{Names, Row, nobody_is_touched};

use crate::two_users::{products, users};

const REFUSED: &str = "Rotation.TargetRefused";

/// What is said in MySQL's words.
const ROWS: &[Row] = &[
    Row("username", "\"root\"", REFUSED, "is a reserved account"),
    Row(
        "engine",
        "\"postgres\"",
        "Rotation.SecretValue",
        "rotates no other engine",
    ),
    Row("dbname", "\"mysql\"", REFUSED, "has no such database"),
];

#[tokio::test]
async fn every_key_of_a_strangers_secret() {
    for product in products() {
        let server = MysqlServer::start(product).await;
        let elsewhere = MysqlServer::shared(product).await;
        let (other, _) = server.fresh_user("team_b").await;
        let (name, password) = elsewhere.fresh_user("admin").await;
        let admin = elsewhere.secret_json(&name, &password);
        let names = Names {
            other: &other,
            elsewhere: elsewhere.port(),
            admin: &admin,
        };
        let everybody = async || {
            let accounts = "SELECT CONCAT_WS(' ', user, host, plugin, authentication_string) FROM mysql.user ORDER BY 1";
            server.ask(accounts).await
        };
        nobody_is_touched(&users(&server), ROWS, &names, everybody).await;
    }
}
