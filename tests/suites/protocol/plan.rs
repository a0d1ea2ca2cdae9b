//! A plan says what the rotation would say, and leaves everything as it is.

use std::time::Duration;

use rotation::engine::{Call, Engine, Party, Planned};
use rotation::event::Step;
use rotation::testing::world::Harness;
use rotation::testing::{World, version_id};
use rotation::{RotationError, Succession};
use rotation_simulation::toy::Toy;

/// Plans the next rotation. It must write nothing.
async fn plan<H: Harness>(world: &World<'_, H>, harness: &H) -> Planned {
    let (store, clock) = (world.store.clone(), world.clock.clone());
    let before = (store.writes(), store.stages());
    let engine = Engine::new(harness.rotator(), store, clock, world.config.clone());
    let (version, limit) = (version_id(99), Duration::from_secs(60));
    let horizon = Duration::from_secs(75);
    let planned = engine.plan(&world.secret_id, &version, limit, horizon);
    let planned = planned.await;
    assert_eq!((world.store.writes(), world.store.stages()), before);
    planned
}

fn changes(planned: &Planned) -> Vec<(Step, &Call)> {
    let calls = planned.steps.iter().flat_map(|row| {
        let calls = row.calls.iter().filter(|call| call.changes);
        calls.map(|call| (row.step, call))
    });
    calls.collect()
}

/// The writes to Secrets Manager that a plan foresees are those that the rotation makes.
#[tokio::test]
async fn what_it_foresees_is_what_happens() {
    for succession in Toy::SUCCESSIONS {
        let toy = Toy::new(succession);
        let mut world = World::new(&toy).await;
        for _ in 0..3 {
            let statements = toy.statements();
            let planned = plan(&world, &toy).await;
            assert_eq!(toy.statements(), statements, "{succession:?}");
            assert!(planned.stopped.is_none(), "{:?}", planned.stopped);
            assert_eq!(planned.steps.len(), 4);
            let to_store = |(_, call): &(Step, &Call)| call.to == Party::SecretsManager;
            let foreseen = changes(&planned).into_iter().filter(to_store).count();
            let before = world.store.writes();
            world.rotate().await;
            assert_eq!(world.store.writes() - before, foreseen, "{succession:?}");
        }
    }
}

/// Who issues a credential makes none for a plan, and the plan goes on to the end all the same.
#[tokio::test]
async fn of_a_target_that_issues() {
    for succession in [Succession::Replace, Succession::Coexist] {
        let toy = Toy::issuing(succession);
        let mut world = World::new(&toy).await;
        world.rotate().await;
        let statements = toy.statements();
        let planned = plan(&world, &toy).await;
        assert_eq!(toy.statements(), statements, "{succession:?}");
        assert!(planned.stopped.is_none(), "{:?}", planned.stopped);
        let calls = changes(&planned);
        let issued = calls.iter().position(|(step, call)| {
            *step == Step::CreateSecret && call.to == Party::Target && call.text.starts_with("set ")
        });
        let put = calls
            .iter()
            .position(|(_, call)| call.text.starts_with("PutSecretValue"));
        assert!(issued.is_some() && issued < put, "{calls:?}");
        assert_eq!(planned.steps.len(), 4);
    }
}

/// What hooks tell is shown without the secrets that they were given, and those that they have drawn.
#[tokio::test]
async fn holds_no_secret() {
    let toy = Toy::new(Succession::Replace);
    let world = World::new(&toy).await;
    let planned = plan(&world, &toy).await;
    let calls = changes(&planned);
    let told = calls.iter().find(|(_, call)| call.text.starts_with("set "));
    let (step, told) = told.expect("the hook tells");
    assert_eq!(*step, Step::SetSecret);
    assert_eq!(told.text, "set [REDACTED] for [REDACTED]");
}

/// With what a rotation would fail.
fn stopped(planned: Planned) -> (Step, RotationError) {
    planned.stopped.expect("something stands in the way")
}

/// The same step, type and words as the rotation's.
#[tokio::test]
async fn says_what_the_rotation_says() {
    let toy = Toy::new(Succession::Replace);
    let mut world = World::new(&toy).await;
    world.rotate().await;
    toy.set_password("user0", "changed-by-hand");
    let (step, planned) = stopped(plan(&world, &toy).await);
    let version = world.begin();
    world
        .step(&version, Step::CreateSecret)
        .await
        .expect("made");
    let real = world.step(&version, step).await.expect_err("refused");
    assert_eq!(step, Step::SetSecret);
    assert_eq!(planned.error_type(), real.error_type());
    assert_eq!(planned.to_string(), real.to_string());
}

/// An earlier rotation was abandoned: the plan says how long the next one waits, and waits for nothing.
#[tokio::test]
async fn notes_a_wait() {
    let toy = Toy::new(Succession::Replace);
    let mut world = World::new(&toy).await;
    let left = world.begin();
    world.step(&left, Step::CreateSecret).await.expect("made");
    world.store.abandon();
    let before = world.clock.advance(Duration::ZERO);
    let planned = plan(&world, &toy).await;
    let waits = planned.steps.iter().flat_map(|row| &row.calls);
    let waits = waits.filter(|call| call.to == Party::Nobody).count();
    assert!(waits > 0, "{planned:?}");
    assert_eq!(world.clock.advance(Duration::ZERO), before);
    assert!(planned.stopped.is_none(), "{:?}", planned.stopped);
}

/// A target that refuses a login is asked for nothing else.
#[tokio::test]
async fn rehearses_nothing_for_who_is_refused() {
    let toy = Toy::new(Succession::Replace);
    let world = World::new(&toy).await;
    toy.set_password("user0", "changed-by-hand");
    toy.watch(&world.clock);
    stopped(plan(&world, &toy).await);
    let hooks: Vec<&str> = toy.hooks().iter().map(|hook| hook.name).collect();
    assert!(
        !hooks.contains(&"set") && !hooks.contains(&"check"),
        "{hooks:?}"
    );
}
