//! States of two users who take turns.

use rotation::event::Step;
use rotation::testing::version_id;
use rotation::version::Stage;
use rotation_tests::postgres::Postgres;

use crate::case::Case;
use crate::harness::Users;

const REFUSED: &str = "Rotation.TargetRefused";

/// What is wrong, how the superuser brings it about, how many rotations come before, and the words.
struct Row(&'static str, &'static str, usize, &'static str);

const ROWS: &[Row] = &[
    Row(
        "a superuser",
        "ALTER ROLE {user} SUPERUSER",
        0,
        "is a superuser: it cannot take turns with another user",
    ),
    Row(
        "for replication",
        "ALTER ROLE {user} REPLICATION",
        0,
        "is allowed to replicate: it cannot take turns",
    ),
    Row(
        "no login for the other",
        "ALTER ROLE {user} NOLOGIN",
        1,
        "may not log in: ALTER ROLE \"app",
    ),
    Row(
        "the first user is gone",
        "DROP ROLE {user}",
        1,
        "does not exist: only app",
    ),
    Row(
        "a stranger of that name",
        "CREATE ROLE {clone} LOGIN PASSWORD 'Strangers-password'",
        0,
        "exists, and neither the server nor the secret shows that it takes turns with app",
    ),
    Row(
        "a group of that name",
        "CREATE ROLE {clone}",
        0,
        "exists, and neither the server nor the secret shows that it takes turns with app",
    ),
    Row(
        "a superuser of that name",
        "CREATE ROLE {clone} LOGIN SUPERUSER; COMMENT ON ROLE {clone} IS 'second user of a rotation: app'",
        0,
        "_clone is a superuser: it cannot be the second user",
    ),
];

#[tokio::test]
async fn each_is_refused() {
    let server = Postgres::shared().await;
    for Row(what, sql, rotations, words) in ROWS {
        let users = Users::two(server);
        let mut case = Case::new(&users).await;
        case.after(*rotations).await;
        case.step(Step::CreateSecret).await;
        case.sql(sql).await;
        case.refused(what, Step::SetSecret, REFUSED, words).await;
    }
}

/// A user called `…_clone` by chance: the one without the suffix belongs to somebody else.
#[tokio::test]
async fn the_suffix_by_chance() {
    let server = Postgres::shared().await;
    let users = Users::two(server);
    let mut case = Case::new(&users).await;
    case.sql("CREATE ROLE {clone} LOGIN PASSWORD 'By-chance'")
        .await;
    case.edit_current(&[
        ("username", "\"{user}_clone\""),
        ("password", "\"By-chance\""),
    ]);
    case.step(Step::CreateSecret).await;
    let words = format!(
        "user {} exists, and neither the server nor the secret shows that it takes turns with",
        case.user
    );
    case.refused("by chance", Step::SetSecret, REFUSED, &words)
        .await;
    assert!(case.accepts(&case.password).await);
}

/// Each sign by which a second user is ours is enough, and then there is the comment.
#[tokio::test]
async fn each_sign_of_ours_is_enough() {
    let server = Postgres::shared().await;
    let users = Users::two(server);
    let signs = [
        "GRANT {user} TO {clone}",
        "COMMENT ON ROLE {clone} IS 'second user of a rotation: app'",
        "",
    ];
    for sign in signs {
        let mut case = Case::new(&users).await;
        case.sql("CREATE ROLE {clone} NOLOGIN NOINHERIT CONNECTION LIMIT 0; CREATE TABLE {clone} (); ALTER TABLE {clone} OWNER TO {user}")
            .await;
        case.sql(sign).await;
        if sign.is_empty() {
            let value = users.secret(&case.clone_name(), "Forgotten-password");
            let store = &case.world.store;
            store.insert(version_id(90), Some(&value), vec![Stage::Previous]);
        }
        case.world.finish(&case.version).await;
        assert_eq!(case.login(&Stage::Current).0, case.clone_name());
        let comment = case
            .ask("SELECT shobj_description('{clone}'::regrole, 'pg_authid')")
            .await;
        assert_eq!(
            comment,
            [format!("second user of a rotation: {}", case.user)]
        );
    }
}

/// Dropped by somebody between two rotations: made again, with all rights.
#[tokio::test]
async fn a_second_user_who_is_gone_is_made_again() {
    let server = Postgres::shared().await;
    let users = Users::two(server);
    let mut case = Case::new(&users).await;
    case.sql("CREATE TABLE {user} (n int); ALTER TABLE {user} OWNER TO {user}")
        .await;
    case.after(2).await;
    case.sql("DROP ROLE {clone}").await;
    case.world.finish(&case.version).await;
    let (clone, password) = case.login(&Stage::Current);
    let count = format!("SELECT count(*) FROM \"{}\"", case.user);
    let answer = server.ask_as(&clone, &password, &count).await;
    assert_eq!(answer.expect("all rights of the first"), ["0"]);
}
