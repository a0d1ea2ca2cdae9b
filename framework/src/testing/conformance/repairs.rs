//! What a person does with what a fault has left.

use crate::event::Step;
use crate::testing::faults::When;
use crate::testing::world::{Harness, World};

/// As the command line's `--refusals`, unless a person says otherwise.
const REFUSALS: usize = 3;

/// Each call of a rotation fails, once before it takes effect and once after. Then a person repairs, as
/// [`World::repair`] does: in the end the target accepts AWSCURRENT, nothing is out of its place, and a new rotation
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
    let moves = world.repair(REFUSALS).await;
    let moves = moves.unwrap_or_else(|error| panic!("{told}: {error}"));
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
