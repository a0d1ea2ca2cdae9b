//! Through pgbouncer: a rotation leaves nothing on a session that an application gets next, or is refused by name.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rotation::event::Step;
use rotation::version::Stage;
use rotation_tests::postgres::{Pooler, Postgres, Release};
use tokio_postgres::{Client, NoTls};

use crate::case::Case;
use crate::harness::Users;

/// What an application's sessions have, one line each: settings, its table by a short name, and locks that somebody left.
const SEEN: &str = "SELECT concat_ws(' ', current_setting('search_path'), current_setting('statement_timeout'), \
    current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout'), \
    current_setting('idle_session_timeout'), current_user = session_user, (SELECT count(*) FROM orders), \
    (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'))";
const CLEAN: &str = "\"$user\", public 0 0 0 0 t 1 0";

async fn through(pooler: &Pooler, user: &str, password: &str) -> Client {
    let mut config = tokio_postgres::Config::new();
    config.host("127.0.0.1").port(pooler.port()).user(user);
    config.password(password).dbname("postgres");
    let (client, connection) = config.connect(NoTls).await.expect("a login");
    tokio::spawn(connection);
    client
}

/// Applications that never stop: short transactions through the pool, of sessions that were there before.
struct Busy {
    stop: Arc<AtomicBool>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Busy {
    async fn start(pooler: &Pooler, user: &str, password: &str, clients: usize) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let done = Arc::new(AtomicUsize::new(0));
        let mut tasks = Vec::new();
        for _ in 0..clients {
            let client = through(pooler, user, password).await;
            let (stop, done) = (stop.clone(), done.clone());
            tasks.push(tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let work = "BEGIN; SELECT count(*) FROM orders; COMMIT";
                    client
                        .batch_execute(work)
                        .await
                        .expect("the application's work");
                    done.fetch_add(1, Ordering::Relaxed);
                }
            }));
        }
        Self { stop, tasks }
    }

    /// After each of them has done its work without an error.
    async fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        for task in self.tasks {
            task.await.expect("no application saw an error");
        }
    }
}

async fn rotate(mode: &'static str, two: bool, busy: bool) {
    let server = Postgres::start(Release::Debian).await;
    let pooler = Pooler::start(&server, mode).await;
    server
        .admin("CREATE TABLE public.orders (n int); INSERT INTO orders VALUES (1); GRANT SELECT ON orders TO PUBLIC")
        .await;
    let mut users = Users::of(&server, two);
    users.port = Some(pooler.port());
    let mut case = Case::new(&users).await;
    case.world.store.abandon();
    let clients = if busy { 6 } else { 0 };
    let applications = Busy::start(&pooler, &case.user, &case.password, clients).await;
    for n in 0..3 {
        case.world.rotate().await;
        let (user, password) = case.login(&Stage::Current);
        for _ in 0..5 {
            let client = through(&pooler, &user, &password).await;
            let seen = client.simple_query(SEEN).await.expect("an answer");
            let seen = format!("{seen:?}");
            assert!(
                seen.contains(&CLEAN.replace('"', "\\\"")),
                "{mode}, rotation {n}: {seen}"
            );
        }
    }
    applications.stop().await;
}

#[tokio::test]
async fn transaction_mode_leaves_nothing() {
    if Pooler::installed() {
        for two in [false, true] {
            rotate("transaction", two, false).await;
            rotate("transaction", two, true).await;
        }
    }
}

#[tokio::test]
async fn session_mode_leaves_nothing() {
    if Pooler::installed() {
        for two in [false, true] {
            rotate("session", two, false).await;
            rotate("session", two, true).await;
        }
    }
}

#[tokio::test]
async fn statement_mode_is_refused_by_name() {
    if !Pooler::installed() {
        return;
    }
    let server = Postgres::start(Release::Debian).await;
    let pooler = Pooler::start(&server, "statement").await;
    for two in [false, true] {
        let mut users = Users::of(&server, two);
        users.port = Some(pooler.port());
        let mut case = Case::new(&users).await;
        case.refused(
            "testSecret alone",
            Step::TestSecret,
            "Rotation.TargetRefused",
            "a connection pooler stands before",
        )
        .await;
        case.step(Step::CreateSecret).await;
        case.refused(
            "statement mode",
            Step::SetSecret,
            "Rotation.TargetRefused",
            "Name the server itself as host, or a pool in transaction or session mode",
        )
        .await;
    }
}
