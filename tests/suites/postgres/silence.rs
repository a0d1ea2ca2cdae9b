//! Servers that say nothing, and connections that nobody hears of again: an end in time, and nothing left behind.

use std::time::{Duration, Instant, SystemTime};

use rotation::clock::SystemClock;
use rotation::engine::{Engine, Limits};
use rotation::event::{Event, Step};
use rotation::testing::world::Harness;
use rotation::version::Stage;
use rotation_tests::postgres::Postgres;
use rotation_tests::proxy::Proxy;
use tokio::net::TcpListener;

use crate::case::Case;
use crate::harness::Users;
use crate::locks::{Holder, WAITING};

/// No session of a rotation is left.
const GONE: &str = "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename = {name} AND application_name = 'rotation')";

/// A black hole: takes connections, and says nothing.
#[tokio::test]
async fn a_black_hole_is_given_up() {
    let hole = TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("a free port");
    let port = hole.local_addr().expect("an address").port();
    let users = Users::one(Postgres::shared().await);
    let mut case = Case::new(&users).await;
    case.edit_current(&[("port", &port.to_string())]);
    case.step(Step::CreateSecret).await;
    let began = Instant::now();
    let words = "no answer in time. Check VPC, subnets and security groups";
    case.refused("a black hole", Step::SetSecret, "Rotation.Target", words)
        .await;
    assert!(began.elapsed() < Duration::from_secs(10));
}

/// The network goes away without a word while ALTER ROLE waits: the step ends before its deadline, the server lets go of
/// session and lock by itself, and the old password stays.
#[tokio::test]
async fn a_lost_network_changes_nothing() {
    let users = Users::one(Postgres::shared().await);
    let mut case = Case::new(&users).await;
    let proxy = Proxy::before(users.server.port()).await;
    case.edit_current(&[("port", &proxy.port().to_string())]);
    case.step(Step::CreateSecret).await;
    let holder = Holder::of(&case).await;

    let store = case.world.store.clone();
    let engine = Engine::new(users.rotator(), store, SystemClock, users.config());
    let secret = case.world.secret_id.clone();
    let event = Event::new(Step::SetSecret, secret, case.version.clone());
    let deadline = SystemTime::now() + Duration::from_secs(7);
    let limits = Limits::new(deadline, Duration::from_secs(22));
    let gone = async {
        case.until(WAITING).await;
        proxy.silence();
        holder.roll_back().await;
    };
    let ((_, ended), ()) = tokio::join!(engine.run(&event, &limits), gone);

    assert!(SystemTime::now() < limits.deadline);
    let error = ended.expect_err("nobody answered");
    assert_eq!(error.error_type(), "Rotation.Time", "{error}");
    assert!(
        error
            .to_string()
            .contains("the target did not answer within"),
        "{error}"
    );
    case.until(GONE).await;
    assert!(case.accepts(&case.password).await);
    assert!(!case.accepts(&case.login(&Stage::Pending).1).await);
}

/// AWS's template sends its ALTER ROLE and lets go: PostgreSQL carries out the statement of a client that is dead.
/// Ours needs a COMMIT that only a living client sends.
#[tokio::test]
async fn the_dead_change_nothing() {
    let server = Postgres::shared().await;
    for (two, cut) in [(false, false), (false, true), (true, true)] {
        let users = Users::of(server, two);
        let mut case = Case::new(&users).await;
        case.after(if two { 1 } else { 0 }).await;
        let proxy = Proxy::before(server.port()).await;
        let port = proxy.port().to_string();
        case.edit_current(&[("port", &port)]);
        case.edit_admin(&[("port", &port)]);
        case.step(Step::CreateSecret).await;
        let holder = Holder::of(&case).await;
        tokio::select! {
            (_, ended) = case.world.invoke(&case.version, Step::SetSecret) => panic!("did not wait: {ended:?}"),
            () = case.until(WAITING) => {}
        }
        if cut {
            proxy.cut();
        }
        holder.roll_back().await;
        case.until(&format!(
            "SELECT NOT ({})",
            WAITING.trim_start_matches("SELECT")
        ))
        .await;
        case.until(GONE).await;
        assert!(
            case.accepts(&case.password).await,
            "two users: {two}, cut: {cut}"
        );
        assert!(!case.accepts(&case.login(&Stage::Pending).1).await);
    }
}
