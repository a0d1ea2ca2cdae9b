//! A row each: what is wrong, in which steps, the error's type, and the words of the refusal.

use std::time::Duration;

use rotation::event::Step;
use rotation::testing::{World, version_id};
use rotation::version::Stage;
use rotation_simulation::toy::Toy;

use Step::{CreateSecret as Create, FinishSecret as Finish, SetSecret as Set, TestSecret as Test};

use crate::arrange::*;

type Arrange = fn(&mut World<'_, Toy>);

/// What is wrong, in which step, the error's type, and a part of its text.
pub(crate) struct Row(
    pub(crate) &'static str,
    pub(crate) Arrange,
    pub(crate) &'static [Step],
    pub(crate) &'static str,
    pub(crate) &'static str,
);

pub(crate) const ROWS: &[Row] = &[
    Row(
        "token has no version",
        |w| w.store.abandon(),
        &Step::ALL,
        "Rotation.NotStaged",
        "has no stage for rotation",
    ),
    Row(
        "token has only AWSPREVIOUS",
        previous,
        &Step::ALL,
        "Rotation.NotStaged",
        "is not pending",
    ),
    Row(
        "token has only AWSPREVIOUS and its mark",
        previous_marked,
        &Step::ALL,
        "Rotation.NotStaged",
        "is not pending",
    ),
    Row(
        "AWSPENDING was left on AWSCURRENT",
        left_over,
        &Step::ALL,
        "Rotation.NotStaged",
        "has no stage for rotation",
    ),
    Row(
        "another token holds AWSPENDING",
        elsewhere,
        &Step::ALL,
        "Rotation.NotStaged",
        ") holds AWSPENDING: this one is over, and nothing needs to be done about it",
    ),
    Row(
        "set before create",
        |_| {},
        &[Set],
        "Rotation.Versions",
        "createSecret must run first",
    ),
    Row(
        "finish before create",
        |_| {},
        &[Finish],
        "Rotation.Versions",
        "createSecret must run first",
    ),
    Row(
        "finish before set",
        created,
        &[Finish, Test],
        "Rotation.PendingRejected",
        "not accepted by toy",
    ),
    Row(
        "rotation off",
        |w| w.store.describe_as(|d| d.rotation_enabled = Some(false)),
        &[Create, Finish],
        "Rotation.NotAllowed",
        "not enabled for rotation",
    ),
    Row(
        "another function",
        another_function,
        &[Create, Finish],
        "Rotation.NotAllowed",
        "rotated by another function",
    ),
    Row(
        "a second spelling of the ARN",
        |w| w.store.describe_as(|d| d.arn.push_str("-AbCdEf")),
        &[Create, Finish],
        "Rotation.NotAllowed",
        "SecretId must be the secret's full ARN, arn:aws:secretsmanager:",
    ),
    Row(
        "another account",
        |w| w.function = Some("arn:aws:lambda:us-east-1:999999999999:function:f".into()),
        &Step::ALL,
        "Rotation.NotAllowed",
        "another account or Region",
    ),
    Row(
        "deletion scheduled",
        |w| {
            let now = w.clock.advance(Duration::ZERO);
            w.store.describe_as(|d| d.deleted = Some(now));
        },
        &[Create, Finish],
        "Rotation.NotAllowed",
        "scheduled for deletion (DeletedDate 2026-11-24): restore it",
    ),
    Row(
        "4 s left",
        |w| w.timeout = Duration::from_secs(4),
        &[Create],
        "Rotation.Time",
        "not enough time left",
    ),
    Row(
        "4 s left",
        |w| {
            created(w);
            w.timeout = Duration::from_secs(4);
        },
        &[Set],
        "Rotation.Time",
        "not enough time left",
    ),
    Row(
        "no time left",
        |w| w.timeout = Duration::ZERO,
        &Step::ALL,
        "Rotation.Time",
        "did not answer",
    ),
    Row(
        "not JSON",
        |w| current(w, "hunter2-hunter2"),
        &[Create],
        "Rotation.SecretValue",
        "AWSCURRENT is not a JSON object",
    ),
    Row(
        "binary",
        |w| w.store.insert_binary(version_id(0), vec![Stage::Current]),
        &[Create],
        "Rotation.SecretValue",
        "AWSCURRENT is binary. Store a text: SecretString",
    ),
    Row(
        "JSON array",
        |w| current(w, "[1]"),
        &[Create],
        "Rotation.SecretValue",
        "AWSCURRENT is not a JSON object",
    ),
    Row(
        "a key is missing",
        |w| current(w, "{\"host\":\"toy\"}"),
        &[Create],
        "Rotation.SecretValue",
        "lacks the key username",
    ),
    Row(
        "a wrong type",
        |w| current(w, "{\"host\":\"toy\",\"username\":42}"),
        &[Create],
        "Rotation.SecretValue",
        "wrong type under the key username",
    ),
    Row(
        "a key twice",
        |w| current(w, "{\"host\":\"a\",\"host\":\"b\"}"),
        &[Create],
        "Rotation.SecretValue",
        "the key host twice",
    ),
    Row(
        "too long",
        too_long,
        &[Create],
        "Rotation.SecretValue",
        "65536 at most",
    ),
    Row(
        "no current value",
        |w| w.store.insert(version_id(0), None, vec![Stage::Current]),
        &[Create],
        "Rotation.Versions",
        "has no current value",
    ),
    Row(
        "no label free",
        labels_full,
        &[Create],
        "Rotation.NotAllowed",
        "no staging label is free",
    ),
    Row(
        "no label free, and AWSPREVIOUS to be retired",
        |w| {
            retirable(w);
            labels_full(w);
        },
        &[Create],
        "Rotation.NotAllowed",
        "no staging label is free",
    ),
    Row(
        "a mistyped tag, and AWSPREVIOUS to be retired",
        |w| {
            retirable(w);
            tag(w);
        },
        &[Create],
        "Rotation.Policy",
        "Did you mean rotation:password-length",
    ),
    Row(
        "pending for another host",
        |w| {
            pending(
                w,
                r#"{"host":"evil","username":"user0","password":"another-one"}"#,
            )
        },
        &[Set],
        "Rotation.Versions",
        "AWSPENDING is for evil, AWSCURRENT for toy",
    ),
    Row(
        "pending for another user",
        |w| {
            pending(
                w,
                r#"{"host":"toy","username":"root","password":"another-one"}"#,
            )
        },
        &[Set],
        "Rotation.Versions",
        "AWSPENDING is for user root, expected the user user0",
    ),
    Row(
        "pending for a user whose name a terminal would obey",
        |w| {
            pending(
                w,
                r#"{"host":"toy","username":"\u001b]0;x\u0007\r\n\u202etoor","password":"another-one"}"#,
            )
        },
        &[Set],
        "Rotation.Versions",
        "AWSPENDING is for user \\u{1b}]0;x\\u{7}\\r\\n\\u{202e}toor, expected",
    ),
    Row(
        "pending equals current",
        |w| {
            pending(
                w,
                r#"{"host":"toy","username":"user0","password":"first-password"}"#,
            )
        },
        &[Set],
        "Rotation.Versions",
        "same credential as AWSCURRENT. To start a new rotation, first take AWSPENDING off this version",
    ),
    Row(
        "nothing is accepted",
        |w| {
            created(w);
            current(
                w,
                r#"{"host":"toy","username":"user0","password":"wrong-password"}"#,
            );
        },
        &[Set],
        "Rotation.Versions",
        "AWSCURRENT was made after",
    ),
    Row(
        "a mark never shows",
        unmarked,
        &[Set, Finish],
        "Rotation.Changed",
        "does not show version",
    ),
];
