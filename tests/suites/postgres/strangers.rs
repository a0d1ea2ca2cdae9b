//! Who may write one secret, and nothing else: for every key, the worst that can stand there. Nobody but its own user is touched.

use rotation::event::Step;
use rotation_tests::postgres::{Options, Postgres, Release, quoted};

use crate::case::{Case, Edits};
use crate::harness::Users;

/// The key; the values; how the rotation ends, and a part of what it says. `{other}` is another team's user, `{elsewhere}` the port of
/// another team's server.
struct Row {
    key: &'static str,
    edits: Edits<'static>,
    ends: &'static str,
    words: &'static str,
}

const fn row(
    key: &'static str,
    edits: Edits<'static>,
    ends: &'static str,
    words: &'static str,
) -> Row {
    Row {
        key,
        edits,
        ends,
        words,
    }
}

const NONE: &str = "Rotation.NoneAccepted";
const REFUSED: &str = "Rotation.TargetRefused";
const VALUE: &str = "Rotation.SecretValue";

const ROWS: &[Row] = &[
    row(
        "host",
        &[("host", "\"127.0.0.1\"")],
        REFUSED,
        "is not named in ALLOWED_HOSTS",
    ),
    row(
        "port",
        &[("port", "{elsewhere}")],
        NONE,
        "refuses the password",
    ),
    row(
        "username",
        &[("username", "\"{other}\"")],
        NONE,
        "refuses the password",
    ),
    row(
        "username",
        &[("username", "\"postgres\"")],
        REFUSED,
        "is a reserved account",
    ),
    row(
        "password",
        &[("password", "\"a-guess\"")],
        NONE,
        "refuses the password",
    ),
    row(
        "engine",
        &[("engine", "\"mysql\"")],
        VALUE,
        "rotates no other engine",
    ),
    row(
        "dbname",
        &[("dbname", "\"nowhere\"")],
        REFUSED,
        "has no such database",
    ),
    row(
        "servername",
        &[("servername", "\"evil.example\"")],
        REFUSED,
        "its certificate is for another name",
    ),
    row(
        "masterarn",
        &[(
            "masterarn",
            "\"arn:aws:secretsmanager:us-east-1:012345678912:secret:elsewhere-AbCdEf\"",
        )],
        REFUSED,
        "the admin secret is for another server",
    ),
    row(
        "owner_role",
        &[("owner_role", "\"pg_execute_server_program\"")],
        REFUSED,
        "one of the server's own roles",
    ),
    row(
        "owner_role",
        &[("owner_role", "\"{other}\"")],
        REFUSED,
        "is a login, a superuser or",
    ),
];

#[tokio::test]
async fn every_key_of_a_strangers_secret() {
    let server = Postgres::start(Release::Debian).await;
    let elsewhere = Postgres::start(Release::Debian).await;
    let users = Users::two(&server);
    for row in ROWS {
        let mut case = Case::new(&users).await;
        let (other, _) = server.fresh_user("team_b").await;
        elsewhere
            .admin(&format!(
                "CREATE ROLE {} LOGIN PASSWORD 'not-the-same'",
                quoted(&case.user)
            ))
            .await;
        let admin = elsewhere.secret_json("postgres", "superuser-password");
        let arn = "arn:aws:secretsmanager:us-east-1:012345678912:secret:elsewhere-AbCdEf";
        case.world.store.add_admin(arn, &admin);
        let filled: Vec<(&str, String)> = row
            .edits
            .iter()
            .map(|(key, value)| {
                let value = value.replace("{other}", &other);
                (
                    *key,
                    value.replace("{elsewhere}", &elsewhere.port().to_string()),
                )
            })
            .collect();
        let edits: Vec<(&str, &str)> = filled
            .iter()
            .map(|(key, value)| (*key, value.as_str()))
            .collect();
        case.edit_current(&edits);
        let before = (everybody(&server).await, everybody(&elsewhere).await);
        let ended = case.world.steps(&case.version).await;
        let error = ended
            .err()
            .unwrap_or_else(|| panic!("{}: rotated", row.key));
        let text = error.to_string();
        assert!(
            error.error_type() == row.ends && text.contains(row.words),
            "{}: {} {text}",
            row.key,
            error.error_type()
        );
        let after = (everybody(&server).await, everybody(&elsewhere).await);
        assert_eq!(before, after, "{}: a server was changed", row.key);
    }
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
