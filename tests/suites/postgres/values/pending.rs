//! Bad values of AWSPENDING, which somebody else stored.

use rotation::event::Step;
use rotation_tests::postgres::Postgres;

use super::{REFUSED, VALUE};
use crate::case::{Case, Edits};
use crate::harness::Users;

const VERSIONS: &str = "Rotation.Versions";

/// What is wrong, whether with two users, what is edited, the error's type, and a part of its text.
struct Row(
    &'static str,
    bool,
    Edits<'static>,
    &'static str,
    &'static str,
);

const ROWS: &[Row] = &[
    Row(
        "another host",
        false,
        &[("host", "\"evil.example\"")],
        VERSIONS,
        "AWSPENDING is for evil.example:",
    ),
    Row(
        "another port",
        false,
        &[("port", "1")],
        VERSIONS,
        "AWSPENDING is for localhost:1, AWSCURRENT for localhost:",
    ),
    Row(
        "another user",
        false,
        &[("username", "\"postgres\"")],
        VERSIONS,
        "AWSPENDING is for user postgres, expected the user app",
    ),
    Row(
        "the same user of two",
        true,
        &[],
        VERSIONS,
        "expected the other user than app",
    ),
    Row(
        "no partner of two",
        true,
        &[("username", "\"postgres\"")],
        REFUSED,
        "AWSPENDING is for user postgres, expected app",
    ),
    Row(
        "the same password",
        false,
        &[("password", "\"First-password-{n}\"")],
        VERSIONS,
        "same credential as AWSCURRENT",
    ),
    Row(
        "an empty password",
        false,
        &[("password", "\"\"")],
        REFUSED,
        "the new password is empty",
    ),
    Row(
        "a newline in it",
        false,
        &[("password", "\"Some\\nbodys-password\"")],
        REFUSED,
        "the new password holds control characters",
    ),
    Row(
        "a NUL in it",
        false,
        &[("password", "\"Some\\u0000bodys-password\"")],
        REFUSED,
        "the new password holds control characters",
    ),
    Row(
        "an empty one of two",
        true,
        &[("username", "\"{user}_clone\""), ("password", "\"\"")],
        REFUSED,
        "the new password is empty",
    ),
    Row(
        "port in words",
        false,
        &[("port", "\"abc\"")],
        VALUE,
        "AWSPENDING has a value under the key port",
    ),
];

#[tokio::test]
async fn are_refused_before_the_server_is_touched() {
    let server = Postgres::shared().await;
    for Row(what, two, edits, error_type, words) in ROWS {
        let users = Users {
            two: *two,
            ..Users::one(server)
        };
        let mut case = Case::new(&users).await;
        let number = case.user.trim_start_matches("app").to_owned();
        let edits: Vec<(&str, String)> = edits
            .iter()
            .map(|(key, value)| (*key, value.replace("{n}", &number)))
            .collect();
        let edits: Vec<(&str, &str)> = edits
            .iter()
            .map(|(key, value)| (*key, value.as_str()))
            .collect();
        case.put_pending(&edits);
        case.refused(what, Step::SetSecret, error_type, words).await;
    }
}

/// A user whom AWSPENDING names without being the other one's partner is not touched, be it that one is a member of the other.
#[tokio::test]
async fn a_group_is_no_partner() {
    let server = Postgres::shared().await;
    let users = Users::two(server);
    let mut case = Case::new(&users).await;
    let (victim, password) = server.fresh_user("victim").await;
    case.sql(&format!("GRANT {victim} TO {{user}}")).await;
    case.put_pending(&[("username", &format!("\"{victim}\""))]);
    let words = format!(
        "AWSPENDING is for user {victim}, expected {}_clone",
        case.user
    );
    case.refused("a group", Step::SetSecret, REFUSED, &words)
        .await;
    assert!(server.accepts(&victim, &password).await);
}
