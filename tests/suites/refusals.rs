//! The bad-input catalogue as far as the engine alone decides: events, labels, values, time. A row each: what is wrong,
//! which step, and the words of the refusal. Nothing may have changed after any of them.

use std::time::Duration;

use rotation::event::{Event, Step};
use rotation::testing::world::Harness;
use rotation::testing::{World, version_id};
use rotation::version::Stage;
use rotation::{RotationError, Succession};
use rotation_tests::toy::Toy;

use Step::{CreateSecret as Create, FinishSecret as Finish, SetSecret as Set, TestSecret as Test};

type Arrange = fn(&mut World<'_, Toy>);

/// What is wrong, in which step, the error's type, and a part of its text.
struct Row(
    &'static str,
    Arrange,
    &'static [Step],
    &'static str,
    &'static str,
);

const ROWS: &[Row] = &[
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
        "another token holds AWSPENDING",
        elsewhere,
        &Step::ALL,
        "Rotation.NotStaged",
        "another rotation (token 00000063) holds AWSPENDING",
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
        "scheduled for deletion",
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
        "pending equals current",
        |w| {
            pending(
                w,
                r#"{"host":"toy","username":"user0","password":"first-password"}"#,
            )
        },
        &[Set],
        "Rotation.Versions",
        "same credential as AWSCURRENT",
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

fn previous(world: &mut World<'_, Toy>) {
    world
        .store
        .insert(version_id(1), Some("{}"), vec![Stage::Previous]);
}

fn elsewhere(world: &mut World<'_, Toy>) {
    world.store.begin(&version_id(99));
}

fn another_function(world: &mut World<'_, Toy>) {
    world.function = Some("arn:aws:lambda:us-east-1:012345678912:function:ours".into());
    let other = "arn:aws:lambda:us-east-1:012345678912:function:theirs:live";
    world
        .store
        .describe_as(|d| d.rotation_function = Some(other.into()));
}

fn current(world: &mut World<'_, Toy>, value: &str) {
    world
        .store
        .insert(version_id(0), Some(value), vec![Stage::Current]);
}

fn pending(world: &mut World<'_, Toy>, value: &str) {
    let mark = Stage::Mark(version_id(1));
    world
        .store
        .insert(version_id(1), Some(value), vec![Stage::Pending, mark]);
}

fn created(world: &mut World<'_, Toy>) {
    pending(
        world,
        r#"{"host":"toy","username":"user0","password":"another-one"}"#,
    );
}

fn unmarked(world: &mut World<'_, Toy>) {
    let value = r#"{"host":"toy","username":"user0","password":"another-one"}"#;
    world
        .store
        .insert(version_id(1), Some(value), vec![Stage::Pending]);
}

fn too_long(world: &mut World<'_, Toy>) {
    let filler = "x".repeat(65_470);
    current(
        world,
        &format!(
            r#"{{"host":"toy","username":"user0","password":"first-password","x":"{filler}"}}"#
        ),
    );
}

fn labels_full(world: &mut World<'_, Toy>) {
    let labels = (0..19).map(|n| Stage::Other(format!("label{n}"))).collect();
    world.store.insert(version_id(50), Some("{}"), labels);
}

#[tokio::test]
async fn each_is_refused_in_its_words_and_changes_nothing() {
    for Row(what, arrange, steps, error_type, words) in ROWS {
        for step in *steps {
            let toy = Toy::new(Succession::Replace);
            let mut world = World::new(&toy).await;
            let version = world.begin();
            arrange(&mut world);
            let (before, stages) = (toy.statements(), world.store.stages());
            let error = world.step(&version, *step).await.err();
            let error = error.unwrap_or_else(|| panic!("{what}: {step} was not refused"));
            let text = error.to_string();
            assert_eq!(error.error_type(), *error_type, "{what}: {step}: {text}");
            assert!(text.contains(words), "{what}: {step}: {text}");
            assert!(
                !text.contains("hunter2"),
                "{what}: {step} echoes the value: {text}"
            );
            assert_eq!(
                toy.statements(),
                before,
                "{what}: {step} changed the target"
            );
            assert_eq!(world.store.stages(), stages, "{what}: {step} moved a label");
            assert_eq!(world.store.writes(), 0, "{what}: {step} wrote");
        }
    }
}

/// A version that is AWSCURRENT already is a success in every step, whatever its value, and nothing is done.
#[tokio::test]
async fn current_is_done() {
    for labels in [vec![Stage::Current], vec![Stage::Current, Stage::Pending]] {
        for step in Step::ALL {
            let toy = Toy::new(Succession::Replace);
            let mut world = World::new(&toy).await;
            let version = world.begin();
            world.store.abandon();
            world
                .store
                .insert(version_id(0), Some("{}"), vec![Stage::Previous]);
            world
                .store
                .insert(version.clone(), Some("not even JSON"), labels.clone());
            let ended = world.step(&version, step).await;
            ended.unwrap_or_else(|error| panic!("{step}: {error}"));
            assert_eq!((toy.statements(), world.store.writes()), (0, 0));
        }
    }
}

/// testSecret alone, as RotateImmediately=false sends it.
#[tokio::test]
async fn a_test_alone_checks_the_configuration() {
    let toy = Toy::new(Succession::Replace);
    let subject = toy.subject().await;
    let mut world = World::with(&toy, &subject);
    let version = world.begin();
    let report = world
        .step(&version, Test)
        .await
        .expect("the configuration is right");
    assert_eq!(report.answers, [("AWSCURRENT".into(), "accepted".into())]);
    current(&mut world, &toy.wrong(&subject.secret));
    let error = world
        .step(&version, Test)
        .await
        .expect_err("AWSCURRENT is wrong");
    assert!(matches!(error, RotationError::NoneAccepted(_)), "{error}");
    assert_eq!((toy.statements(), world.store.writes()), (0, 0));
}

/// All rows of the catalogue about the event itself.
#[test]
fn events_that_are_none() {
    let arn = "arn:aws:secretsmanager:us-east-1:012345678912:secret:db-AbCdEf";
    let token = "0".repeat(36);
    let with = |step: &str| {
        format!(r#"{{"SecretId":"{arn}","ClientRequestToken":"{token}","Step":{step}}}"#)
    };
    let secret = |id: &str| {
        format!(r#"{{"SecretId":{id},"ClientRequestToken":"{token}","Step":"setSecret"}}"#)
    };
    let long = format!("\"{}\"", "x".repeat(5000));
    let rows: Vec<(String, &str)> = vec![
        ("{}".into(), "SecretId, ClientRequestToken, Step missing"),
        (
            r#"{"key1":"value1"}"#.into(),
            "only accepts rotation events",
        ),
        ("null".into(), "not a JSON object"),
        ("[]".into(), "not a JSON object"),
        ("\"x\"".into(), "not a JSON object"),
        ("7".into(), "not a JSON object"),
        (
            format!(r#"{{"SecretId":"{arn}","ClientRequestToken":"{token}"}}"#),
            "Step missing",
        ),
        (with("null"), "Step missing"),
        (with("7"), "Step must be a string"),
        (with("\"createsecret\""), "unknown step"),
        (with("\"CreateSecret\""), "unknown step"),
        (with("\" createSecret\""), "unknown step"),
        (
            with("\"bogus\""),
            "expected createSecret, setSecret, testSecret, finishSecret",
        ),
        (with("\"setSecret\",\"Step\":\"testSecret\""), "Step"),
        (secret("\"\""), "SecretId"),
        (secret(&long), "SecretId"),
        (secret("\"arn:aws:s3:::x\""), "SecretId"),
        (secret("\"db\""), "SecretId"),
        (secret(&format!("\"{arn}\\n\"")), "SecretId"),
        (
            with("\"setSecret\"").replace(&token, "short"),
            "ClientRequestToken",
        ),
        (
            with("\"setSecret\"").replace(&token, &"0".repeat(65)),
            "ClientRequestToken",
        ),
        (
            format!("{}{}", "[".repeat(3000), "]".repeat(3000)),
            "not a JSON object",
        ),
        (" ".repeat(9000), "larger than 8192 bytes"),
        (with("\"\\ud800\""), "event"),
    ];
    for (text, words) in rows {
        let error = Event::parse(&text)
            .err()
            .unwrap_or_else(|| panic!("{text:.200} was taken"));
        let said = error.to_string();
        assert!(said.contains(words), "{text:.200}: {said}");
        assert!(said.len() < 500 && !said.contains('\n'), "{said}");
    }
    for good in ["\"create_secret\"", "\"finishSecret\", \"Extra\":[1]"] {
        Event::parse(&with(good)).unwrap_or_else(|error| panic!("{good}: {error}"));
    }
}
