//! The function is killed before and after every request of a rotation; then a plain retry, and a later rotation.

use std::time::Duration;

use rotation_kit::aws::STEPS;
use rotation_tests::api::{Api, Kind};

use crate::lab::own;

/// Whether a rotation has so many requests. Afterwards the secret knows a live token, and the service no more than were
/// stated: two, and one that nobody knows.
async fn killed(api: &Api, kind: Kind, n: usize, done: bool) -> bool {
    let user = format!("user-{n}-{done}");
    let when = format!("{kind:?}, killed at request {n}, done: {done}");
    let lab = own(api, kind, &user).await;
    lab.rotates().await;
    let token = lab.begin();
    api.hold(n, done);
    let mut met = false;
    for step in STEPS {
        let held = async {
            while !api.holds() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        met = lab.function.kill(lab.event(&token, step), held).await;
        if met {
            break;
        }
    }
    api.let_go();
    let accepts = |label: &str| api.accepts(&user, &lab.field(label, "token"));
    if kind == Kind::Create {
        assert!(accepts("AWSCURRENT"), "{when}: locked out");
    }
    for step in STEPS {
        lab.must(&token, step).await;
    }
    assert!(accepts("AWSCURRENT"), "{when}");
    let most = if kind == Kind::Create { 3 } else { 1 };
    assert!(api.tokens(&user).len() <= most, "{when}");
    met
}

#[tokio::test]
async fn at_every_request() {
    let api = Api::start().await;
    for (kind, least) in [
        (Kind::Create, 7),
        (Kind::Roll, 4),
        (Kind::OwnRotation, 5),
        (Kind::Put, 5),
    ] {
        for done in [false, true] {
            let mut n = 0;
            while killed(&api, kind, n, done).await {
                n += 1;
            }
            assert!(n >= least, "{kind:?}: only {n} requests");
        }
    }
}
