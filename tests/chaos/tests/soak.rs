//! A sample of scripts/soak.

use rotation_chaos::engine::Engine;
use rotation_chaos::soak::{Plan, soak};

async fn sample(name: &str) -> rotation_chaos::soak::Figures {
    let plan = Plan {
        rotations: 20,
        clients: 4,
    };
    let mut done = 0;
    let figures = soak(Engine::named(name)[0], plan, &mut |n| done = n).await;
    let figures = figures.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(done, plan.rotations);
    assert!(figures.good(), "{figures:?}");
    figures
}

#[tokio::test(flavor = "multi_thread")]
async fn two_users_are_never_refused() {
    let figures = sample("postgres/alternating-users").await;
    assert_eq!(figures.found.refused, 0, "{figures:?}");
}

/// So the clients of the test above would see a refusal, if there was one.
#[tokio::test(flavor = "multi_thread")]
async fn one_user_is_refused_for_a_while() {
    let figures = sample("postgres/single-user").await;
    assert!(!figures.found.windows.is_empty(), "{figures:?}");
}
