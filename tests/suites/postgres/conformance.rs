//! The whole conformance suite, faults included, on a live server.

use rotation::testing::conformance;
use rotation_tests::postgres::Postgres;
use rotation_tests::wrong::{How, WrongHarness, failure};

use crate::harness::Users;

#[tokio::test]
async fn one_user() {
    let server = Postgres::shared().await;
    conformance::all(&Users::one(server)).await;
}

#[tokio::test]
async fn two_users() {
    let server = Postgres::shared().await;
    conformance::all(&Users::two(server)).await;
}

/// What breaks one promise does not pass.
#[tokio::test]
async fn wrong_rotators() {
    let server = Postgres::shared().await;
    for users in [Users::one(server), Users::two(server)] {
        let with = |how| WrongHarness::new(&users, how);
        let said = failure(conformance::keeps_others_out(&with(How::NoLock))).await;
        assert!(
            said.contains("two sessions hold the lock of one secret"),
            "{said}"
        );
        let wrong = with(How::ErrorIsReject);
        let said = failure(conformance::tells_reject_from_error(&wrong)).await;
        assert!(said.contains("no answer reads as a refusal"), "{said}");
        let said = failure(conformance::tells_busy_from_reject(&wrong)).await;
        assert!(said.contains("and `test` says Reject"), "{said}");
        let wrong = with(How::AcceptsAnything);
        let said = failure(conformance::tells_reject_from_error(&wrong)).await;
        assert!(said.contains("setSecret must fail"), "{said}");
    }
}
