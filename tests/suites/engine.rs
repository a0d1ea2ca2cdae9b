//! The engine and every succession, over a target in memory.

use rotation::Succession;
use rotation::testing::conformance;
use rotation_tests::toy::Toy;

#[tokio::test]
async fn replace() {
    conformance::all(&Toy::new(Succession::Replace)).await;
}

#[tokio::test]
async fn alternate() {
    conformance::all(&Toy::new(Succession::Alternate)).await;
}

#[tokio::test]
async fn displace() {
    conformance::all(&Toy::new(Succession::Displace)).await;
}

#[tokio::test]
async fn coexist() {
    conformance::all(&Toy::new(Succession::Coexist)).await;
}
