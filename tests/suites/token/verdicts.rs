//! What an answer says about a token: yes, no, or nothing.

use rotation::event::Step;
use rotation::testing::World;
use rotation_tests::api::{Api, Kind};

use crate::harness::Users;
use crate::hostile::{CREATE, FAILED, REFUSED, json, meets, once};

/// No status but those that the profile names is a verdict on a token.
#[tokio::test]
async fn neither_accepted_nor_refused() {
    for (status, error_type, words) in [
        (403, REFUSED, "(403)"),
        (429, FAILED, "(429)"),
        (500, FAILED, "(500)"),
        (503, FAILED, "(503)"),
        // T5: of a firewall, which knows no token.
        (401, REFUSED, "(401)"),
    ] {
        meets(
            Step::TestSecret,
            "GET /me",
            json(status, "<html>blocked</html>"),
            error_type,
            words,
        )
        .await;
    }
}

/// T5: and what nobody has tried is not proven dead.
#[tokio::test]
async fn a_firewall_proves_nothing() {
    let users = Users::start(Kind::Create, &[]).await;
    let mut world = World::new(&users).await;
    world.rotate().await;
    let version = world.begin();
    for _ in 0..2 {
        users
            .api
            .fail(once("GET /me", json(401, "<html>blocked</html>")));
        let error = world.step(&version, Step::CreateSecret).await;
        let error = error.expect_err("nobody was asked");
        assert_eq!(error.error_type(), REFUSED, "{error}");
        assert_eq!(users.api.unmet(), 0);
    }
    world.finish(&version).await;
}

/// What a service hands out at a login is not shown, whatever the service says about it.
#[tokio::test]
async fn sessions_are_not_told() {
    let users = Users::start(Kind::Login, &[]).await;
    let mut world = World::new(&users).await;
    let version = world.begin();
    let session = format!("session-of-{}", Api::ADMIN);
    users
        .api
        .fail(once(CREATE, json(400, &format!("{session} is odd"))));
    let error = world.step(&version, Step::CreateSecret).await;
    let error = error.expect_err("it is odd").to_string();
    assert!(
        error.contains("[REDACTED] is odd") && !error.contains("session-of"),
        "{error}"
    );
    world.finish(&version).await;
}
