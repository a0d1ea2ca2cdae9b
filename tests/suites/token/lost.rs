//! A request, or its answer, is lost, at each request of a rotation; then a plain retry, and a later rotation.

use std::time::Duration;

use rotation::event::Step;
use rotation::testing::World;
use rotation::version::Stage;
use rotation_tests::api::Kind;

use crate::harness::{Users, json};

struct Sweep {
    users: Users,
    kind: Kind,
}

impl Sweep {
    /// Whether a rotation has so many requests.
    async fn lost(&self, n: usize, done: bool) -> bool {
        let when = format!("{:?}: request {n} lost, done: {done}", self.kind);
        let mut world = World::new(&self.users).await;
        // In place, a lost answer leaves nobody who could prove anything.
        world.alone = self.kind != Kind::Create;
        for _ in 0..2 {
            world.rotate().await;
        }
        let version = world.begin();
        self.users.api.lose(n, done);
        for step in Step::ALL {
            let ended = world.step(&version, step).await;
            if self.kind == Kind::Create {
                world.assert_guarantees(&format!("{when}, in {step}")).await;
            }
            if ended.is_err() {
                break;
            }
        }
        let met = self.users.api.heal();
        world.finish(&version).await;
        let most = if self.kind == Kind::Create { 3 } else { 1 };
        let live = self.live(&world);
        assert!(live.len() <= most, "{when}: {live:?}");
        world.clock.advance(Duration::from_secs(100));
        world.rotate().await;
        let mut held = vec![self.held(&world, &Stage::Current)];
        if self.kind == Kind::Create {
            held.push(self.held(&world, &Stage::Previous));
        }
        held.sort();
        assert_eq!(self.live(&world), held, "{when}");
        met
    }

    /// The values that the service takes, in order.
    fn live(&self, world: &World<'_, Users>) -> Vec<String> {
        let value = world.store.value_of(&Stage::Current).expect("a value");
        let user = json(&value)["user"].as_str().expect("a user").to_owned();
        let tokens = self.users.api.tokens(&user).into_iter();
        let mut values: Vec<String> = tokens.map(|token| token.value).collect();
        values.sort();
        values
    }

    fn held(&self, world: &World<'_, Users>, stage: &Stage) -> String {
        let value = world.store.value_of(stage).expect("a value");
        json(&value)["token"].as_str().expect("a token").to_owned()
    }
}

/// Never without a live token that the secret knows, never more than one too many, and none of these after the next
/// rotation. In place, the admin makes another, whatever became of the first.
#[tokio::test]
async fn at_every_request() {
    for (kind, least) in [
        (Kind::Create, 7),
        (Kind::Roll, 4),
        (Kind::OwnRotation, 5),
        (Kind::Put, 5),
    ] {
        for done in [false, true] {
            let sweep = Sweep {
                users: Users::start(kind, &[]).await,
                kind,
            };
            let mut n = 0;
            while sweep.lost(n, done).await {
                n += 1;
            }
            assert!(n >= least, "{kind:?}: only {n} requests were lost");
        }
    }
}
