//! Steps that come twice, in another order, at the same time, or never.

use crate::config::Config;
use crate::event::Step;
use crate::testing::world::{Harness, World};

/// Runs each step twice.
pub async fn repeats<H: Harness>(harness: &H) {
    let mut world = World::new(harness).await;
    for _ in 0..2 {
        let version = world.begin();
        for step in Step::ALL {
            for time in ["once", "twice"] {
                let ended = world.step(&version, step).await;
                ended.unwrap_or_else(|error| panic!("{step} {time}: {error}"));
                world.assert_guarantees(step.name()).await;
            }
        }
        assert!(world.current_accepted().await);
    }
}

/// A rotation is abandoned after createSecret, setSecret or testSecret, twice. The next rotation goes on from there.
pub async fn heals<H: Harness>(harness: &H) {
    heals_by(harness, &harness.config()).await;
}

pub(super) async fn heals_by<H: Harness>(harness: &H, config: &Config) {
    for cut in [Step::CreateSecret, Step::SetSecret, Step::TestSecret] {
        let mut world = World::new(harness).await;
        world.config = config.clone();
        world.rotate().await;
        for _ in 0..2 {
            let version = world.begin();
            for step in Step::ALL
                .into_iter()
                .take_while(|step| *step != cut)
                .chain([cut])
            {
                world
                    .step(&version, step)
                    .await
                    .unwrap_or_else(|e| panic!("{step}: {e}"));
            }
            world.store.abandon();
            world.assert_guarantees("after an abandoned rotation").await;
        }
        world.rotate().await;
        world.rotate().await;
    }
}

/// Runs the steps in every order. No order breaks a guarantee, and the right order works afterwards.
pub async fn any_order<H: Harness>(harness: &H) {
    for order in orders() {
        let mut world = World::new(harness).await;
        let version = world.begin();
        for step in order {
            let _ = world.step(&version, step).await;
            world
                .assert_guarantees(&format!("{order:?} at {step}"))
                .await;
        }
        world.finish(&version).await;
    }
}

fn orders() -> Vec<[Step; 4]> {
    let all = Step::ALL;
    let picks = (0..256).map(|n| [n & 3, n >> 2 & 3, n >> 4 & 3, n >> 6].map(|i: usize| all[i]));
    picks
        .filter(|order| all.iter().all(|step| order.contains(step)))
        .collect()
}

/// Runs each step twice at the same time.
pub async fn overlaps<H: Harness>(harness: &H) {
    let mut world = World::new(harness).await;
    for _ in 0..2 {
        let version = world.begin();
        for step in Step::ALL {
            let both = [world.invoke(&version, step), world.invoke(&version, step)];
            let ended = futures_util::future::join_all(both).await;
            world
                .assert_guarantees(&format!("two {step} at once"))
                .await;
            let worked = ended.iter().any(|(_, ended)| ended.is_ok());
            if !worked {
                world
                    .step(&version, step)
                    .await
                    .unwrap_or_else(|e| panic!("{step}: {e}"));
            }
        }
        world.finish(&version).await;
    }
}
