//! The list of a user's credentials: none, a long one, one in pages.

use rotation::event::Step;
use rotation::testing::World;
use rotation_tests::api::Kind;

use crate::harness::Users;
use crate::hostile::{FAILED, json, meets, once, raw};

/// Row 111: entries that are none.
#[tokio::test]
async fn lists() {
    let words = "the answer has no list of entries with an id at /tokens";
    for body in [
        r#"{"tokens":[{"name":"x"}]}"#,
        r#"{"tokens":7}"#,
        r#"{"other":[]}"#,
        "[]",
    ] {
        meets(
            Step::CreateSecret,
            "GET /users",
            json(200, body),
            FAILED,
            words,
        )
        .await;
    }
}

/// T4: an account has more than 64 KB of them; a service that has no end of them is told.
#[tokio::test]
async fn long_lists() {
    let users = Users::start(Kind::Create, &[]).await;
    users.api.pad(100_000);
    let mut world = World::new(&users).await;
    for _ in 0..2 {
        world.rotate().await;
    }
    users.api.pad(5 << 20);
    let version = world.begin();
    let error = world.step(&version, Step::CreateSecret).await;
    let error = error.expect_err("5 MB").to_string();
    assert!(
        error.contains("the answer is larger than 4096 KB"),
        "{error}"
    );
    users.api.pad(0);
    world.finish(&version).await;
}

/// T4: a list that is cut is not taken for a whole one.
#[tokio::test]
async fn pages_that_the_profile_does_not_know() {
    let users = Users::start(Kind::Limited, &[]).await;
    let mut world = World::new(&users).await;
    let body = r#"{"tokens":[{"id":"t1"}]}"#;
    let link = "link: <https://localhost/users/x/tokens?cursor=a,b>; rel=\"next\"";
    let head = format!("200 OK\r\n{link}\r\ncontent-length: {}", body.len());
    users.api.fail(once("GET /users", raw(&head, body)));
    let version = world.begin();
    let error = world.step(&version, Step::CreateSecret).await;
    let error = error.expect_err("there are more").to_string();
    let words = "the list has more than one page, and the profile does not say how to read on";
    assert!(error.contains(words), "{error}");
    world.finish(&version).await;
}

/// Row 111: pages that lead in a circle.
#[tokio::test]
async fn pages_in_a_circle() {
    let users = Users::start(Kind::Create, &[]).await;
    let mut world = World::new(&users).await;
    let version = world.begin();
    for _ in 0..2 {
        let says = json(200, r#"{"tokens":[],"next":"1"}"#);
        users.api.fail(once("GET /users", says));
    }
    let error = world.step(&version, Step::CreateSecret).await;
    let error = error.expect_err("a circle").to_string();
    assert!(error.contains("lead back to one that was read"), "{error}");
    world.finish(&version).await;
}
