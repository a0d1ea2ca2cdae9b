//! What services do that is not wrong, or not seen to be: they forget, hesitate, allow no more, and lie.

use std::time::Duration;

use rotation::event::Step;
use rotation::testing::World;
use rotation::testing::world::Harness;
use rotation_kit::tls::Ca;
use rotation_tests::api::{Api, Kind, Mishap};

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
            ca.identity(&["other.example"]),
            "its certificate is for another name",
        ),
        (
            other.identity(&["localhost"]),
            "Name the PEM file of that authority in API_CA_BUNDLE",
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

/// Where nothing tells ours from others', another token stays, unless the function's owner says that nobody else uses the
/// accounts; and then until it is older than anything that may still run.
#[tokio::test]
async fn no_names() {
    for (sole, date, swept) in [
        (false, "2026-01-01T00:00:00Z", false),
        (true, "2026-12-31T00:00:00Z", false),
        (true, "2026-01-01T00:00:00Z", true),
    ] {
        let variables: &[_] = match sole {
            true => &[("TOKEN_SOLE_OWNER", "true")],
            false => &[],
        };
        let users = Users::start(Kind::Nameless, variables).await;
        let subject = users.subject().await;
        users.api.date(date);
        users.api.another("user0");
        let mut world = World::with(&users, &subject);
        let version = world.begin();
        match world.step(&version, Step::CreateSecret).await {
            Ok(_) => assert!(swept, "{sole} {date}"),
            Err(error) => assert!(
                !swept && error.to_string().contains("and has t1 (AWSCURRENT), t2"),
                "{error}"
            ),
        }
        let ids: Vec<String> = users
            .api
            .tokens("user0")
            .into_iter()
            .map(|token| token.id)
            .collect();
        assert_eq!(ids, if swept { ["t1", "t3"] } else { ["t1", "t2"] });
    }
}

/// A list that has everybody's credentials is not swept, though nobody else uses the accounts.
#[tokio::test]
async fn no_names_and_everybodys_list() {
    let users = Users::start(Kind::Everybodys, &[("TOKEN_SOLE_OWNER", "true")]).await;
    let stranger = users.api.user("stranger");
    let mut world = World::new(&users).await;
    for _ in 0..3 {
        world.rotate().await;
    }
    assert!(users.api.accepts("stranger", &stranger.value));
    assert_eq!(users.api.tokens("user0").len(), 2);
}

/// As many as the service allows are there: which, and what to do. What an earlier try left goes when it is old enough.
#[tokio::test]
async fn no_room() {
    let users = Users::start(Kind::Limited, &[]).await;
    users.api.limit(2);
    let mut world = World::new(&users).await;
    let version = world.begin();
    users.api.lose(2, true);
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
