//! The whole conformance suite, faults included, on a live server.

use rotation::event::Step;
use rotation::testing::conformance;
use rotation_tests::postgres::Postgres;
use rotation_tests::wrong;

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
        wrong::locks(&users).await;
        wrong::answers(&users, Step::SetSecret).await;
    }
}
