//! What services do that is not wrong, or not seen to be: they forget, hesitate, allow no more, and lie.

use std::time::Duration;

use rotation::event::Step;
use rotation::testing::World;
use rotation_tests::api::{Api, Kind, Mishap};
use rotation_tests::tls::Ca;

use crate::harness::Users;
use crate::hostile::json;

/// Row 112: it is gone already.
#[tokio::test]
async fn revoked_by_somebody_else() {
    let users = Users::start(Kind::Create, &[]).await;
    let mut world = World::new(&users).await;
    world.rotate().await;
    let (at, done) = ("DELETE", true);
    users.api.fail(Mishap {
        at,
        done,
        says: json(404, ""),
    });
    world.rotate().await;
    assert_eq!(users.api.unmet(), 0);
}

/// Its DELETE says that it is done, and does nothing: reported, not believed.
#[tokio::test]
async fn a_service_that_lies() {
    let users = Users::start(Kind::Create, &[]).await;
    let mut world = World::new(&users).await;
    world.rotate().await;
    users.api.lie();
    let version = world.begin();
    let error = world.step(&version, Step::CreateSecret).await;
    let error = error.expect_err("it lives").to_string();
    let words = "says that the old credential is revoked, but it still works";
    assert!(error.contains(words), "{error}");
    world.assert_guarantees("after the lie").await;
}

/// Row 110: no certificate but one that is valid, of this name, and by a known authority.
#[tokio::test]
async fn certificates() {
    let (ca, other) = (Ca::shared(), Ca::new());
    for (identity, words) in [
        (ca.expired("localhost"), "its certificate has expired"),
        (
            ca.identity("other.example"),
            "its certificate is for another name",
        ),
        (
            other.identity("localhost"),
            "name that one's PEM file in API_CA_BUNDLE",
        ),
    ] {
        let users = Users::at(Api::with(&identity).await, Kind::Create, &[]);
        let mut world = World::new(&users).await;
        let version = world.begin();
        let error = world.step(&version, Step::CreateSecret).await;
        let error = error.expect_err(words).to_string();
        assert!(error.contains(words), "{error}");
        assert_eq!(users.api.asked(), Vec::<String>::new());
    }
}

/// Row 113: a new token is taken everywhere a moment later; the profile says how long that may be.
#[tokio::test]
async fn a_token_that_must_settle() {
    let users = Users::start(Kind::Settles, &[]).await;
    users.api.hesitate(2);
    World::new(&users).await.rotate().await;
    let strict = Users::start(Kind::Create, &[]).await;
    strict.api.hesitate(2);
    let mut world = World::new(&strict).await;
    let version = world.begin();
    let made = world.step(&version, Step::CreateSecret).await;
    made.expect("createSecret");
    let error = world.step(&version, Step::SetSecret).await;
    let error = error.expect_err("not yet");
    assert_eq!(error.error_type(), "Rotation.PendingRejected", "{error}");
}

/// As many as the service allows are there: which, and what to do. What an earlier try left goes when it is old enough.
#[tokio::test]
async fn no_room() {
    let users = Users::start(Kind::Limited, &[]).await;
    users.api.limit(2);
    let mut world = World::new(&users).await;
    let version = world.begin();
    users.api.lose(1, true);
    let lost = world.step(&version, Step::CreateSecret).await;
    assert!(users.api.heal() && lost.is_err(), "the POST was lost");
    let error = world.step(&version, Step::CreateSecret).await;
    let error = error.expect_err("two are there").to_string();
    let words = "no room for another credential: the service allows 2, and has t1 (AWSCURRENT), t2";
    assert!(error.contains(words), "{error}");
    world.clock.advance(Duration::from_secs(100));
    world.finish(&version).await;
    world.rotate().await;
}
