//! Attributes and settings: the first user's.

use rotation::event::Step;
use rotation::version::Stage;
use rotation_tests::postgres::{Postgres, Release, quoted};

use super::entrust;
use crate::case::Case;
use crate::harness::Users;

const REFUSED: &str = "Rotation.TargetRefused";

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
    let words = format!(
        "user {0} lacks CREATEDB, which {0}_clone has: give it to {0}, or take it from {0}_clone: nothing was changed",
        case.user
    );
    refused(&mut case, &words).await;
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
    let words = format!(
        "does not allow it: permission denied to set parameter \"log_min_duration_statement\" (in ALTER ROLE \"{}\" \
         SET \"log_min_duration_statement\" TO '7s'): a superuser can run this statement once, for good",
        case.clone_name()
    );
    refused(&mut case, &words).await;
    case.sql(&format!("ALTER ROLE {{clone}} {log}")).await;
    case.world.finish(&case.version).await;
}

/// At the original's turn already, a lone testSecret says what the second user will not get at its own.
#[tokio::test]
async fn the_turn_after_the_next_is_rehearsed() {
    let server = Postgres::shared().await;
    let users = Users::two_by_administrator(server).await;
    let mut case = Case::new(&users).await;
    case.after(1).await;
    case.sql("ALTER ROLE {user} SET log_min_duration_statement TO '7s'")
        .await;
    let words = "permission denied to set parameter \"log_min_duration_statement\"";
    case.refused("alone", Step::TestSecret, REFUSED, words)
        .await;
    case.world.finish(&case.version).await;
}

/// An account that ends, ends for both users; one that no longer does, for neither.
#[tokio::test]
async fn the_end_of_the_account_is_copied() {
    let users = Users::two(Postgres::shared().await);
    for (until, seen) in [("2099-01-02", "2099-01-02"), ("infinity", "")] {
        let mut case = Case::new(&users).await;
        case.sql("CREATE ROLE {clone} LOGIN VALID UNTIL '2001-01-01'; GRANT {user} TO {clone}")
            .await;
        case.sql(&format!("ALTER ROLE {{user}} VALID UNTIL '{until}'"))
            .await;
        case.world.finish(&case.version).await;
        let ends = case
            .ask("SELECT coalesce(nullif(rolvaliduntil, 'infinity')::date::text, '') FROM pg_roles WHERE rolname = {name} || '_clone'")
            .await;
        assert_eq!(ends, [seen]);
    }
}

/// What a user mapping gives, no membership does.
#[tokio::test]
async fn a_user_mapping_is_asked_for() {
    let users = Users::two(Postgres::shared().await);
    let mut case = Case::new(&users).await;
    case.sql(
        "CREATE FOREIGN DATA WRAPPER {user}; CREATE SERVER {user} FOREIGN DATA WRAPPER {user}; \
         CREATE USER MAPPING FOR {user} SERVER {user}",
    )
    .await;
    let words = format!(
        "user {0}_clone has no user mapping for the foreign servers {0}, as {0} has: CREATE USER MAPPING FOR {0}_clone",
        case.user
    );
    refused(&mut case, &words).await;
    case.sql("CREATE ROLE {clone}; GRANT {user} TO {clone}; CREATE USER MAPPING FOR {clone} SERVER {user}")
        .await;
    case.world.finish(&case.version).await;
}

/// By a lone testSecret, and by setSecret, which changes nothing either.
async fn refused(case: &mut Case<'_>, words: &str) {
    case.refused("alone", Step::TestSecret, REFUSED, words)
        .await;
    case.step(Step::CreateSecret).await;
    case.refused("setSecret", Step::SetSecret, REFUSED, words)
        .await;
}
