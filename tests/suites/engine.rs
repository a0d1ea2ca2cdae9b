//! The engine and every succession, over a target in memory.

use rotation::Succession;
use rotation::protocol::RetirePolicy;
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
