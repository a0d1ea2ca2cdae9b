//! The administrator's secret, and its name in `masterarn`.

use rotation::event::Step;
use rotation_tests::postgres::Postgres;

use super::REFUSED;
use crate::case::{Case, Edits};
use crate::harness::Users;

const ADMIN: &str = "Rotation.AdminSecret";

/// What is wrong, what is edited in the secret and in the admin's, the error's type, and a part of its text.
struct Row(
    &'static str,
    Edits<'static>,
    Edits<'static>,
    &'static str,
    &'static str,
);

const ROWS: &[Row] = &[
    Row(
        "not found",
        &[(
            "masterarn",
            "\"arn:aws:secretsmanager:us-east-1:012345678912:secret:gone-AbCdEf\"",
        )],
        &[],
        ADMIN,
        "gone-AbCdEf has no current value",
    ),
    Row(
        "not JSON",
        &[],
        &[("", "hunter2")],
        REFUSED,
        "the admin secret is not a JSON object",
    ),
    Row(
        "no password",
        &[],
        &[("password", "")],
        REFUSED,
        "the admin secret lacks the key password",
    ),
    Row(
        "a bad port",
        &[],
        &[("port", "\"abc\"")],
        REFUSED,
        "the admin secret has a value under the key port",
    ),
    Row(
        "another engine",
        &[],
        &[("engine", "\"mysql\"")],
        REFUSED,
        "the admin secret's engine must be postgres",
    ),
    Row(
        "no engine",
        &[],
        &[("engine", "")],
        REFUSED,
        "the key engine is missing from the admin secret",
    ),
    Row(
        "no host",
        &[],
        &[("host", "")],
        REFUSED,
        "the key host is missing from the admin secret",
    ),
    Row(
        "another host",
        &[],
        &[("host", "\"other\"")],
        REFUSED,
        "the admin secret is for another server: other:",
    ),
    Row(
        "another port",
        &[],
        &[("port", "1")],
        REFUSED,
        "the admin secret is for another server: localhost:1,",
    ),
    Row(
        "a cycle",
        &[],
        &[("masterarn", "\"{this}\"")],
        REFUSED,
        "the admin secret has a masterarn of its own",
    ),
    Row(
        "the user itself",
        &[],
        &[("username", "\"{user}\"")],
        REFUSED,
        "masterarn names a secret of the same user app",
    ),
    Row(
        "a wrong password",
        &[],
        &[("password", "\"hunter22\"")],
        REFUSED,
        "unable to log in with the admin secret arn:",
    ),
];

/// A name that can be no administrator's is found before anything is stored.
#[tokio::test]
async fn cannot_be_this_secret_or_far_away() {
    let elsewhere = "arn:aws:secretsmanager:us-east-1:999999999999:secret:admin-AbCdEf";
    let rows = [
        ("{this}", "is this very secret"),
        (elsewhere, "is in another account or Region"),
    ];
    let server = Postgres::shared().await;
    for (named, words) in rows {
        let users = Users::two(server);
        let mut case = Case::new(&users).await;
        case.edit_current(&[("masterarn", &format!("\"{named}\""))]);
        case.refused(named, Step::CreateSecret, ADMIN, words).await;
    }
}

#[tokio::test]
async fn is_refused_before_the_server_is_touched() {
    let server = Postgres::shared().await;
    for Row(what, edits, admin, error_type, words) in ROWS {
        let users = Users::two(server);
        let mut case = Case::new(&users).await;
        case.edit_current(edits);
        case.edit_admin(admin);
        case.step(Step::CreateSecret).await;
        case.refused(what, Step::SetSecret, error_type, words).await;
    }
}

/// The turn of the administrator itself would come.
#[tokio::test]
async fn takes_no_turns() {
    let server = Postgres::shared().await;
    let users = Users::two(server);
    let mut case = Case::new(&users).await;
    case.sql(
        "CREATE ROLE {clone} LOGIN CREATEROLE PASSWORD 'Admins-password'; GRANT {user} TO {clone}",
    )
    .await;
    case.edit_admin(&[
        ("username", "\"{user}_clone\""),
        ("password", "\"Admins-password\""),
    ]);
    case.step(Step::CreateSecret).await;
    let words = format!("refusing to rotate the master user {}", case.clone_name());
    case.refused("the other user", Step::SetSecret, REFUSED, &words)
        .await;
}

/// Without CREATEROLE, the administrator cannot make the second user: said by the server, in testSecret alone by us.
#[tokio::test]
async fn may_create_roles() {
    let server = Postgres::shared().await;
    let admin = server.fresh_user("admin").await;
    let users = Users {
        admin,
        ..Users::two(server)
    };
    let mut case = Case::new(&users).await;
    let words = "may not create roles: ALTER ROLE";
    case.refused("testSecret alone", Step::TestSecret, REFUSED, words)
        .await;
    case.step(Step::CreateSecret).await;
    let words = "does not allow it: permission denied";
    case.refused("setSecret", Step::SetSecret, REFUSED, words)
        .await;
}
