//! In turns with AWS's template.

use rotation_tests::postgres::{Postgres, quoted};
use rotation_tests::turns;

use crate::harness::Users;

#[tokio::test]
async fn aws_and_we_take_turns_with_an_edit_anywhere() {
    let server = Postgres::shared().await;
    let users = Users::two(server);
    let by_aws = async |user: &str, password: &str, model: &str| {
        let there = format!("SELECT count(*) FROM pg_roles WHERE rolname = '{user}'");
        let (user, model) = (quoted(user), quoted(model));
        let statement = match server.ask(&there).await == ["0"] {
            true => {
                format!("CREATE ROLE {user} LOGIN PASSWORD '{password}'; GRANT {model} TO {user}")
            }
            false => format!("ALTER ROLE {user} PASSWORD '{password}'"),
        };
        server.admin(&statement).await;
    };
    turns::with_an_edit_anywhere(&users, by_aws).await;
}
