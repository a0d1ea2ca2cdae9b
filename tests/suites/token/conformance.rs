//! What the conformance suite asks of rotations, for each way in which services change credentials.

use rotation::event::Step;
use rotation::testing::conformance;
use rotation_tests::api::Kind;
use rotation_tests::wrong;

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
    wrong::old_credentials(&users).await;
    wrong::answers(&users, Step::CreateSecret).await;
}
