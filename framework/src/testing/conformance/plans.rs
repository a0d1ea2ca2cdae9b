//! A plan goes through the whole rotation, and nothing of it lasts.

use crate::engine::Engine;
use crate::testing::version_id;
use crate::testing::world::{Harness, World};

/// The version that no plan makes.
const NEVER: usize = 999;

/// Plans each of three rotations before it is made. The plan finds nothing in the way. It writes nothing to Secrets Manager, and the
/// target still accepts AWSCURRENT's credential.
pub async fn plans<H: Harness>(harness: &H) {
    let mut world = World::new(harness).await;
    for _ in 0..3 {
        let before = (world.store.writes(), world.store.stages());
        let (store, clock) = (world.store.clone(), world.clock.clone());
        let engine = Engine::new(harness.rotator(), store, clock, world.config.clone());
        let horizon = world.horizon();
        let (secret, version) = (&world.secret_id, version_id(NEVER));
        let planned = engine.plan(secret, &version, world.timeout, horizon).await;
        if let Some((step, error)) = planned.stopped {
            panic!("a plan says that {step} would fail: {error}");
        }
        let after = (world.store.writes(), world.store.stages());
        assert_eq!(after, before, "a plan wrote to Secrets Manager");
        assert!(
            world.current_accepted().await,
            "after a plan the target refuses AWSCURRENT's credential: what `rehearse` did lasts"
        );
        world.rotate().await;
    }
}
