//! How the server keeps a password: as its own settings and the account's way to log in have it.

use rotation_tests::postgres::{Postgres, Release, quoted};

use crate::case::Case;
use crate::harness::Users;

const HASHED: &str = "GRANT hashed TO {user}; SET password_encryption = md5; ALTER ROLE {user} PASSWORD '{password}'";
const ASKED: &str = "ALTER ROLE {user} SET password_encryption = md5";

/// An account whose clients know no SCRAM stays as it is while the server is set so. pg_hba.conf may ask for SCRAM of an account that has it.
#[tokio::test]
async fn md5_stays_where_both_the_server_and_the_account_have_it() {
    let users = Users::one(Postgres::shared().await);
    for (sql, kept) in [
        (vec![HASHED, ASKED], "md5"),
        (vec![HASHED], "SCRAM-SHA-256$4096:"),
        (vec![ASKED], "SCRAM-SHA-256$4096:"),
    ] {
        let mut case = Case::new(&users).await;
        for statements in &sql {
            case.sql(&statements.replace("{password}", &case.password))
                .await;
        }
        for _ in 0..2 {
            case.world.finish(&case.version).await;
            let begins = stored(&case, "{name}").await;
            assert!(begins.starts_with(kept), "{sql:?}: {begins}");
            case.after(0).await;
        }
    }
}

/// With two users, it is the administrator's session that makes the change.
#[tokio::test]
async fn the_second_user_likewise() {
    let users = Users::two_by_administrator(Postgres::shared().await).await;
    let mut case = Case::new(&users).await;
    case.sql(&HASHED.replace("{password}", &case.password))
        .await;
    let admin = quoted(&users.admin.0);
    case.sql(&format!(
        "CREATE ROLE {{clone}} LOGIN; GRANT {{user}}, hashed TO {{clone}}; ALTER ROLE {admin} SET password_encryption = md5"
    ))
    .await;
    case.world.finish(&case.version).await;
    let begins = stored(&case, "{name} || '_clone'").await;
    assert!(begins.starts_with("md5"), "{begins}");
}

/// PostgreSQL 16 and newer know how many iterations a verifier takes.
#[tokio::test]
async fn iterations_are_the_servers() {
    let users = Users::one(Postgres::of(Release::V16).await);
    let mut case = Case::new(&users).await;
    case.sql("ALTER ROLE {user} SET scram_iterations = 20000")
        .await;
    case.world.finish(&case.version).await;
    let begins = stored(&case, "{name}").await;
    assert!(begins.starts_with("SCRAM-SHA-256$20000:"), "{begins}");
}

async fn stored(case: &Case<'_>, name: &str) -> String {
    let question = format!("SELECT left(rolpassword, 20) FROM pg_authid WHERE rolname = {name}");
    case.ask(&question).await.remove(0)
}
