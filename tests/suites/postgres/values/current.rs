//! Bad values of AWSCURRENT.

use rotation::event::Step;
use rotation_tests::postgres::Postgres;

use super::{REFUSED, VALUE};
use crate::case::{Case, Edits};
use crate::harness::Users;

/// Whole values, and what is said of them.
const WHOLE: &[(&str, &str)] = &[
    ("hunter2", "AWSCURRENT is not a JSON object"),
    ("[1]", "AWSCURRENT is not a JSON object"),
    ("null", "AWSCURRENT is not a JSON object"),
    (" ", "AWSCURRENT is not a JSON object"),
    ("{\"host\":", "AWSCURRENT is not valid JSON (line 1"),
    (
        r#"{"password":"a","password":"b"}"#,
        "has the key password twice",
    ),
];

/// A key, what is said of it, and its values as JSON; nothing: without the key.
const FIELDS: &[(&str, &str, &[&str])] = &[
    ("host", "lacks the key host", &[""]),
    ("username", "lacks the key username", &[""]),
    ("password", "lacks the key password", &[""]),
    ("engine", "lacks the key engine", &[""]),
    (
        "port",
        "under the key port that cannot be used: it must be a port number, 1 to 65535",
        &[
            "\"abc\"",
            "0",
            "65536",
            "70000",
            "\"70000\"",
            "-1",
            "5432.5",
            "true",
        ],
    ),
    (
        "username",
        "under the key username that cannot be used: it must",
        &["42", "null", "\"\"", "\"a\\u0000b\""],
    ),
    (
        "username",
        "under the key username that cannot be used: it must have 63 bytes at most",
        &["\"ääääääääääääääääääääääääääääääää\""],
    ),
    (
        "password",
        "wrong type under the key password",
        &["null", "42"],
    ),
    (
        "engine",
        "must be postgres or aurora-postgresql: this function rotates no other engine",
        &["\"mysql\"", "\"Postgres \"", "\"oracle\""],
    ),
    (
        "host",
        "under the key host that cannot be used: it must be a DNS name or an address",
        &[
            "\"\"",
            "\"postgres://h\"",
            "\"h:5432\"",
            "\"h/x\"",
            "\"h h\"",
            "\"h\\n\"",
            "\"[::1]\"",
            "\"a,b\"",
        ],
    ),
    (
        "ssl",
        "under the key ssl that cannot be used: it must be true or false. There is no fallback to plaintext",
        &["\"yes\"", "\"prefer\"", "1", "\"require\"", "\"\""],
    ),
    (
        "dbname",
        "under the key dbname that cannot be used: it must",
        &["[]", "7"],
    ),
    (
        "masterarn",
        "under the key masterarn that cannot be used: it must be the full ARN of a secret",
        &["\"admin\"", "\"arn:aws:iam::012345678912:role/admin\""],
    ),
];

/// Users who cannot take turns.
const TWO: &[(&str, &str)] = &[
    (
        "\"eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee\"",
        "would exceed 63 characters (bytes): shorten it to 57",
    ),
    (
        "\"ééééééééééééééééééééééééééééé\"",
        "would exceed 63 characters (bytes): shorten it to 57",
    ),
    ("\"postgres\"", "postgres is a reserved account"),
    ("\"rdsadmin\"", "rdsadmin is a reserved account"),
    ("\"pg_monitor\"", "pg_monitor is a reserved account"),
];

#[tokio::test]
async fn are_refused_before_anything_is_stored() {
    let users = Users::one(Postgres::shared().await);
    for (value, words) in WHOLE {
        refused(&users, &[("", value)], VALUE, words).await;
    }
    for (key, words, values) in FIELDS {
        for value in *values {
            refused(&users, &[(key, value)], VALUE, words).await;
        }
    }
}

#[tokio::test]
async fn of_two_users_likewise() {
    let server = Postgres::shared().await;
    for (user, words) in TWO {
        refused(&Users::two(server), &[("username", user)], REFUSED, words).await;
    }
    let forced = Users {
        settings: &[("ROTATION_STRATEGY", "alternating-users")],
        ..Users::one(server)
    };
    refused(&forced, &[], REFUSED, "the key masterarn is missing").await;
}

async fn refused(users: &Users<'_>, edits: Edits<'_>, error_type: &str, words: &str) {
    let mut case = Case::new(users).await;
    case.edit_current(edits);
    let what = format!("{edits:?}");
    case.refused(&what, Step::CreateSecret, error_type, words)
        .await;
    assert_eq!(case.world.store.writes(), 0, "{what}");
}

/// As AWS and Terraform write them: the port as a text, other spellings of `ssl`, nothing under optional keys, the other engine.
#[tokio::test]
async fn usual_spellings_rotate() {
    let server = Postgres::shared().await;
    let port = format!("\"{}\"", server.port());
    let blanks = format!("\" {} \"", server.port());
    let spellings: [Edits<'_>; 7] = [
        &[("port", &port)],
        &[("port", &blanks)],
        &[("dbname", "null"), ("masterarn", "null")],
        &[("dbname", "\"\""), ("masterarn", "\"\"")],
        &[("ssl", "\"TRUE\"")],
        &[("ssl", "null"), ("dbname", "")],
        &[("engine", "\"aurora-postgresql\"")],
    ];
    for edits in spellings {
        let users = Users::one(server);
        let mut case = Case::new(&users).await;
        case.edit_current(edits);
        case.world.finish(&case.version).await;
    }
}
