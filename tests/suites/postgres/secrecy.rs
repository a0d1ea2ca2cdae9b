//! No password in any log: the server's, with every statement and every failure in it, or ours.

use rotation::event::Step;
use rotation::testing::capture::Capture;
use rotation_tests::postgres::Postgres;

use crate::case::Case;
use crate::harness::Users;
use crate::locks::Holder;
use crate::servers;

#[tokio::test]
async fn of_one_user() {
    let server = servers::strict().await;
    watched(&Users::one(server)).await;
}

#[tokio::test]
async fn of_two_users() {
    let server = servers::strict().await;
    let users = Users::two_by_administrator(server).await;
    watched(&users).await;
}

/// Three rotations that work, so that the first user's turn is next, and one whose ALTER ROLE fails; each password is looked for everywhere.
async fn watched(users: &Users<'_>) {
    let server = users.server;
    let capture = Capture::start();
    let mut case = Case::new(users).await;
    let mark = server.log().len();
    let mut passwords = vec![case.password.clone(), users.admin.1.clone()];
    for _ in 0..3 {
        case.after(1).await;
        passwords.extend(labelled(&case));
    }
    case.step(Step::CreateSecret).await;
    passwords.extend(labelled(&case));
    fails(&mut case).await;

    let log = server.log()[mark..].to_owned();
    shows(&log, &case);
    let ours = format!("{}{}", capture.text(), case.world.told.concat());
    assert!(ours.contains("another transaction holds a lock"));
    for password in passwords {
        assert!(
            !log.contains(&password),
            "a password is in the server's log"
        );
        assert!(
            !ours.contains(&password),
            "a password is in our log, a report or an error"
        );
    }
}

fn labelled(case: &Case<'_>) -> Vec<String> {
    let values = case.world.store.labelled_values();
    values.iter().map(|value| Users::login(value).1).collect()
}

async fn fails(case: &mut Case<'_>) {
    let holder = Holder::of(case).await;
    let words = "another transaction holds a lock";
    case.refused("a lock", Step::SetSecret, "Rotation.Target", words)
        .await;
    holder.roll_back().await;
}

/// The log does have the statements: that of the failure, and a password that somebody else sends as it is.
fn shows(log: &str, case: &Case<'_>) {
    let statement = format!("ALTER ROLE \"{}\" PASSWORD 'SCRAM-SHA-256$4096:", case.user);
    assert!(
        log.matches(&statement).count() >= 2,
        "no statement is in the log"
    );
    assert!(log.contains("canceling statement due to lock timeout"));
}

/// What the search would find: a password in a statement of somebody else's.
#[tokio::test]
async fn the_search_finds_what_is_there() {
    let server: &Postgres = servers::strict().await;
    let (user, password) = server.fresh_user("careless").await;
    let statement = format!("ALTER ROLE {user} PASSWORD 'Careless-password-1'");
    server
        .ask_as(&user, &password, &statement)
        .await
        .expect("its own password");
    assert!(server.log().contains("Careless-password-1"));
    assert!(!server.log().contains(&password));
}
