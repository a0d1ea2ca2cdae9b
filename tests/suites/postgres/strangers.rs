//! Who may write one secret, and nothing else: nobody but its own user is touched, whatever stands under a key.
//!
//! `host`: also a name that leads elsewhere is refused by ALLOWED_HOSTS, or is a server that does not know the credential. `dbname`: a
//! database of the user's own is no harm: the session looks in pg_catalog alone.

use rotation::event::Step;
use rotation_tests::postgres::{Options, Postgres, Release};
use rotation_tests::strangers::{Names, Row, nobody_is_touched};

use crate::case::Case;
use crate::harness::Users;

const REFUSED: &str = "Rotation.TargetRefused";

/// What stands under a key of PostgreSQL's alone, or is said in PostgreSQL's words.
const ROWS: &[Row] = &[
    Row("username", "\"postgres\"", REFUSED, "is a reserved account"),
    Row(
        "engine",
        "\"mysql\"",
        "Rotation.SecretValue",
        "rotates no other engine",
    ),
    Row("dbname", "\"nowhere\"", REFUSED, "has no such database"),
    Row(
        "owner_role",
        "\"pg_execute_server_program\"",
        REFUSED,
        "one of the server's own roles",
    ),
    Row(
        "owner_role",
        "\"{other}\"",
        REFUSED,
        "is a login, a superuser or",
    ),
];

#[tokio::test]
async fn every_key_of_a_strangers_secret() {
    let server = Postgres::start(Release::Debian).await;
    let elsewhere = Postgres::start(Release::Debian).await;
    let (other, _) = server.fresh_user("team_b").await;
    let admin = elsewhere.secret_json("postgres", "superuser-password");
    let names = Names {
        other: &other,
        elsewhere: elsewhere.port(),
        admin: &admin,
    };
    let everybody = async || [everybody(&server).await, everybody(&elsewhere).await].concat();
    nobody_is_touched(&Users::two(&server), ROWS, &names, everybody).await;
}

/// Every role of a server with all that it has.
async fn everybody(server: &Postgres) -> Vec<String> {
    server
        .ask(
            "SELECT a::text FROM pg_authid a UNION ALL SELECT s::text FROM pg_db_role_setting s \
             UNION ALL SELECT m::text FROM pg_auth_members m ORDER BY 1",
        )
        .await
}

/// The user's secret turns TLS off, and has a name of its own for the certificate. That holds for the user alone: the administrator
/// logs in as the administrator's secret says.
#[tokio::test]
async fn the_administrators_login_is_the_administrators_matter() {
    let server = Postgres::start(Release::Debian).await;
    let users = Users::two(&server);
    let mut case = Case::new(&users).await;
    case.edit_current(&[("ssl", "false")]);
    case.world.finish(&case.version).await;
    let log = server.log();
    let plain = |user: &str| {
        let start = format!("connection authorized: user={user} ");
        let lines = log.lines().filter(|line| line.contains(&start));
        let lines = lines.filter(|line| line.contains("application_name=rotation"));
        lines
            .map(|line| !line.contains("SSL enabled"))
            .collect::<Vec<_>>()
    };
    let (own, admins) = (plain(&case.user), plain("postgres"));
    assert!(!own.is_empty() && own.iter().all(|plain| *plain), "{own:?}");
    assert!(
        !admins.is_empty() && admins.iter().all(|plain| !plain),
        "{admins:?}"
    );

    // A server without TLS: the administrator's secret must say so itself.
    let bare = Postgres::start_with(
        Release::Debian,
        Options {
            plaintext: true,
            ..Options::default()
        },
    )
    .await;
    let users = Users::two(&bare);
    let mut case = Case::new(&users).await;
    case.edit_current(&[("ssl", "false")]);
    let words = "the login in the administrator's secret: no verified TLS";
    case.refused(
        "TLS for the administrator",
        Step::TestSecret,
        REFUSED,
        words,
    )
    .await;
    case.edit_admin(&[("ssl", "false")]);
    case.world.finish(&case.version).await;
}
