//! `owner_role`: a role that both users hold already. Nothing in a secret makes the administrator grant one.

use rotation::event::Step;
use rotation::version::Stage;
use rotation_tests::postgres::{Postgres, Release};

use crate::case::Case;
use crate::harness::Users;

use super::entrust;

const REFUSED: &str = "Rotation.TargetRefused";

/// Whoever may write one secret names a role there: another team's, one of the server's own, a login, a superuser. The administrator
/// could grant each.
#[tokio::test]
async fn a_strangers_role_is_refused() {
    for release in Release::ALL {
        if !release.installed() {
            continue;
        }
        let server = Postgres::of(release).await;
        let users = Users::two_by_administrator(server).await;
        let mut case = Case::new(&users).await;
        entrust(&case).await;
        case.sql(&format!(
            "CREATE ROLE team_{0}; GRANT team_{0} TO \"{1}\" WITH ADMIN OPTION; \
             CREATE ROLE login_{0} LOGIN; CREATE ROLE super_{0} SUPERUSER",
            case.user, users.admin.0
        ))
        .await;
        for (role, words) in [
            (
                "team_{user}",
                "is no member of the secret's owner_role team_",
            ),
            ("pg_execute_server_program", "one of the server's own roles"),
            ("login_{user}", "is a login, a superuser or"),
            ("super_{user}", "is a login, a superuser or"),
            ("nobody_{user}", "does not exist: CREATE ROLE"),
        ] {
            case.edit_current(&[("owner_role", &format!("\"{role}\""))]);
            case.refused(role, Step::TestSecret, REFUSED, words).await;
            case.step(Step::CreateSecret).await;
            case.refused(role, Step::SetSecret, REFUSED, words).await;
            case.after(0).await;
        }
    }
}

/// On an application that has objects already: each session would start as a role that may do less.
#[tokio::test]
async fn nobody_is_cut_off() {
    for release in Release::ALL {
        if !release.installed() {
            continue;
        }
        let server = Postgres::of(release).await;
        let users = Users::two_by_administrator(server).await;
        let mut case = Case::new(&users).await;
        entrust(&case).await;
        let user = case.user.clone();
        case.sql(&format!(
            "CREATE ROLE owner_{user}; GRANT owner_{user} TO {{user}}; CREATE SCHEMA s_{user}; \
             GRANT USAGE, CREATE ON SCHEMA s_{user} TO owner_{user}; GRANT USAGE ON SCHEMA s_{user} TO {{user}}; \
             CREATE TABLE s_{user}.mine (n int); ALTER TABLE s_{user}.mine OWNER TO {{user}}; \
             CREATE TABLE s_{user}.legacy (n int); GRANT SELECT ON s_{user}.legacy TO {{user}}"
        ))
        .await;
        case.edit_current(&[("owner_role", &format!("\"owner_{user}\""))]);
        let words = format!(
            "has no rights on 2 objects that {user} owns or was granted: in each database REASSIGN OWNED BY \"{user}\" TO \"owner_{user}\""
        );
        case.refused("lacks two objects", Step::TestSecret, REFUSED, &words)
            .await;
        case.step(Step::CreateSecret).await;
        case.refused("lacks two objects", Step::SetSecret, REFUSED, &words)
            .await;
        // As the text says.
        case.sql(&format!(
            "REASSIGN OWNED BY {{user}} TO owner_{user}; GRANT SELECT ON s_{user}.legacy TO owner_{user}"
        ))
        .await;
        case.world.finish(&case.version).await;
        for _ in 0..2 {
            for stage in [Stage::Current, Stage::Previous] {
                let (name, password) = case.login(&stage);
                for table in ["mine", "legacy"] {
                    let question = format!("SELECT count(*) FROM s_{user}.{table}");
                    let read = server.ask_as(&name, &password, &question).await;
                    assert_eq!(
                        read.unwrap_or_else(|error| panic!(
                            "{release:?}, {name}, {table}: {error:?}"
                        )),
                        ["0"]
                    );
                }
            }
            case.world.rotate().await;
        }
    }
}
