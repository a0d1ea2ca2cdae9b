//! The whole conformance suite, faults included, on a live server.

use rotation::testing::conformance;
use rotation_tests::postgres::Postgres;

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
