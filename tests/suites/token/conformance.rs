//! What the conformance suite asks of rotations, for each way in which services change credentials.

use rotation::testing::conformance;
use rotation_tests::api::Kind;
use rotation_tests::wrong::{How, WrongHarness, failure};

use crate::harness::Users;

/// Both live: the whole suite, whenever the old one is revoked.
#[tokio::test]
async fn create() {
    for variables in [&[][..], &[("RETIRE_PREVIOUS", "after-finish")]] {
        conformance::all(&Users::start(Kind::Create, variables).await).await;
    }
}

/// T3: who makes a call is who logs in for it, and a token that cannot log in is dead.
#[tokio::test]
async fn sessions() {
    conformance::all(&Users::start(Kind::Login, &[]).await).await;
}

#[tokio::test]
async fn create_and_never_revoke() {
    let never = &[("RETIRE_PREVIOUS", "never")];
    conformance::rotates(&Users::start(Kind::Create, never).await).await;
}

/// We draw the value: the whole suite.
#[tokio::test]
async fn put_value() {
    conformance::all(&Users::start(Kind::Put, &[]).await).await;
}

/// The service ends the old value when it makes the new one: nothing can hold if the answer with the new one is lost
/// (faults, two at once), until the next try, which `in_place` is about.
#[tokio::test]
async fn in_place() {
    for kind in [Kind::Roll, Kind::OwnRotation] {
        let users = Users::start(kind, &[]).await;
        conformance::rotates(&users).await;
        conformance::repeats(&users).await;
        conformance::keeps_unknown_fields(&users).await;
        conformance::tells_reject_from_error(&users).await;
        conformance::heals(&users).await;
        conformance::any_order(&users).await;
        conformance::leaks_nothing(&users).await;
    }
}

/// What breaks one promise does not pass.
#[tokio::test]
async fn wrong_rotators() {
    let users = Users::start(Kind::Create, &[]).await;
    let refused = "the target refuses AWSCURRENT's credential; `succession` says Coexist";
    for (how, words) in [
        (
            How::SaysDisplace,
            "still accepts a credential that is older than AWSPREVIOUS's",
        ),
        (
            How::NoRetire,
            "by which `retire` ends it in the next rotation",
        ),
        (How::SetEndsCurrent, refused),
        (How::RetireEndsKept, refused),
    ] {
        let said = failure(conformance::rotates(&WrongHarness::new(&users, how))).await;
        assert!(said.contains(words), "{how:?}: {said}");
    }
    let wrong = WrongHarness::new(&users, How::ErrorIsReject);
    let said = failure(conformance::tells_reject_from_error(&wrong)).await;
    assert!(said.contains("no answer reads as a refusal"), "{said}");
    let said = failure(conformance::tells_busy_from_reject(&wrong)).await;
    assert!(said.contains("and `test` says Reject"), "{said}");
    let wrong = WrongHarness::new(&users, How::AcceptsAnything);
    let said = failure(conformance::tells_reject_from_error(&wrong)).await;
    assert!(said.contains("createSecret must fail"), "{said}");
}
