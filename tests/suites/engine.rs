//! The engine and every succession, over a target in memory.

use rotation::Succession;
use rotation::protocol::RetirePolicy;
use rotation::testing::conformance;
use rotation_tests::toy::Toy;
use rotation_tests::wrong::{How, WrongHarness, failure};

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
    conformance::any_order(&toy).await;
    conformance::overlaps(&toy).await;
    conformance::survives_faults(&toy).await;
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

/// A rotator that breaks one promise does not pass, and the words say which.
#[tokio::test]
async fn wrong_rotators() {
    use Succession::{Alternate, Coexist, Displace, Replace};
    let refused = "the target refuses AWSCURRENT's credential; `succession` says Coexist, by which it works until";
    for (succession, how, words) in [
        (
            Coexist,
            How::SaysDisplace,
            "still accepts a credential that is older than AWSPREVIOUS's; `succession` says Displace",
        ),
        (
            Coexist,
            How::NoRetire,
            "still accepts a credential that is older than AWSPREVIOUS's; `succession` says Coexist",
        ),
        (Coexist, How::SetEndsCurrent, refused),
        (
            Coexist,
            How::RetireEndsKept,
            "after createSecret the target refuses AWSCURRENT's credential; `succession` says Coexist",
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
