//! With two users no login is refused, at no moment; with one, for how long.

use rotation_tests::availability::watch;
use rotation_tests::postgres::Postgres;

use crate::harness::Users;

#[tokio::test]
async fn two_users() {
    let users = Users::two(Postgres::shared().await);
    let seen = watch(&users, 200).await;
    assert!(seen.refused == 0 && seen.logins > 200, "{seen:?}");
}

/// The window that one password has by nature: it is measured, and said.
#[tokio::test]
#[expect(clippy::print_stderr, reason = "a figure for whoever runs the tests")]
async fn one_user() {
    let users = Users::one(Postgres::shared().await);
    let seen = watch(&users, 10).await;
    eprintln!(
        "PostgreSQL, one user: AWSCURRENT refused for up to {:?}: {seen:?}",
        seen.longest
    );
    assert!(seen.logins > seen.refused, "{seen:?}");
}
