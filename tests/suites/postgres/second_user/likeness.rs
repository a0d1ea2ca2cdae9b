//! Attributes and settings: the first user's.

use rotation::event::Step;
use rotation::version::Stage;
use rotation_tests::postgres::{Postgres, Release, quoted};

use super::entrust;
use crate::case::Case;
use crate::harness::Users;

/// In the first user's sessions, and so in the second one's.
const GIVEN: &str = r#"
    ALTER ROLE {user} CREATEDB CONNECTION LIMIT 7;
    ALTER ROLE {user} SET search_path TO "$user", 'a, "b', public;
    ALTER ROLE {user} SET statement_timeout TO '7s';
    ALTER ROLE {user} SET application_name TO 'C:\dir "x", y''s';
    ALTER ROLE {user} IN DATABASE postgres SET work_mem TO '7MB'"#;
const TAKEN: &str = "
    ALTER ROLE {user} NOCREATEDB CONNECTION LIMIT -1; ALTER ROLE {user} RESET ALL;
    ALTER ROLE {user} IN DATABASE postgres RESET ALL";

const SEEN: &str =
    "SELECT concat_ws(' | ', current_setting('search_path'), current_setting('statement_timeout'),
    current_setting('application_name'), current_setting('work_mem'), rolcreatedb, rolconnlimit)
    FROM pg_roles WHERE rolname = session_user";
const WITH: &str = r#""$user", "a, ""b", public | 7s | C:\dir "x", y's | 7MB | t | 7"#;
const WITHOUT: &str = r#""$user", public | 0 |  | 4MB | f | -1"#;

/// They follow the first user's, and what that one lost is taken away again.
#[tokio::test]
async fn attributes_and_settings_are_copied_and_removed() {
    for release in Release::ALL {
        if !release.installed() {
            continue;
        }
        let server = Postgres::of(release).await;
        let users = Users::two_by_administrator(server).await;
        let mut case = Case::new(&users).await;
        entrust(&case).await;
        let admin = quoted(&users.admin.0);
        case.sql(&format!("ALTER ROLE {admin} CREATEDB")).await;
        case.sql(GIVEN).await;
        case.world.finish(&case.version).await;
        assert_eq!(seen(&case, &Stage::Previous).await, [WITH], "{release:?}");
        assert_eq!(seen(&case, &Stage::Current).await, [WITH], "{release:?}");
        case.after(1).await;
        case.sql(TAKEN).await;
        case.after(1).await;
        assert_eq!(case.login(&Stage::Current).0, case.clone_name());
        assert_eq!(seen(&case, &Stage::Current).await, [WITHOUT], "{release:?}");
    }
}

async fn seen(case: &Case<'_>, stage: &Stage) -> Vec<String> {
    let (user, password) = case.login(stage);
    let answer = case.users.server.ask_as(&user, &password, SEEN).await;
    answer.expect("an answer")
}

/// What the second user has by itself is not lost in silence, be it that the first one lost it.
#[tokio::test]
async fn more_than_the_first_is_not_lost_in_silence() {
    let users = Users::two(Postgres::shared().await);
    let mut case = Case::new(&users).await;
    case.after(1).await;
    case.sql("ALTER ROLE {clone} CREATEDB").await;
    case.step(Step::CreateSecret).await;
    let ended = case.world.step(&case.version, Step::SetSecret).await;
    let error = ended.expect_err("lacks rights").to_string();
    let words = format!(
        "user {0} lacks CREATEDB, which {0}_clone has: give it to {0}, or take it from {0}_clone",
        case.user
    );
    assert!(error.contains(&words), "{error}");
    let refused = "Rotation.PendingRejected";
    case.refused("CREATEDB", Step::TestSecret, refused, &words)
        .await;
    case.sql("ALTER ROLE {clone} NOCREATEDB").await;
    case.world.finish(&case.version).await;
}

/// What only a superuser may set must be given to the second user by one, once.
#[tokio::test]
async fn what_a_superuser_gave_is_left() {
    let server = Postgres::shared().await;
    let users = Users::two_by_administrator(server).await;
    let mut case = Case::new(&users).await;
    let log = "SET log_min_duration_statement TO '7s'";
    case.sql(&format!(
        "ALTER ROLE {{user}} {log}; CREATE ROLE {{clone}} LOGIN; GRANT {{user}} TO {{clone}}"
    ))
    .await;
    case.step(Step::CreateSecret).await;
    let words =
        "does not allow it: permission denied to set parameter \"log_min_duration_statement\"";
    let refused = "Rotation.TargetRefused";
    case.refused("not given", Step::SetSecret, refused, words)
        .await;
    case.sql(&format!("ALTER ROLE {{clone}} {log}")).await;
    case.world.finish(&case.version).await;
}
