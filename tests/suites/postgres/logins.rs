//! How often, and by what, users log in.

use rotation::testing::capture::Capture;
use rotation::version::Stage;
use rotation_tests::postgres::{Postgres, Release};

use crate::case::Case;
use crate::harness::Users;
use crate::servers;

/// Accounts with a limit on failed logins rotate too.
#[tokio::test]
async fn one_user_logs_in_five_times_and_never_fails() {
    let server = Postgres::shared().await;
    let users = Users::one(server);
    for rotations in [0, 1] {
        let mut case = Case::new(&users).await;
        case.after(rotations).await;
        let mark = server.log().len();
        case.world.steps(&case.version).await.expect("a rotation");
        assert_eq!(server.logins(mark, &case.user), (5, 0));
    }
}

/// What the server asks a user for, each login learns by itself.
#[tokio::test]
async fn nobody_connects_without_a_login() {
    let server = Postgres::start(Release::Debian).await;
    for two in [false, true] {
        let users = Users::of(&server, two);
        let mut case = Case::new(&users).await;
        let mark = server.log().len();
        case.world.steps(&case.version).await.expect("a rotation");
        let log = server.log();
        let lines = |text: &str| log[mark..].matches(text).count();
        let connections = lines("connection received: ");
        assert!(connections >= 5, "{log}");
        assert_eq!(connections, lines("connection authorized: "), "{log}");
    }
}

#[tokio::test]
async fn two_users_log_in_six_times_with_their_administrator() {
    let server = Postgres::shared().await;
    let users = Users::two_by_administrator(server).await;
    for rotations in [0, 1] {
        let mut case = Case::new(&users).await;
        case.after(rotations).await;
        let mark = server.log().len();
        case.world.steps(&case.version).await.expect("a rotation");
        let (old, new) = (
            case.login(&Stage::Previous).0,
            case.login(&Stage::Current).0,
        );
        assert_eq!(server.logins(mark, &old), (2, 0), "AWSCURRENT's");
        assert_eq!(server.logins(mark, &new), (3, 0), "AWSPENDING's");
        assert_eq!(
            server.logins(mark, &users.admin.0),
            (1, 0),
            "the administrator's"
        );
    }
}

/// AWS's template takes a login that needs no password for a sign that the password is set.
#[tokio::test]
async fn trust_proves_nothing() {
    let server = Postgres::shared().await;
    for two in [false, true] {
        let users = Users::of(server, two);
        let mut case = Case::new(&users).await;
        case.sql("GRANT trusted TO {user}").await;
        let capture = Capture::start();
        case.world.finish(&case.version).await;
        let warning =
            "lets this user in without a password (trust in pg_hba.conf): a login proves nothing";
        assert!(capture.text().contains(warning), "{}", capture.text());
        case.sql("REVOKE trusted FROM {user}").await;
        let (user, password) = case.login(&Stage::Current);
        assert!(
            server.accepts(&user, &password).await,
            "the password was not set"
        );
        assert_eq!(case.accepts(&case.password).await, two);
    }
}

/// Nobody is warned where a password is asked for.
#[tokio::test]
async fn no_trust_no_warning() {
    let users = Users::one(Postgres::shared().await);
    let capture = Capture::start();
    let mut case = Case::new(&users).await;
    case.world.finish(&case.version).await;
    assert!(!capture.text().contains("trust"), "{}", capture.text());
}

/// Debian's `passwordcheck` sees no more of a verifier than whether it is for the user's name.
#[tokio::test]
async fn the_servers_password_policy_is_told() {
    let users = Users::one(servers::strict().await);
    let mut case = Case::new(&users).await;
    case.put_pending(&[("password", "\"{user}\"")]);
    let words = "rejects the generated value: password must not equal user name";
    let refused = "Rotation.TargetRefused";
    case.refused("a policy", rotation::event::Step::SetSecret, refused, words)
        .await;
}
