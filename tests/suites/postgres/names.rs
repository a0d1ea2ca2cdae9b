//! Names that are hard to write down.

use rotation::version::Stage;
use rotation_tests::postgres::{Postgres, quoted};

use crate::case::Case;
use crate::harness::Users;

const NAMES: &[&str] = &[
    "it's",
    "say \"so\"",
    "per%s %(cent)d %",
    "back\\slash",
    "do.t",
    "app@example",
    " space ",
    "emoji😀é",
    "UPPER",
    "user; DROP ROLE postgres; --",
    "$$ $1 {} ",
    "new\nline\ttab",
    "select",
];

/// AWS's template stops at `%`.
#[tokio::test]
async fn users_of_any_name_rotate() {
    let server = Postgres::shared().await;
    for name in NAMES {
        for two in [false, true] {
            let users = Users {
                two,
                name,
                ..Users::one(server)
            };
            let mut case = Case::new(&users).await;
            case.sql("ALTER ROLE {user} SET search_path TO {user}, public")
                .await;
            case.world.finish(&case.version).await;
            case.after(1).await;
            let first = case.accepts(&case.password).await;
            assert!(
                !first,
                "{name}, two users: {two}: the password is still the first"
            );
        }
    }
}

#[tokio::test]
async fn owners_of_any_name_are_shared() {
    let server = Postgres::shared().await;
    for name in NAMES {
        let users = Users::two(server);
        let mut case = Case::new(&users).await;
        let owner = format!("{name} of {}", case.user);
        let named = quoted(&owner);
        case.sql(&format!(
            "CREATE ROLE {named}; GRANT {named} TO {}",
            quoted(&case.user)
        ))
        .await;
        let json = serde_json::json!(owner).to_string();
        case.edit_current(&[("owner_role", &json)]);
        case.world.finish(&case.version).await;
        let (user, password) = case.login(&Stage::Current);
        let role = server.ask_as(&user, &password, "SELECT current_user").await;
        assert_eq!(role.expect("an answer"), [owner]);
    }
}
