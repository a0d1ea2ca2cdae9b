//! Who may write one secret, and nothing else: nobody but its own user is touched, whatever stands under a key.
//!
//! `dbname`: a database of the user's own is no harm: nothing is looked up in it. `owner_role` is PostgreSQL's: here it says nothing.

use rotation_tests::mysql::MysqlServer;
use rotation_tests::strangers::{Row, nobody_is_touched};

use crate::two_users::{products, users};

const NONE: &str = "Rotation.NoneAccepted";
const REFUSED: &str = "Rotation.TargetRefused";
const VALUE: &str = "Rotation.SecretValue";

/// `{other}` is another team's user, `{elsewhere}` the port of another team's server.
const ROWS: &[Row] = &[
    Row(
        "host",
        "\"127.0.0.1\"",
        REFUSED,
        "is not named in ALLOWED_HOSTS",
    ),
    Row(
        "port",
        "{elsewhere}",
        NONE,
        "(AWSCURRENT: refused: the server ",
    ),
    Row("username", "\"{other}\"", NONE, "refuses the password"),
    Row("username", "\"root\"", REFUSED, "is a reserved account"),
    Row("password", "\"a-guess\"", NONE, "refuses the password"),
    Row("engine", "\"postgres\"", VALUE, "rotates no other engine"),
    Row("dbname", "\"mysql\"", REFUSED, "has no such database"),
    Row(
        "ssl",
        "\"prefer\"",
        VALUE,
        "there is no fallback to plaintext",
    ),
    Row(
        "servername",
        "\"evil.example\"",
        REFUSED,
        "its certificate is for another name",
    ),
    Row(
        "masterarn",
        "\"arn:aws:secretsmanager:us-east-1:012345678912:secret:elsewhere-AbCdEf\"",
        REFUSED,
        "the admin secret is for another server",
    ),
];

#[tokio::test]
async fn every_key_of_a_strangers_secret() {
    for product in products() {
        let server = MysqlServer::start(product).await;
        let elsewhere = MysqlServer::shared(product).await;
        let (other, _) = server.fresh_user("team_b").await;
        let (name, password) = elsewhere.fresh_user("admin").await;
        let admin = elsewhere.secret_json(&name, &password);
        let fill = |value: &str| {
            let value = value.replace("{other}", &other);
            value.replace("{elsewhere}", &elsewhere.port().to_string())
        };
        let everybody = async || {
            let accounts = "SELECT CONCAT_WS(' ', user, host, plugin, authentication_string) FROM mysql.user ORDER BY 1";
            server.ask(accounts).await
        };
        nobody_is_touched(&users(&server), ROWS, &admin, fill, everybody).await;
    }
}
