//! The one transaction of a connection.

use std::time::Duration;

use futures_util::future::join;
use rotation::database::DatabaseError;
use rotation::database::limits::{LOCK, LOGIN, STATEMENT};
use rotation::{Context, HookError};
use tokio_postgres::{Error, SimpleQueryMessage};

use super::{Defaults, PostgresConnection, first_column, unexpected};
use crate::failure;

/// How the session would have a password kept: the hash, then the iterations of SCRAM, which PostgreSQL 16 and newer know.
const DEFAULTS: &str = "SELECT current_setting('password_encryption'); \
     SELECT coalesce(current_setting('scram_iterations', true), '4096')";
/// How often a transaction that the server cancelled at its beginning is begun again.
const TRIES: u32 = 20;

impl PostgresConnection {
    /// Begins the transaction. The role, the search path and the isolation that the user logs in with may have been set by anybody
    /// who may alter the user. A standby takes no transaction that may write.
    ///
    /// The same round trip asks how the session would have a password kept.
    pub(super) async fn begin(&self, time: Duration) -> Result<Defaults, HookError> {
        let settings = format!(
            "SET LOCAL role = none; SET LOCAL search_path = pg_catalog; {}; \
             SET LOCAL idle_in_transaction_session_timeout = {}; {DEFAULTS}",
            bound(time),
            time.as_millis().max(1)
        );
        let entered = async {
            match self.begin_as("READ WRITE", &settings).await {
                Err(error) if failure::on_standby(&error) => self.begin_as("", &settings).await,
                begun => begun,
            }
        };
        match tokio::time::timeout(LOGIN, entered).await {
            Ok(begun) => defaults(&begun.map_err(|error| self.failed(&error))?),
            Err(_) => Err(DatabaseError::Stalled.at(&self.server)),
        }
    }

    async fn begin_as(&self, mode: &str, settings: &str) -> Result<Vec<SimpleQueryMessage>, Error> {
        let begin = format!("BEGIN ISOLATION LEVEL READ COMMITTED {mode}; {settings}");
        let mut begun = self.client.simple_query(&begin).await;
        // The user's own statement_timeout bounds this statement, and no later one. A busy server may need longer for it.
        for _ in 0..TRIES {
            match begun {
                Err(ref error) if failure::cancelled(error) => {}
                ended => return ended,
            }
            begun = self
                .client
                .simple_query(&format!("ROLLBACK; {begin}"))
                .await;
        }
        begun
    }

    /// After `Ok`, the statements have run, and [`commit`](Self::commit) makes them last. If one fails, none has: they are run
    /// again if another transaction was in the way. The server itself ends them before the hook's time is over.
    pub(crate) async fn attempt(
        &self,
        cx: &Context,
        statements: &[String],
    ) -> Result<(), DatabaseError> {
        let begin = format!("SAVEPOINT attempt; {}", bound(cx.time_left()));
        let mut tries = 0;
        loop {
            // The first statement follows at once: without the savepoint it fails too.
            let (begun, ran) = join(self.run(&begin), self.each(statements)).await;
            begun?;
            let Err((error, statement)) = ran else {
                return Ok(());
            };
            let taken_back = self.run("ROLLBACK TO SAVEPOINT attempt").await;
            tries += 1;
            if tries > 2 || taken_back.is_err() || !failure::passing(&error) {
                return Err(failure::of_statement(&error, statement));
            }
        }
    }

    /// The first that fails, and why.
    async fn each<'a>(&self, statements: &'a [String]) -> Result<(), (Error, &'a str)> {
        for statement in statements {
            let ran = self.client.batch_execute(statement).await;
            ran.map_err(|error| (error, statement.as_str()))?;
        }
        Ok(())
    }

    /// After `Ok`, what was attempted lasts. The connection can only be closed after that: its settings and its lock are gone.
    pub(crate) async fn commit(&self) -> Result<(), HookError> {
        // It goes by itself: the server carries a batch through even if its client is gone by then.
        let committed = self.run("COMMIT").await;
        committed.map_err(|why| why.at(&self.server))
    }

    async fn run(&self, statement: &str) -> Result<(), DatabaseError> {
        let ran = self.client.batch_execute(statement).await;
        ran.map_err(|error| failure::of(&error))
    }
}

fn defaults(begun: &[SimpleQueryMessage]) -> Result<Defaults, HookError> {
    let [hash, iterations] = &first_column(begun)[..] else {
        return Err(unexpected());
    };
    Ok(Defaults {
        md5: matches!(hash.as_str(), "md5" | "on"),
        iterations: iterations.parse().map_err(|_| unexpected())?,
    })
}

/// By which the server itself ends a statement.
fn bound(time: Duration) -> String {
    format!(
        "SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {}",
        time.min(STATEMENT).as_millis().max(1),
        time.min(LOCK).as_millis().max(1)
    )
}
