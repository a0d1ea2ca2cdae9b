//! A connection that is logged in, its one transaction, and the lock.
//!
//! Everything between the login and the end is one transaction, and every setting and the lock are the transaction's own. So nothing
//! outlives it, even if a connection pooler hands the same session to an application in the next moment.

mod transaction;

use std::sync::Arc;
use std::time::Duration;

use rotation::database::limits::CLOSE;
use rotation::database::{Connection, Connector, DatabaseError, wrong_password};
use rotation::{HookError, Payload, Verdict};
use tokio::task::JoinHandle;
use tokio_postgres::types::{FromSql, ToSql, Type};
use tokio_postgres::{Client, Error, Row, SimpleQueryMessage};

use crate::login::{self, Asked, Entered, Refusal};
use crate::quoting::literal;
use crate::scram::Keys;
use crate::{PostgresLogin, failure};

/// A login that the server took.
pub struct PostgresConnection {
    client: Client,
    driver: JoinHandle<()>,
    server: String,
    user: String,
    asked: Asked,
    defaults: Defaults,
    /// Of the password that it logged in with, and of those that it has set: a later login of the same step proves itself by them.
    keys: Vec<Arc<Keys>>,
}

/// How the session would have a password kept.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Defaults {
    /// As an MD5 hash, for clients that know no SCRAM.
    pub(crate) md5: bool,
    /// Those of SCRAM.
    pub(crate) iterations: u32,
}

impl PostgresConnection {
    /// After `Ok(Accept)`, the server took the password over TLS, or without TLS if the secret says so. It ends any statement by
    /// itself within `time`, so a hook that is dropped leaves nothing running. It also ends the session of a client that is
    /// silent for that long, and takes back its lock: the client may have gone without a word.
    pub(crate) async fn open(
        connector: &Connector,
        login: &PostgresLogin,
        time: Duration,
    ) -> Result<Verdict<Self>, HookError> {
        let server = login.target();
        let entered = match login::connect(connector, login).await {
            Ok(entered) => entered,
            Err(Refusal::Server(error)) if failure::wrong_password(&error) => {
                return Ok(Verdict::Reject(wrong_password(&login.username)));
            }
            Err(refusal) => return Err(refusal.failure().at(&server)),
        };
        let Entered {
            client,
            driver,
            asked,
            keys,
        } = entered;
        let mut connection = Self {
            client,
            driver,
            server,
            user: login.username.clone(),
            asked,
            defaults: Defaults::default(),
            keys: keys.into_iter().collect(),
        };
        connection.defaults = connection.begin(time).await?;
        Ok(Verdict::Accept(connection))
    }

    /// What the server asked this user for.
    pub(crate) fn asked(&self) -> Asked {
        self.asked
    }

    /// How the session would have a password kept.
    pub(crate) fn defaults(&self) -> Defaults {
        self.defaults
    }

    /// Holds the keys of a password that this connection sets, as long as it is open.
    pub(crate) fn hold(&mut self, keys: Arc<Keys>) {
        self.keys.push(keys);
    }

    /// The rows of a question with texts for parameters. It leaves no prepared statement on the server.
    pub(crate) async fn rows(&self, question: &str, texts: &[&str]) -> Result<Vec<Row>, HookError> {
        let texts: Vec<_> = texts
            .iter()
            .map(|text| (text as &(dyn ToSql + Sync), Type::TEXT))
            .collect();
        let rows = self.client.query_typed(question, &texts).await;
        rows.map_err(|error| self.failed(&error))
    }

    /// The first columns of all rows that answer these questions.
    async fn values(&self, questions: &[&str]) -> Result<Vec<String>, HookError> {
        let answers = self.client.simple_query(&questions.join("; ")).await;
        let answers = answers.map_err(|error| self.failed(&error))?;
        Ok(first_column(&answers))
    }

    fn is_writable(&self, read_only: Option<&String>) -> Result<(), HookError> {
        match read_only.map(String::as_str) {
            Some("false") => Ok(()),
            _ => Err(DatabaseError::ReadOnly.at(&self.server)),
        }
    }

    fn failed(&self, error: &Error) -> HookError {
        failure::of(error).at(&self.server)
    }
}

/// Whether the server takes no writes.
const READ_ONLY: &str = "SELECT (pg_is_in_recovery() OR EXISTS (SELECT FROM pg_settings \
     WHERE name = 'default_transaction_read_only' AND setting = 'on' \
     AND source NOT IN ('user', 'database user')))::text";

fn locking(key: &str) -> String {
    let key = literal(key);
    format!("SELECT pg_try_advisory_xact_lock(hashtextextended({key}, 0))::text")
}

fn is_locked(taken: Option<&String>) -> Result<(), HookError> {
    match taken.map(String::as_str) {
        Some("true") => Ok(()),
        _ => Err(HookError::busy()),
    }
}

/// Empty where there is no value.
fn first_column(answers: &[SimpleQueryMessage]) -> Vec<String> {
    let rows = answers.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => {
            Some(row.try_get(0).ok().flatten().unwrap_or_default().to_owned())
        }
        _ => None,
    });
    rows.collect()
}

impl Connection for PostgresConnection {
    fn server(&self) -> &str {
        &self.server
    }

    fn user(&self) -> &str {
        &self.user
    }

    /// A user who only reads by a setting of its own may still change its password.
    async fn writable(&mut self) -> Result<(), HookError> {
        let answers = self.values(&[READ_ONLY]).await?;
        self.is_writable(answers.first())
    }

    /// In this database, until the transaction ends.
    async fn lock(&mut self, key: &str) -> Result<(), HookError> {
        let answers = self.values(&[&locking(key)]).await?;
        is_locked(answers.first())
    }

    /// Both questions in one round trip.
    async fn lock_to_write(&mut self, key: &str) -> Result<(), HookError> {
        let answers = self.values(&[READ_ONLY, &locking(key)]).await?;
        self.is_writable(answers.first())?;
        is_locked(answers.get(1))
    }

    async fn close(self) {
        let Self { client, driver, .. } = self;
        let letting_go = async {
            // The server lets go of the lock before it closes the connection, whose end the driver waits for.
            let _ = client.batch_execute("ROLLBACK").await;
            drop(client);
            let _ = driver.await;
        };
        let _ = tokio::time::timeout(CLOSE, letting_go).await;
    }
}

/// A value of a row. A server may answer with another type than was asked for.
pub(crate) fn cell<'row, T: FromSql<'row>>(row: &'row Row, at: usize) -> Result<T, HookError> {
    row.try_get(at).map_err(|_| unexpected())
}

pub(crate) fn unexpected() -> HookError {
    HookError::failed("the server sent an answer of another form than was asked for")
}
