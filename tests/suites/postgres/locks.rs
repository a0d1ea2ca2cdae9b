//! Somebody else is at work on the same role, or the connection ends in the middle.

use rotation::event::Step;
use rotation::version::Stage;
use rotation_tests::postgres::Postgres;
use rotator_postgres::quoting::literal;
use tokio_postgres::Client;

use crate::case::Case;
use crate::harness::Users;
use crate::servers;

/// A session of a rotation waits for a lock on this user's role.
pub(crate) const WAITING: &str = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'rotation' \
     AND wait_event_type = 'Lock' AND strpos(query, 'ALTER ROLE {user}') > 0)";

/// A transaction of somebody else that has changed a case's role, and does not end.
pub(crate) struct Holder(Client);

impl Holder {
    pub(crate) async fn of(case: &Case<'_>) -> Self {
        let (client, _) = case.users.server.superuser().await;
        let change = format!("BEGIN; ALTER ROLE \"{}\" VALID UNTIL 'infinity'", case.user);
        client.batch_execute(&change).await.expect("a role");
        Self(client)
    }

    pub(crate) async fn roll_back(self) {
        self.0
            .batch_execute("ROLLBACK")
            .await
            .expect("a transaction");
    }

    async fn commit(self) {
        self.0.batch_execute("COMMIT").await.expect("a transaction");
    }
}

#[tokio::test]
async fn a_busy_role_is_left_alone() {
    let users = Users::one(Postgres::shared().await);
    let mut case = Case::new(&users).await;
    case.step(Step::CreateSecret).await;
    let holder = Holder::of(&case).await;
    let words = "is busy: another transaction holds a lock. Nothing was changed";
    case.refused(
        "a lock on the role",
        Step::SetSecret,
        "Rotation.Target",
        words,
    )
    .await;
    holder.roll_back().await;
    case.world.finish(&case.version).await;
}

/// "tuple concurrently updated" is no reason to fail: with one user, and with two, whose turn is the first one's.
#[tokio::test]
async fn a_role_changed_at_the_same_time_is_tried_again() {
    let server = Postgres::shared().await;
    for two in [false, true] {
        let users = Users::of(server, two);
        let mut case = Case::new(&users).await;
        case.after(if two { 1 } else { 0 }).await;
        case.step(Step::CreateSecret).await;
        let holder = Holder::of(&case).await;
        let mark = server.log().len();
        let release = async {
            case.until(WAITING).await;
            holder.commit().await;
        };
        let ((_, ended), ()) =
            tokio::join!(case.world.invoke(&case.version, Step::SetSecret), release);
        ended.expect("tried again");
        assert!(server.log()[mark..].contains("tuple concurrently updated"));
        case.world.finish(&case.version).await;
    }
}

#[tokio::test]
async fn another_invocation_is_told_by_the_lock() {
    let server = Postgres::shared().await;
    for two in [false, true] {
        let users = Users::of(server, two);
        let mut case = Case::new(&users).await;
        case.step(Step::CreateSecret).await;
        let (other, _) = server.superuser().await;
        let key = literal(case.world.secret_id.as_str());
        let lock = format!("SELECT pg_advisory_lock(hashtextextended({key}, 0))");
        other.batch_execute(&lock).await.expect("a free lock");
        let words = "another invocation is at work on this secret";
        case.refused("locked", Step::SetSecret, "Rotation.Busy", words)
            .await;
        other
            .batch_execute("SELECT pg_advisory_unlock_all()")
            .await
            .expect("an answer");
        case.world.finish(&case.version).await;
    }
}

/// The session is ended before COMMIT: nothing was changed, and the next try works.
#[tokio::test]
async fn a_session_ended_before_commit() {
    let users = Users::one(Postgres::shared().await);
    let mut case = Case::new(&users).await;
    case.step(Step::CreateSecret).await;
    let holder = Holder::of(&case).await;
    let end = async {
        case.until(WAITING).await;
        case.sql(
            &WAITING
                .replace(
                    "SELECT EXISTS (SELECT FROM",
                    "SELECT pg_terminate_backend(pid) FROM",
                )
                .replace("> 0)", "> 0"),
        )
        .await;
    };
    let ((_, ended), ()) = tokio::join!(case.world.invoke(&case.version, Step::SetSecret), end);
    let error = ended.expect_err("its session was ended");
    assert_eq!(error.error_type(), "Rotation.Target", "{error}");
    assert!(
        error
            .to_string()
            .contains("is starting, stopping or recovering"),
        "{error}"
    );
    holder.roll_back().await;
    assert!(case.accepts(&case.password).await);
    case.world.finish(&case.version).await;
}

/// The session is ended during COMMIT, which took effect: the step cannot know, and the next try finds out.
#[tokio::test]
async fn a_session_ended_during_commit() {
    let users = Users::one(servers::strict().await);
    let mut case = Case::new(&users).await;
    case.step(Step::CreateSecret).await;
    case.sql("ALTER ROLE {user} SET synchronous_commit = on")
        .await;
    let committing = "FROM pg_stat_activity WHERE usename = {name} AND wait_event = 'SyncRep'";
    let end = async {
        case.until(&format!("SELECT EXISTS (SELECT {committing})"))
            .await;
        case.sql(&format!("SELECT pg_terminate_backend(pid) {committing}"))
            .await;
    };
    let ((_, ended), ()) = tokio::join!(case.world.invoke(&case.version, Step::SetSecret), end);
    let error = ended.expect_err("its session was ended");
    assert_eq!(error.error_type(), "Rotation.Target", "{error}");
    assert!(
        error.to_string().contains(" broke the connection: "),
        "{error}"
    );
    assert!(
        case.accepts(&case.login(&Stage::Pending).1).await,
        "COMMIT had taken effect"
    );
    case.world.finish(&case.version).await;
}
