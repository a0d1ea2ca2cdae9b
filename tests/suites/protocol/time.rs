//! What a hook is told of the time, and that none that changes something begins too late.

use std::time::{Duration, SystemTime};

use futures_util::future::join_all;
use rotation::Succession;
use rotation::clock::Clock;
use rotation::config::RetirePolicy;
use rotation::event::Step;
use rotation::testing::world::Harness;
use rotation::testing::{World, version_id};
use rotation::version::Stage;
use rotation_simulation::toy::Toy;

use Step::{CreateSecret as Create, FinishSecret as Finish, SetSecret as Set, TestSecret as Test};

use crate::admin::with_admin;

const SECOND: Duration = Duration::from_secs(1);
/// Of the function's time, what no hook gets.
const ANSWER: Duration = Duration::from_secs(2);
/// The least with which a write begins.
const WRITE: Duration = Duration::from_secs(5);

/// What is read before a hook takes time that the hook no longer has.
#[tokio::test]
async fn a_hook_is_told_the_time_that_is_left_when_it_begins() {
    for succession in Toy::SUCCESSIONS {
        let toy = Toy::issuing(succession);
        let mut world = World::with(&toy, &with_admin(toy.subject().await));
        world.store.slow_down(SECOND);
        for steps in [&[Test][..], &Step::ALL, &Step::ALL] {
            let version = world.begin();
            for step in steps {
                toy.watch(&world.clock);
                let deadline = world.clock.now() + world.timeout;
                let ended = world.step(&version, *step).await;
                ended.unwrap_or_else(|error| panic!("{succession:?}: {step}: {error}"));
                for hook in toy.hooks() {
                    let left = deadline.duration_since(hook.began).expect("in time");
                    let expected = left - ANSWER;
                    assert_eq!(hook.time_left, expected, "{succession:?}: {}", hook.name);
                }
            }
        }
    }
}

/// The second `set`, after a look at AWSPREVIOUS.
#[tokio::test]
async fn a_second_set_has_less_time() {
    let mut toy = Toy::new(Succession::Alternate);
    toy.unclaimed = true;
    let mut world = World::new(&toy).await;
    let previous = r#"{"host":"toy","username":"user0_clone","password":"older-password"}"#;
    world
        .store
        .insert(version_id(50), Some(previous), vec![Stage::Previous]);
    world.store.slow_down(SECOND);
    let version = world.begin();
    world.step(&version, Create).await.expect("createSecret");
    world.step(&version, Set).await.expect("setSecret");
    let hooks = toy.hooks();
    let sets: Vec<_> = hooks.iter().filter(|hook| hook.name == "set").collect();
    let [first, second] = sets[..] else {
        panic!("two calls of set: {hooks:?}");
    };
    assert_eq!(first.time_left - second.time_left, SECOND);
}

/// Whatever the time limit: a hook that changes something begins with enough of it, or not at all.
#[tokio::test]
async fn no_write_begins_late() {
    for seconds in 5..30 {
        let mut toy = Toy::issuing(Succession::Coexist);
        toy.config.retire = RetirePolicy::AfterFinish;
        let mut world = World::with(&toy, &with_admin(toy.subject().await));
        world.timeout = Duration::from_secs(seconds);
        world.store.slow_down(SECOND);
        for _ in 0..2 {
            let version = world.begin();
            for step in [Create, Set, Finish] {
                toy.watch(&world.clock);
                let deadline = world.clock.now() + world.timeout;
                let _ = world.step(&version, step).await;
                assert_in_time(&toy, deadline);
            }
        }
    }
}

/// Nor does `discard`, which only the slower of two invocations comes to.
#[tokio::test]
async fn nothing_is_discarded_late() {
    let mut discarded = 0;
    for seconds in 5..30 {
        let toy = Toy::issuing(Succession::Coexist);
        let mut world = World::with(&toy, &with_admin(toy.subject().await));
        world.timeout = Duration::from_secs(seconds);
        world.store.slow_down(SECOND);
        toy.watch(&world.clock);
        let version = world.begin();
        // The second of them begins after two calls of the first.
        let deadline = world.clock.now() + world.timeout + SECOND * 2;
        let both = [Create, Create].map(|step| world.invoke(&version, step));
        join_all(both).await;
        assert_in_time(&toy, deadline);
        discarded += toy.hooks().iter().filter(|h| h.name == "discard").count();
    }
    assert!(discarded > 0);
}

fn assert_in_time(toy: &Toy<true>, deadline: SystemTime) {
    let writes = ["generate", "set", "retire", "discard"];
    let hooks = toy.hooks().into_iter();
    for hook in hooks.filter(|hook| writes.contains(&hook.name)) {
        let left = deadline.duration_since(hook.began).unwrap_or_default();
        assert!(left >= WRITE, "{} began with {left:?}", hook.name);
    }
}
