//! Single decisions of the protocol that no fault would show.

mod admin;
mod check;
mod from;
mod hang;
mod labels;
mod plan;
mod replicas;
mod secrecy;
mod time;

use std::time::Duration;

use rotation::clock::Clock;
use rotation::config::RetirePolicy;
use rotation::event::Step;
use rotation::testing::world::Harness;
use rotation::testing::{World, version_id};
use rotation::version::Stage;
use rotation::{RotationError, Succession};
use rotation_simulation::toy::Toy;

use Step::{CreateSecret as Create, FinishSecret as Finish, SetSecret as Set, TestSecret as Test};

#[tokio::test]
async fn set_proves_what_it_wrote() {
    let mut toy = Toy::new(Succession::Replace);
    toy.deaf = true;
    let mut world = World::new(&toy).await;
    let version = world.begin();
    world.step(&version, Create).await.expect("createSecret");
    let error = world
        .step(&version, Set)
        .await
        .expect_err("the target did not take it");
    assert!(
        matches!(error, RotationError::PendingRejected(_)),
        "{error}"
    );
}

/// Where an abandoned rotation left a version, nothing is written before nothing of it can still run.
#[tokio::test]
async fn a_horizon_lies_between_two_rotations() {
    let toy = Toy::new(Succession::Replace);
    let mut world = World::new(&toy).await;
    world.timeout = Duration::from_secs(20);
    let abandoned = world.begin();
    world.step(&abandoned, Create).await.expect("createSecret");
    world.step(&abandoned, Set).await.expect("setSecret");
    let version = world.begin();
    world.step(&version, Create).await.expect("createSecret");
    let statements = toy.statements();
    let error = world.step(&version, Set).await.expect_err("too early");
    assert!(error.to_string().contains("try again in 2"), "{error}");
    assert_eq!(
        (error.error_type(), toy.statements()),
        ("Rotation.Busy", statements)
    );
    world.clock.advance(Duration::from_secs(25));
    world.finish(&version).await;
    assert!(
        !world.store.stages().marked(&abandoned),
        "its mark is freed"
    );
}

/// A target that was restored, or an AWSCURRENT that somebody stored wrongly: AWSPREVIOUS opens it, after all others. Two users who
/// take turns go on from AWSCURRENT alone.
#[tokio::test]
async fn awsprevious_is_tried_last() {
    let toy = Toy::new(Succession::Replace);
    let subject = toy.subject().await;
    let mut world = World::with(&toy, &subject);
    let version = world.begin();
    let wrong = toy.wrong(&subject.secret);
    world
        .store
        .insert(version_id(0), Some(&wrong), vec![Stage::Current]);
    world
        .store
        .insert(version_id(90), Some(&subject.secret), vec![Stage::Previous]);
    world.clock.advance(Duration::from_secs(1));
    world.store.begin(&version);
    world.step(&version, Create).await.expect("createSecret");
    let report = world.step(&version, Set).await.expect("setSecret");
    let said: Vec<&str> = report.answers.iter().map(|(who, _)| who.as_str()).collect();
    assert_eq!(said[..3], ["AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"]);
    world.finish(&version).await;
}

/// A rotation that AWS's template began: its value is taken over, and marked.
#[tokio::test]
async fn a_value_that_is_there_is_kept() {
    let toy = Toy::new(Succession::Replace);
    let subject = toy.subject().await;
    let mut world = World::with(&toy, &subject);
    let version = world.begin();
    let value = subject.secret.replace("first-password", "by-the-template");
    world
        .store
        .insert(version.clone(), Some(&value), vec![Stage::Pending]);
    world.finish(&version).await;
    assert_eq!(world.store.value_of(&Stage::Current), Some(value));
}

#[tokio::test]
async fn setsecret_promotes_if_told_to() {
    let mut toy = Toy::new(Succession::Replace);
    toy.config.eager_finish = true;
    let mut world = World::new(&toy).await;
    let version = world.begin();
    world.step(&version, Create).await.expect("createSecret");
    let report = world.step(&version, Set).await.expect("setSecret");
    assert!(report.refused_at_most.is_none() || world.current_accepted().await);
    assert_eq!(world.store.stages().holder(&Stage::Current), Some(&version));
    for step in [Test, Finish] {
        world
            .step(&version, step)
            .await
            .expect("nothing left to do");
    }
}

/// How many credentials live after each of four rotations, and whether AWSPREVIOUS is one of them.
#[tokio::test]
async fn the_retire_policy_is_kept() {
    use RetirePolicy::{AfterFinish, Never, NextRotation};
    let rows = [
        (Succession::Coexist, NextRotation, [2, 2, 2, 2], true),
        (Succession::Coexist, AfterFinish, [1, 1, 1, 1], false),
        (Succession::Coexist, Never, [2, 3, 4, 5], true),
        (Succession::Displace, NextRotation, [2, 2, 2, 2], true),
        (Succession::Displace, AfterFinish, [1, 1, 1, 1], false),
    ];
    for (succession, retire, counts, previous_lives) in rows {
        let mut toy = Toy::new(succession);
        toy.config.retire = retire;
        let mut world = World::new(&toy).await;
        for count in counts {
            world.rotate().await;
            let live = toy.passwords("user0").len();
            assert_eq!(live, count, "{succession:?}, {retire:?}");
            assert_eq!(world.accepts(&Stage::Previous).await, previous_lives);
        }
    }
}

/// What two abandoned rotations left on the target is ended by the next one that ends.
#[tokio::test]
async fn abandoned_credentials_are_retired() {
    let toy = Toy::new(Succession::Coexist);
    let mut world = World::new(&toy).await;
    for _ in 0..2 {
        let version = world.begin();
        world.step(&version, Create).await.expect("createSecret");
        world.step(&version, Set).await.expect("setSecret");
    }
    assert_eq!(toy.passwords("user0").len(), 3);
    world.rotate().await;
    assert_eq!(toy.passwords("user0").len(), 2);
    assert!(world.store.stages().orphans(&version_id(3)).is_empty());
}

/// From the dates of the versions: how long AWSCURRENT was refused at most.
#[tokio::test]
async fn the_window_is_measured() {
    let toy = Toy::new(Succession::Replace);
    let mut world = World::new(&toy).await;
    let version = world.begin();
    world.step(&version, Create).await.expect("createSecret");
    world.clock.advance(Duration::from_secs(7));
    world.step(&version, Set).await.expect("setSecret");
    let report = world.step(&version, Finish).await.expect("finishSecret");
    let window = report.refused_at_most.expect("one password, one user");
    assert!((7..8).contains(&window.as_secs()), "{window:?}");
}

#[tokio::test]
async fn the_age_is_measured() {
    let toy = Toy::new(Succession::Replace);
    let mut world = World::new(&toy).await;
    let days = |n: u64| Duration::from_secs(n * 86_400);
    world.clock.advance(days(40));
    let version = world.begin();
    let made = world.step(&version, Create).await.expect("createSecret");
    let age = made.age.expect("its successor was made");
    assert!((days(40)..days(41)).contains(&age), "{age:?}");
    let again = world.step(&version, Create).await.expect("createSecret");
    assert_eq!(again.age, None, "told once for each rotation");
}

/// An answer that seems stale is asked for again for five seconds.
#[tokio::test]
async fn patience_has_an_end() {
    let toy = Toy::new(Succession::Replace);
    let mut world = World::new(&toy).await;
    let version = world.begin();
    let value = r#"{"host":"toy","username":"user0","password":"another-one"}"#;
    world
        .store
        .insert(version.clone(), Some(value), vec![Stage::Pending]);
    let began = world.clock.now();
    let ended = world.step(&version, Set).await;
    ended.expect_err("its mark never shows");
    let waited = world.clock.now().duration_since(began).expect("later");
    assert_eq!(waited, Duration::from_secs(5));
}
