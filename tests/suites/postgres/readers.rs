//! Servers, databases and users that only read, and a server on its way down.

use rotation::event::Step;
use rotation::testing::World;
use rotation::testing::world::Subject;
use rotation_tests::postgres::{Options, Postgres, Release};

use crate::case::Case;
use crate::harness::Users;

const REFUSED: &str = "Rotation.TargetRefused";
const WORDS: &str = "is read-only: the writer endpoint is needed";

#[tokio::test]
async fn a_standby_is_refused_until_it_is_promoted() {
    let options = Options {
        standby: true,
        ..Options::default()
    };
    let server = Postgres::start_with(Release::Debian, options).await;
    let users = Users::one(&server);
    let mut case = Case::of(&users, superuser(&users));
    case.step(Step::CreateSecret).await;
    case.refused("a standby", Step::SetSecret, REFUSED, WORDS)
        .await;
    case.sql("SELECT pg_promote()").await;
    case.world.finish(&case.version).await;
}

#[tokio::test]
async fn a_database_that_only_reads_is_refused() {
    let server = Postgres::shared().await;
    server.admin("CREATE DATABASE readonly").await;
    server
        .admin("ALTER DATABASE readonly SET default_transaction_read_only = on")
        .await;
    for two in [false, true] {
        let users = Users::of(server, two);
        let mut case = Case::new(&users).await;
        case.edit_current(&[("dbname", "\"readonly\"")]);
        case.step(Step::CreateSecret).await;
        case.refused("read-only", Step::SetSecret, REFUSED, WORDS)
            .await;
        case.refused(
            "read-only",
            Step::TestSecret,
            "Rotation.PendingRejected",
            "not accepted",
        )
        .await;
    }
}

/// A user that only reads by a setting of its own, as reports do.
#[tokio::test]
async fn a_user_who_only_reads_rotates() {
    let server = Postgres::shared().await;
    for two in [false, true] {
        let users = Users::of(server, two);
        let mut case = Case::new(&users).await;
        case.sql("ALTER ROLE {user} SET default_transaction_read_only = on")
            .await;
        case.world.finish(&case.version).await;
        case.after(1).await;
    }
}

/// "the database system is shutting down".
#[tokio::test]
async fn a_server_on_its_way_down_is_tried_again_later() {
    let server = Postgres::start(Release::Debian).await;
    let users = Users::one(&server);
    let mut world = World::with(&users, &superuser(&users));
    let version = world.begin();
    world
        .step(&version, Step::CreateSecret)
        .await
        .expect("createSecret needs no target");
    let (client, _) = server.superuser().await;
    server.shut_down().await;
    let error = world
        .step(&version, Step::SetSecret)
        .await
        .expect_err("shutting down");
    assert_eq!(error.error_type(), "Rotation.Target", "{error}");
    assert!(
        error
            .to_string()
            .contains("is starting, stopping or recovering: try again later"),
        "{error}"
    );
    drop(client);
}

fn superuser(users: &Users<'_>) -> Subject {
    Subject {
        secret: users.secret("postgres", "superuser-password"),
        admin: None,
    }
}
