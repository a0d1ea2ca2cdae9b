//! PostgreSQL.

use futures_util::future::BoxFuture;
use rotation::Succession;
use rotation_tests::postgres::{Postgres, Release};

use super::database::Database;
use super::{Engine, SHORT, Target, pieces};

/// One user, who changes the own password.
pub(super) fn single_user() -> Engine {
    Engine {
        name: "postgres/single-user",
        rotator: "postgres",
        succession: Succession::Replace,
        restarts: true,
        timeout: SHORT,
        lock: 0,
        pieces: pieces(50, 11),
        start: || Box::pin(start("single-user")),
    }
}

/// Two users, who take turns.
pub(super) fn alternating_users() -> Engine {
    Engine {
        name: "postgres/alternating-users",
        rotator: "postgres",
        succession: Succession::Alternate,
        restarts: true,
        timeout: SHORT,
        lock: 0,
        pieces: pieces(80, 12),
        start: || Box::pin(start("alternating-users")),
    }
}

async fn start(strategy: &'static str) -> Result<Box<dyn Target>, String> {
    if !Release::Debian.is_there() {
        return Err("PostgreSQL is not installed: run scripts/install".to_owned());
    }
    Ok(Box::new(Database {
        server: Postgres::start(Release::Debian).await,
        strategy,
        admin: strategy == "alternating-users",
        rights: |_, _| None,
        superuser: run,
    }))
}

fn run<'a>(server: &'a Postgres, statement: &'a str) -> BoxFuture<'a, ()> {
    Box::pin(server.admin(statement))
}
