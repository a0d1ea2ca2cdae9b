//! What a user may not do by itself, or not often enough.

use rotation::event::Step;
use rotation_tests::postgres::Postgres;

use crate::case::Case;
use crate::harness::{ADMIN, Users};

const REFUSED: &str = "Rotation.TargetRefused";

/// One connection is the rotation's session, another shows under the lock that the login still works. A lone testSecret says that two
/// are needed, and nothing promises that it gets better.
#[tokio::test]
async fn one_connection_is_too_few() {
    for two in [false, true] {
        let users = Users::of(Postgres::shared().await, two);
        let mut case = Case::new(&users).await;
        case.sql("ALTER ROLE {user} CONNECTION LIMIT 1").await;
        let words = "A rotation needs two connections of the user at a time: raise the limit";
        case.refused("alone", Step::TestSecret, REFUSED, words)
            .await;
        case.sql("ALTER ROLE {user} CONNECTION LIMIT 2").await;
        case.world.finish(&case.version).await;
    }
}

/// Before 16, a user who may replicate may not change its own password, as with rds.restrict_password_commands on RDS. If the secret
/// names an administrator, that one does it.
#[tokio::test]
async fn an_administrator_changes_what_the_user_may_not() {
    let alone = [("ROTATION_STRATEGY", "single-user")];
    let server = Postgres::shared().await;
    let users = Users {
        settings: &alone,
        ..Users::two(server)
    };
    let mut case = Case::new(&users).await;
    case.sql("ALTER ROLE {user} REPLICATION").await;
    case.world.finish(&case.version).await;
    assert!(!case.accepts(&case.password).await);
    let users = Users::one(server);
    let mut case = Case::new(&users).await;
    case.sql("ALTER ROLE {user} REPLICATION").await;
    let words = "does not allow it: must be superuser to alter replication";
    case.refused("alone", Step::TestSecret, REFUSED, words)
        .await;
}

/// A user who may change the own password does: the administrator's secret need not even work.
#[tokio::test]
async fn an_administrator_is_not_asked_otherwise() {
    let alone = [("ROTATION_STRATEGY", "single-user")];
    let users = Users {
        settings: &alone,
        ..Users::two(Postgres::shared().await)
    };
    let mut case = Case::new(&users).await;
    let login = case.users.server.secret_json("nobody", "Wrong-password");
    case.world.store.add_admin(ADMIN, &login);
    case.world.finish(&case.version).await;
}

/// RDS's own roles are reserved, and no other name that begins as theirs.
#[tokio::test]
async fn a_name_that_begins_as_one_of_rds() {
    let users = Users {
        name: "rds_app",
        ..Users::two(Postgres::shared().await)
    };
    let mut case = Case::new(&users).await;
    case.world.finish(&case.version).await;
}
