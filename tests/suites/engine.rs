//! The engine and every succession, over a target in memory.

use rotation::Succession;
use rotation::config::RetirePolicy;
use rotation::event::Step;
use rotation::testing::{World, conformance, version_id};
use rotation::version::Stage;
use rotation_simulation::toy::{Forgetful, Toy};
use rotation_tests::wrong::{How, WrongHarness, failure};
use serde_json::Value;

#[tokio::test]
async fn replace() {
    conformance::all(&Toy::new(Succession::Replace)).await;
}

#[tokio::test]
async fn alternate() {
    conformance::all(&Toy::new(Succession::Alternate)).await;
}

/// Nobody tests a credential there without the administrator's login.
#[tokio::test]
async fn behind_another_server() {
    conformance::all(&Toy::behind(Succession::Alternate)).await;
}

#[tokio::test]
async fn displace() {
    conformance::all(&Toy::new(Succession::Displace)).await;
}

#[tokio::test]
async fn coexist() {
    conformance::all(&Toy::new(Succession::Coexist)).await;
}

/// The target makes the credential, before it is stored: createSecret asks it, and not setSecret alone.
#[tokio::test]
async fn issued() {
    let toy = Toy::issuing(Succession::Coexist);
    conformance::rotates(&toy).await;
    conformance::repeats(&toy).await;
    conformance::heals(&toy).await;
    conformance::plans(&toy).await;
    conformance::any_order(&toy).await;
    conformance::overlaps(&toy).await;
    conformance::survives_faults(&toy).await;
}

/// Whatever a fault leaves, a person can repair.
#[tokio::test]
async fn repairs() {
    for succession in Toy::SUCCESSIONS {
        conformance::can_be_repaired(&Toy::new(succession)).await;
    }
    conformance::can_be_repaired(&Toy::issuing(Succession::Coexist)).await;
    conformance::can_be_repaired(&Toy::behind(Succession::Alternate)).await;
}

/// setSecret moves AWSCURRENT too, and ends under its own lock what it must end.
#[tokio::test]
async fn eager() {
    for succession in Toy::SUCCESSIONS {
        let mut toy = Toy::new(succession);
        toy.config.eager_finish = true;
        conformance::all(&toy).await;
    }
}

#[tokio::test]
async fn after_finish() {
    for eager in [false, true] {
        for succession in [Succession::Displace, Succession::Coexist] {
            let mut toy = Toy::new(succession);
            toy.config.eager_finish = eager;
            toy.config.retire = RetirePolicy::AfterFinish;
            conformance::all(&toy).await;
        }
    }
}

/// Two versions with one password hold the same credential, whatever else that is secret differs in them: it is not ended.
#[tokio::test]
async fn an_edit_of_another_secret() {
    let mut toy = Toy::new(Succession::Coexist);
    toy.config.retire = RetirePolicy::AfterFinish;
    let mut world = World::new(&toy).await;
    world.rotate().await;
    for (n, pin) in ["first-pin", "second-pin"].into_iter().enumerate() {
        let value = world.store.value_of(&Stage::Current).expect("a value");
        let mut edited: Value = serde_json::from_str(&value).expect("JSON");
        edited["pin"] = pin.into();
        let edited = edited.to_string();
        world.store.put_current(version_id(100 + n), &edited);
    }
    let version = world.begin();
    for step in Step::ALL {
        let ended = world.step(&version, step).await;
        ended.unwrap_or_else(|error| panic!("{step}: {error}"));
        world.assert_guarantees(&format!("after {step}")).await;
    }
    let told = world.told.concat();
    assert!(!told.contains("-pin"), "{told}");
}

/// What coexists must be ended by somebody: without a `retire`, the second rotation is refused, and nothing is lost.
#[tokio::test]
async fn a_rotator_without_retire() {
    let rotator = Forgetful(Toy::new(Succession::Coexist));
    let mut world = World::new(&rotator).await;
    world.rotate().await;
    let version = world.begin();
    let refused = world.steps(&version).await;
    let error = refused.expect_err("nobody ends the old one").to_string();
    assert!(
        error.contains("this rotator needs the hook retire, and has none"),
        "{error}"
    );
    assert!(world.current_accepted().await);
}

/// A rotator that breaks one promise does not pass, and the words say which.
#[tokio::test]
async fn wrong_rotators() {
    use Succession::{Alternate, Coexist, Displace, Replace};
    let refused = "the target refuses AWSCURRENT's credential. `succession` says Coexist, by which it works until";
    for (succession, how, words) in [
        (
            Coexist,
            How::SaysDisplace,
            "still accepts a credential that is older than AWSPREVIOUS's. `succession` says Displace",
        ),
        (
            Coexist,
            How::NoRetire,
            "still accepts a credential that is older than AWSPREVIOUS's. `succession` says Coexist",
        ),
        (Coexist, How::SetEndsCurrent, refused),
        (
            Coexist,
            How::RetireEndsKept,
            "after createSecret the target refuses AWSCURRENT's credential. `succession` says Coexist",
        ),
        (
            Coexist,
            How::Lasts,
            "after a plan the target refuses AWSCURRENT's credential",
        ),
        (Replace, How::NoLock, "called without the lock"),
        (Alternate, How::NoLock, "called without the lock"),
        (Displace, How::NoLock, "called without the lock"),
        (Coexist, How::ErrorIsReject, "no answer reads as a refusal"),
        (
            Replace,
            How::AcceptsAnything,
            "AWSCURRENT is not accepted after a rotation",
        ),
    ] {
        let toy = Toy::new(succession);
        let said = failure(conformance::all(&WrongHarness::new(&toy, how))).await;
        assert!(said.contains(words), "{succession:?}, {how:?}: {said}");
    }
    let toy = Toy::new(Replace);
    let wrong = WrongHarness::new(&toy, How::ErrorIsReject);
    let said = failure(conformance::tells_busy_from_reject(&wrong)).await;
    let words = "the target does not say that the credential is wrong, and `test` says Reject";
    assert!(said.contains(words), "{said}");
}
