//! PROTOCOL.md, "The versions that a rotation goes on from": the target accepts one version's credential, and no other.

use std::time::Duration;

use rotation::Succession;
use rotation::error::RotationError;
use rotation::event::Step;
use rotation::testing::World;
use rotation::testing::world::Subject;
use rotation::version::Stage;
use rotation_simulation::toy::Toy;
use serde_json::Value;

use crate::admin::with_admin;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Alive {
    Current,
    Pending,
    Orphan,
    Previous,
    Nothing,
}

const ALL: [Alive; 5] = [
    Alive::Current,
    Alive::Pending,
    Alive::Orphan,
    Alive::Previous,
    Alive::Nothing,
];

fn login(value: &str) -> (String, String) {
    let value: Value = serde_json::from_str(value).expect("JSON");
    let text = |key: &str| value[key].as_str().expect(key).to_owned();
    (text("username"), text("password"))
}

/// How the rotation ends that finds the target so, and whether it changed something there.
async fn ends<const ISSUES: bool>(
    toy: &Toy<ISSUES>,
    subject: Subject,
    alive: Alive,
) -> (Result<(), RotationError>, bool) {
    let mut world = World::with(toy, &subject);
    world.rotate().await;
    let mut version = world.begin();
    if matches!(alive, Alive::Pending | Alive::Orphan) {
        for step in [Step::CreateSecret, Step::SetSecret] {
            world.step(&version, step).await.expect("a good start");
        }
    }
    let stage = match alive {
        Alive::Current | Alive::Nothing => Stage::Current,
        Alive::Pending | Alive::Orphan => Stage::Pending,
        Alive::Previous => Stage::Previous,
    };
    let (user, password) = login(&world.store.value_of(&stage).expect("a value"));
    for value in world.store.labelled_values() {
        toy.set_password(&login(&value).0, "nobody's");
    }
    if alive != Alive::Nothing {
        toy.set_password(&user, &password);
    }
    if alive == Alive::Orphan {
        version = world.begin();
    }
    world.clock.advance(Duration::from_secs(100));
    let before = toy.statements();
    let mut ended = Ok(());
    for step in Step::ALL {
        ended = world.step(&version, step).await.map(drop);
        if ended.is_err() {
            break;
        }
    }
    if ended.is_ok() {
        assert!(world.current_accepted().await, "{alive:?}");
    }
    (ended, toy.statements() != before)
}

fn assert_ends(what: &str, goes_on: bool, (ended, changed): (Result<(), RotationError>, bool)) {
    match ended {
        Ok(()) => assert!(goes_on, "{what}: was not refused"),
        Err(error) => {
            assert!(!goes_on, "{what}: {error}");
            assert_eq!(
                error.error_type(),
                "Rotation.NoneAccepted",
                "{what}: {error}"
            );
            assert!(!changed, "{what}: it changed something");
        }
    }
}

#[tokio::test]
async fn of_a_target_that_is_told() {
    use rotation::testing::world::Harness;
    for succession in Toy::SUCCESSIONS {
        for alive in ALL {
            let toy = Toy::new(succession);
            let subject = toy.subject().await;
            let goes_on = match succession {
                Succession::Alternate => alive == Alive::Current,
                _ => alive != Alive::Nothing,
            };
            let what = format!("{succession:?}, {alive:?}");
            assert_ends(&what, goes_on, ends(&toy, subject, alive).await);
        }
    }
}

#[tokio::test]
async fn of_a_target_that_issues() {
    use rotation::testing::world::Harness;
    for alive in ALL {
        let toy = Toy::issuing(Succession::Coexist);
        let subject = with_admin(toy.subject().await);
        let what = format!("issuing, {alive:?}");
        assert_ends(
            &what,
            alive != Alive::Nothing,
            ends(&toy, subject, alive).await,
        );
    }
}
