//! What a person does with what a fault has left.

use std::time::Duration;

use crate::clock::Clock;
use crate::engine::{Advice, Engine, Limits, Question};
use crate::event::Step;
use crate::store::{SecretStore, Swap};
use crate::testing::faults::When;
use crate::testing::world::{Harness, World};

/// More moves than any repair takes.
const ENOUGH: usize = 20;

/// Each call of a rotation fails, once before it takes effect and once after. Then a person follows the advice of
/// [`Engine::examine`], and moves the labels: in the end the target accepts AWSCURRENT, nothing is out of its place, and a new rotation
/// succeeds. Without a fault there is nothing to move.
pub async fn can_be_repaired<H: Harness>(harness: &H) {
    for rotations_before in 0..2 {
        for when in [When::Before, When::After] {
            let mut n = 0;
            while fault(harness, rotations_before, n, when).await {
                n += 1;
            }
            assert!(n > 15, "only {n} calls were made to fail");
        }
    }
}

/// Makes the `n`-th call fail, and repairs what it left. Returns whether there was one.
async fn fault<H: Harness>(harness: &H, rotations_before: usize, n: usize, when: When) -> bool {
    let mut world = World::new(harness).await;
    for _ in 0..rotations_before {
        world.rotate().await;
    }
    let version = world.begin();
    world.faults.arm(n, when);
    let mut cut = None;
    for step in Step::ALL {
        if world.step(&version, step).await.is_err() {
            cut = Some(step);
            break;
        }
    }
    let fired = world.faults.fired();
    world.faults.disarm();
    let told = format!("{when:?} {fired:?} (call {n}) in {cut:?}");
    let moves = repair(&world, harness, &told).await;
    // AWSPENDING may be off already, or AWSCURRENT moved.
    assert!(
        cut.is_some() || moves == 0,
        "{told}: {moves} moves in a healthy secret"
    );
    assert!(
        world.current_accepted().await,
        "{told}: AWSCURRENT is refused after a repair"
    );
    world.rotate().await;
    fired.is_some()
}

/// Moves labels until there is none to move. Returns how many were moved.
async fn repair<H: Harness>(world: &World<'_, H>, harness: &H, told: &str) -> usize {
    let horizon = world.timeout + Duration::from_secs(15);
    let (clock, store) = (world.clock.clone(), world.store.clone());
    let engine = Engine::new(
        harness.rotator(),
        store.clone(),
        clock.clone(),
        world.config.clone(),
    );
    for moves in 0..ENOUGH {
        clock.sleep(horizon).await;
        let description = store.describe(&world.secret_id).await.expect("a secret");
        let question = Question {
            secret: &world.secret_id,
            description: &description,
            unlabelled: &[],
            most: 3,
        };
        let limits = Limits::new(clock.now() + world.timeout, horizon);
        let examined = engine.examine(question, &limits).await;
        let examined = examined.unwrap_or_else(|error| panic!("{told}: {error}"));
        let shift = match examined.advice {
            Advice::Healthy => return moves,
            Advice::Move(shift) => shift,
            other => panic!("{told}: {other:?}: {:#?}", examined.versions),
        };
        let (from, to) = (shift.from.as_ref(), shift.to.as_ref());
        let moved = store.move_stage(&world.secret_id, shift.label.clone(), from, to);
        assert_eq!(moved.await.ok(), Some(Swap::Moved), "{told}: {shift:?}");
    }
    panic!("{told}: no end of moves: {:#?}", store.stages())
}
