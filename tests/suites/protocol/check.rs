//! A check logs in with the version that it was asked for, and with no other.

use std::time::Duration;

use rotation::clock::Clock;
use rotation::engine::{Engine, Limits};
use rotation::testing::World;
use rotation::version::{Stage, VersionId};
use rotation::{RotationError, Succession};
use rotation_simulation::toy::Toy;

/// What the target says to `version` under `label`.
async fn accepted(
    world: &World<'_, Toy>,
    version: &VersionId,
    label: Stage,
) -> Result<bool, RotationError> {
    let (store, clock) = (world.store.clone(), world.clock.clone());
    let limits = Limits::new(
        clock.now() + Duration::from_secs(60),
        Duration::from_secs(75),
    );
    let engine = Engine::new(world.rotator(), store, clock, world.config.clone());
    let checked = engine.check(&world.secret_id, version, &label, &limits);
    Ok(checked.await?.answer.is_ok())
}

fn holder(world: &World<'_, Toy>, label: &Stage) -> VersionId {
    let stages = world.store.stages();
    stages.holder(label).expect("a version").clone()
}

#[tokio::test]
async fn each_label() {
    let toy = Toy::new(Succession::Replace);
    let mut world = World::new(&toy).await;
    world.rotate().await;
    for (label, expected) in [(Stage::Current, true), (Stage::Previous, false)] {
        let version = holder(&world, &label);
        let before = (toy.statements(), world.store.writes());
        assert_eq!(accepted(&world, &version, label).await.ok(), Some(expected));
        assert_eq!((toy.statements(), world.store.writes()), before);
    }
}

/// Between the look at the labels and the login, a rotation has ended. The answer would be remembered for the wrong version.
#[tokio::test]
async fn not_of_another_version() {
    let toy = Toy::new(Succession::Replace);
    let mut world = World::new(&toy).await;
    let old = holder(&world, &Stage::Current);
    world.rotate().await;
    let error = accepted(&world, &old, Stage::Current)
        .await
        .expect_err("moved");
    assert!(matches!(error, RotationError::Changed(_)), "{error}");
}
