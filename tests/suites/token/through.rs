//! What once stopped rotations for good, through the real function.

use rotation_tests::api::{Api, Kind};

use crate::hostile::{json, once};
use crate::lab::own;

/// T3: the administrator and each token have a session of their own.
#[tokio::test]
async fn sessions() {
    let api = Api::start().await;
    let lab = own(&api, Kind::Login, "app").await;
    let mut tokens = vec![lab.field("AWSCURRENT", "token")];
    for _ in 0..3 {
        lab.rotates().await;
        tokens.push(lab.field("AWSCURRENT", "token"));
    }
    let alive = tokens.iter().map(|token| api.accepts("app", token));
    assert_eq!(alive.collect::<Vec<_>>(), [false, false, true, true]);
}

/// T4: a list of more than 64 KB.
#[tokio::test]
async fn a_long_list() {
    let api = Api::start().await;
    api.pad(70_000);
    let lab = own(&api, Kind::Create, "app").await;
    for _ in 0..3 {
        lab.rotates().await;
    }
}

/// T5: a firewall says nothing about a token.
#[tokio::test]
async fn a_firewall() {
    let api = Api::start().await;
    let lab = own(&api, Kind::Create, "app").await;
    let token = lab.until("setSecret").await;
    api.fail(once("GET /me", json(401, "<html>blocked</html>")));
    let error = lab.step(&token, "testSecret").await.expect_err("blocked");
    assert_eq!(
        error.error_type, "Rotation.TargetRefused",
        "{}",
        error.message
    );
    lab.steps_from(&token, "testSecret")
        .await
        .expect("the rest");
}
