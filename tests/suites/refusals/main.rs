//! The bad-input catalogue as far as the engine alone decides: labels, values, time. Nothing may have changed after any.

mod arrange;
mod rows;

use rotation::event::Step;
use rotation::testing::world::Harness;
use rotation::testing::{World, version_id};
use rotation::version::Stage;
use rotation::{RotationError, Succession};
use rotation_simulation::toy::Toy;

use arrange::current;
use rows::{ROWS, Row};

#[tokio::test]
async fn each_is_refused_in_its_words_and_changes_nothing() {
    for succession in [Succession::Replace, Succession::Coexist] {
        for row in ROWS {
            for step in row.2 {
                refuses(succession, row, *step).await;
            }
        }
    }
}

async fn refuses(succession: Succession, row: &Row, step: Step) {
    let Row(what, arrange, _, error_type, words) = row;
    let what = format!("{what}: {step}, {succession:?}");
    let toy = Toy::new(succession);
    let mut world = World::new(&toy).await;
    let version = world.begin();
    arrange(&mut world);
    let (before, stages) = (toy.statements(), world.store.stages());
    let error = world.step(&version, step).await.err();
    let error = error.unwrap_or_else(|| panic!("{what}: was not refused"));
    let text = error.to_string();
    assert_eq!(error.error_type(), *error_type, "{what}: {text}");
    assert!(text.contains(words), "{what}: {text}");
    assert!(!text.contains(char::is_control), "{what}: {text:?}");
    assert!(
        !text.contains("hunter2"),
        "{what}: echoes the value: {text}"
    );
    assert_eq!(toy.statements(), before, "{what}: changed the target");
    assert_eq!(world.store.stages(), stages, "{what}: moved a label");
    assert_eq!(world.store.writes(), 0, "{what}: wrote");
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
        .step(&version, Step::TestSecret)
        .await
        .expect("the configuration is right");
    assert_eq!(report.answers, [("AWSCURRENT".into(), "accepted".into())]);
    current(&mut world, &toy.wrong(&subject.secret));
    let error = world
        .step(&version, Step::TestSecret)
        .await
        .expect_err("AWSCURRENT is wrong");
    assert!(matches!(error, RotationError::NoneAccepted(_)), "{error}");
    assert_eq!((toy.statements(), world.store.writes()), (0, 0));
}
