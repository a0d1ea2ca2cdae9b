//! A connection that is logged in, its one transaction, and the lock.
//!
//! Everything between the login and the end is one transaction, and every setting and the lock are the transaction's own. So nothing
//! outlives it, even if a connection pooler hands the same session to an application in the next moment.

mod transaction;

use std::time::Duration;

use rotation::database::limits::CLOSE;
use rotation::database::{Connection, Connector, DatabaseError, wrong_password};
use rotation::{HookError, Payload, Verdict};
use tokio::task::JoinHandle;
use tokio_postgres::types::{FromSql, ToSql, Type};
use tokio_postgres::{Client, Error, Row, SimpleQueryMessage};

use crate::login::{self, Proof, Refusal};
use crate::quoting::literal;
use crate::{PostgresLogin, failure};

/// A login that the server took.
pub struct PostgresConnection {
    client: Client,
    driver: JoinHandle<()>,
    server: String,
    user: String,
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
        let (client, driver) = match login::connect(connector, login, Proof::Password).await {
            Ok(connected) => connected,
            Err(Refusal::Server(error)) if failure::wrong_password(&error) => {
                return Ok(Verdict::Reject(wrong_password(&login.username)));
            }
            Err(refusal) => return Err(refusal.failure().at(&server)),
        };
        let connection = Self {
            client,
            driver,
            server,
            user: login.username.clone(),
        };
        connection.begin(time).await?;
        Ok(Verdict::Accept(connection))
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

    /// The first column of the first row.
    async fn value(&self, question: &str) -> Result<Option<String>, HookError> {
        let answer = self
            .client
            .simple_query(question)
            .await
            .map_err(|error| self.failed(&error))?;
        Ok(answer.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.try_get(0).ok().flatten().map(ToOwned::to_owned),
            _ => None,
        }))
    }

    fn failed(&self, error: &Error) -> HookError {
        failure::of(error).at(&self.server)
    }
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
        let question = "SELECT (pg_is_in_recovery() OR EXISTS (SELECT FROM pg_settings \
             WHERE name = 'default_transaction_read_only' AND setting = 'on' \
             AND source NOT IN ('user', 'database user')))::text";
        match self.value(question).await?.as_deref() {
            Some("false") => Ok(()),
            _ => Err(DatabaseError::ReadOnly.at(&self.server)),
        }
    }

    /// In this database, until the transaction ends.
    async fn lock(&mut self, key: &str) -> Result<(), HookError> {
        let question = format!(
            "SELECT pg_try_advisory_xact_lock(hashtextextended({}, 0))::text",
            literal(key)
        );
        match self.value(&question).await?.as_deref() {
            Some("true") => Ok(()),
            _ => Err(HookError::busy()),
        }
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
