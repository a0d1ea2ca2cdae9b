//! A connection that is logged in, its one transaction, and the lock.
//!
//! Everything between the login and the end is one transaction, and every setting and the lock are the transaction's own. So nothing
//! outlives it, even if a connection pooler hands the same session to an application in the next moment.

use std::time::Duration;

use rotation::database::limits::{CLOSE, LOCK, LOGIN, STATEMENT};
use rotation::database::{Connection, Connector, DatabaseError, wrong_password};
use rotation::network::NetworkError;
use rotation::{Context, HookError, Payload, Verdict};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::{MakeTlsConnect, NoTls};
use tokio_postgres::types::{FromSql, ToSql, Type};
use tokio_postgres::{Client, Config, Error, Row, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;

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
        let (client, driver) = match connect(connector, login, true).await {
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

    /// Begins the transaction. The role, the search path and the isolation that the user logs in with may have been set by anybody
    /// who may alter the user. A standby takes no transaction that may write.
    async fn begin(&self, time: Duration) -> Result<(), HookError> {
        let settings = format!(
            "SET LOCAL role = none; SET LOCAL search_path = pg_catalog; {}; \
             SET LOCAL idle_in_transaction_session_timeout = {}",
            bound(time.min(STATEMENT)),
            time.as_millis().max(1)
        );
        let entered = async {
            match self.begin_as("READ WRITE", &settings).await {
                Err(error) if failure::on_standby(&error) => self.begin_as("", &settings).await,
                begun => begun,
            }
        };
        match tokio::time::timeout(LOGIN, entered).await {
            Ok(begun) => begun.map_err(|error| self.failed(&error)),
            Err(_) => Err(DatabaseError::Stalled.at(&self.server)),
        }
    }

    async fn begin_as(&self, mode: &str, settings: &str) -> Result<(), Error> {
        self.client
            .batch_execute(&format!(
                "BEGIN ISOLATION LEVEL READ COMMITTED {mode}; {settings}"
            ))
            .await
    }

    /// Runs statements, again if another transaction was in the way, and commits them. The connection can only be closed
    /// after that: its settings and its lock are gone. The server itself ends it before the hook's time is over.
    pub(crate) async fn commit(
        &self,
        cx: &Context,
        statements: &[String],
    ) -> Result<(), HookError> {
        let left = cx.time_left().min(STATEMENT);
        let statements = format!("{}; {}", bound(left), statements.join("; "));
        let mut tries = 0;
        while let Err(error) = self.attempt(&statements).await {
            tries += 1;
            if tries > 2 || !failure::passing(&error) {
                return Err(self.failed(&error));
            }
            self.run("ROLLBACK TO SAVEPOINT attempt").await?;
        }
        // COMMIT goes by itself: the server carries a batch through even if its client is gone by then.
        self.run("COMMIT").await
    }

    async fn attempt(&self, statements: &str) -> Result<(), Error> {
        let attempt = format!("SAVEPOINT attempt; {statements}");
        self.client.batch_execute(&attempt).await
    }

    async fn run(&self, statement: &str) -> Result<(), HookError> {
        let ran = self.client.batch_execute(statement).await;
        ran.map_err(|error| self.failed(&error))
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

/// By which the server itself ends a statement.
fn bound(time: Duration) -> String {
    format!(
        "SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {}",
        time.as_millis().max(1),
        time.min(LOCK).as_millis().max(1)
    )
}

/// A value of a row. A server may answer with another type than was asked for.
pub(crate) fn cell<'row, T: FromSql<'row>>(row: &'row Row, at: usize) -> Result<T, HookError> {
    row.try_get(at).map_err(|_| {
        HookError::failed("the server sent an answer of another form than was asked for")
    })
}

/// A server that takes anybody proves nothing by taking a password: said, not refused, since the password is changed all
/// the same. Found out by a connection that offers none.
pub(crate) async fn warn_of_trust(connector: &Connector, login: &PostgresLogin) {
    if let Ok((client, driver)) = connect(connector, login, false).await {
        drop(client);
        let _ = tokio::time::timeout(CLOSE, driver).await;
        tracing::warn!(
            user = login.username,
            "the server lets this user in without a password (trust in pg_hba.conf): a login proves nothing"
        );
    }
}

enum Refusal {
    Way(DatabaseError),
    Server(Error),
}

impl Refusal {
    fn failure(&self) -> DatabaseError {
        match self {
            Self::Way(failure) => failure.clone(),
            Self::Server(error) => failure::of(error),
        }
    }
}

/// A login, or what keeps from it, in time.
async fn connect(
    connector: &Connector,
    login: &PostgresLogin,
    with_password: bool,
) -> Result<(Client, JoinHandle<()>), Refusal> {
    let stream = connector.network().open(&login.host, login.port()).await;
    let stream = stream.map_err(|why| Refusal::Way(why.into()))?;
    let mut config = Config::new();
    config
        .user(&login.username)
        .dbname(login.dbname().unwrap_or("postgres"))
        .application_name("rotation");
    if with_password {
        config.password(login.password.expose());
    }
    tokio::time::timeout(LOGIN, enter(connector, login, config, stream))
        .await
        .unwrap_or(Err(Refusal::Way(NetworkError::TimedOut.into())))
}

async fn enter(
    connector: &Connector,
    login: &PostgresLogin,
    mut config: Config,
    stream: TcpStream,
) -> Result<(Client, JoinHandle<()>), Refusal> {
    if !login.tls() {
        config.ssl_mode(SslMode::Disable);
        let (client, connection) = config
            .connect_raw(stream, NoTls)
            .await
            .map_err(Refusal::Server)?;
        return Ok((client, tokio::spawn(drive(connection))));
    }
    config.ssl_mode(SslMode::Require);
    let name = login.server_name();
    let mut tls = MakeRustlsConnect::new(connector.tls(name).as_ref().clone());
    let tls = MakeTlsConnect::<TcpStream>::make_tls_connect(&mut tls, name).map_err(|_| {
        Refusal::Way(DatabaseError::Tls(
            "the server's name is no name for a certificate".into(),
        ))
    })?;
    let (client, connection) = config
        .connect_raw(stream, tls)
        .await
        .map_err(Refusal::Server)?;
    Ok((client, tokio::spawn(drive(connection))))
}

/// Its errors reach whoever waits for an answer.
async fn drive<F: Future<Output = Result<(), Error>>>(connection: F) {
    let _ = connection.await;
}
