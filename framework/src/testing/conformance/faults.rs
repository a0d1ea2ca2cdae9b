//! Calls that fail.

use crate::event::Step;
use crate::testing::faults::When;
use crate::testing::world::{Harness, World};

/// Each call to Secrets Manager and each hook but `close` fails, once before it takes effect and once after. The guarantees
/// hold after every step. Then both a retry with the same token and a new rotation succeed.
pub async fn survives_faults<H: Harness>(harness: &H) {
    survives_some_faults(harness, 1).await;
}

/// The same for every `stride`-th call. The suite makes calls fail in eight ways, and each way starts one call later than the
/// way before. So if the stride is eight or less, every call fails in at least one way.
pub async fn survives_some_faults<H: Harness>(harness: &H, stride: usize) {
    let mut way = 0;
    for rotations_before in 0..2 {
        for when in [When::Before, When::After] {
            for anew in [false, true] {
                let mut n = way % stride;
                way += 1;
                while fault(harness, rotations_before, n, when, anew).await {
                    n += stride;
                }
                assert!(n > 15, "only {n} calls were made to fail");
            }
        }
    }
}

/// Makes the `n`-th call fail. Returns whether there was one.
async fn fault<H: Harness>(
    harness: &H,
    rotations_before: usize,
    n: usize,
    when: When,
    anew: bool,
) -> bool {
    let mut world = World::new(harness).await;
    for _ in 0..rotations_before {
        world.rotate().await;
    }
    let mut version = world.begin();
    world.faults.arm(n, when);
    for step in Step::ALL {
        let ended = world.step(&version, step).await;
        let fired = world.faults.fired();
        world
            .assert_guarantees(&format!("{when:?} {fired:?} (call {n}) in {step}"))
            .await;
        if ended.is_err() {
            assert!(
                fired.is_some(),
                "{step} failed without a fault: {:?}",
                world.told.last()
            );
            break;
        }
    }
    let fired = world.faults.fired().is_some();
    world.faults.disarm();
    if anew {
        version = world.begin();
    }
    world.finish(&version).await;
    fired
}
