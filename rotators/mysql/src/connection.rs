//! A connection that is logged in, and its lock.

use std::any::Any;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use mysql_async::prelude::{FromRow, Queryable};
use mysql_async::{Conn, DriverError, Error, Opts, OptsBuilder, Row, SslOpts, from_row_opt};
use rotation::database::limits::{CLOSE, LOCK, LOGIN, STATEMENT};
use rotation::database::{Connection, Connector, DatabaseError};
use rotation::network::NetworkError;
use rotation::{HookError, Payload, Verdict};

use crate::dialect::Dialect;
use crate::failure::Rehearsed;
use crate::{MysqlLogin, failure, hash, quoting};

/// A login that the server took.
pub struct MysqlConnection {
    conn: Conn,
    server: String,
    dialect: Dialect,
    /// Which row of the server's accounts it was: user and host.
    account: (String, String),
}

impl MysqlConnection {
    /// After `Ok(Accept)`, the server took the password over TLS, or without where the secret says so, and ends any
    /// statement, and a session that is silent, by itself within `time`.
    pub(crate) async fn open(
        connector: &Connector,
        login: &MysqlLogin,
        time: Duration,
    ) -> Result<Verdict<Self>, HookError> {
        let server = login.target();
        let addresses = connector.network().resolve(&login.host, login.port()).await;
        let addresses = addresses.map_err(|why| why.at(&server))?;
        let opts = opts(connector, login, &addresses);
        let conn = match tokio::time::timeout(LOGIN, guarded(Conn::new(opts))).await {
            Ok(Ok(conn)) => conn,
            Ok(Err(error)) => {
                return match failure::rejection(&error, &login.username) {
                    Some(rejection) => Ok(Verdict::Reject(rejection)),
                    None => Err(failure::of_login(&error).at(&server)),
                };
            }
            Err(_) => return Err(NetworkError::TimedOut.at(&server)),
        };
        Self::settle(conn, server, time).await.map(Verdict::Accept)
    }

    /// Asks what the server is and who the login is, and bounds what the session may do.
    async fn settle(mut conn: Conn, server: String, time: Duration) -> Result<Self, HookError> {
        let asked: Result<Vec<(String, String)>, Error> =
            questioned(&mut conn, Dialect::QUESTION).await;
        let asked = asked.map_err(|error| failure::of(&error).at(&server))?;
        let (mariadb, account) = asked.into_iter().next().unwrap_or_default();
        let dialect = Dialect::new(mariadb == "1");
        let account = quoting::split_account(&account)
            .map(|(user, host)| (user.to_owned(), host.to_owned()))
            .ok_or_else(|| {
                HookError::failed(format!("{server} does not say whose login this is"))
            })?;
        let mut connection = Self {
            conn,
            server,
            dialect,
            account,
        };
        let (lock, silent) = (LOCK.as_secs(), time.as_secs().max(1));
        let (mode, statement) = (dialect.sql_mode(), dialect.bound(time.min(STATEMENT)));
        connection
            .run(&format!(
                "SET SESSION sql_mode = '{mode}', sql_quote_show_create = 1, lock_wait_timeout = {lock}, innodb_lock_wait_timeout = {lock}, \
                 wait_timeout = {silent}{statement}"
            ))
            .await?;
        Ok(connection)
    }

    /// MySQL or MariaDB.
    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The account that the login is, as statements name it.
    pub(crate) fn account(&self) -> String {
        quoting::account(&self.account.0, &self.account.1)
    }

    /// User and host of the account that the login is.
    pub(crate) fn account_parts(&self) -> &(String, String) {
        &self.account
    }

    /// Runs a statement that answers nothing.
    pub(crate) async fn run(&mut self, statement: &str) -> Result<(), HookError> {
        let ran = guarded(self.conn.query_drop(statement)).await;
        ran.map_err(|error| self.failed(&error))
    }

    /// As [`run`](Self::run); where the server denies it, `hint` says what is needed.
    pub(crate) async fn run_or(&mut self, statement: &str, hint: &str) -> Result<(), HookError> {
        let ran = guarded(self.conn.query_drop(statement)).await;
        ran.map_err(|error| match failure::of(&error) {
            DatabaseError::Denied(said) => {
                DatabaseError::Denied(format!("{said}; {hint}")).at(&self.server)
            }
            DatabaseError::Other(said) => {
                DatabaseError::Other(format!("{said}; for: {statement}")).at(&self.server)
            }
            other => other.at(&self.server),
        })
    }

    /// What the server says of a statement for an account that does not exist: none is changed by it.
    pub(crate) async fn rehearse(&mut self, statement: &str) -> Result<Rehearsed, HookError> {
        match guarded(self.conn.query_drop(statement)).await {
            Ok(()) => Ok(Rehearsed::Allowed),
            Err(error) => failure::rehearsed(&error).ok_or_else(|| self.failed(&error)),
        }
    }

    /// All rows of an answer.
    pub(crate) async fn rows<T: FromRow + Send + 'static>(
        &mut self,
        question: &str,
    ) -> Result<Vec<T>, HookError> {
        let answer = questioned(&mut self.conn, question).await;
        answer.map_err(|error| self.failed(&error))
    }

    /// The first column of all rows of an answer.
    pub(crate) async fn column(&mut self, question: &str) -> Result<Vec<String>, HookError> {
        self.rows(question).await
    }

    /// The first row of an answer.
    pub(crate) async fn first<T: FromRow + Send + 'static>(
        &mut self,
        question: &str,
    ) -> Result<Option<T>, HookError> {
        Ok(self.rows(question).await?.into_iter().next())
    }

    /// The only value of an answer.
    pub(crate) async fn ask(&mut self, question: &str) -> Result<String, HookError> {
        let answer = self.first(question).await?;
        answer.ok_or_else(|| HookError::failed(format!("{} gave no answer", self.server)))
    }

    /// Whether the user has one of these global privileges.
    pub(crate) async fn may(&mut self, privileges: &[&str]) -> Result<bool, HookError> {
        let grants = self.column("SHOW GRANTS").await?;
        let global = grants.iter().filter_map(|grant| {
            let listed = grant.strip_prefix("GRANT ")?.split_once(" ON *.* TO ")?;
            Some(listed.0)
        });
        let mut listed = global.flat_map(|list| list.split(", "));
        Ok(listed.any(|one| one == "ALL PRIVILEGES" || privileges.contains(&one)))
    }

    fn failed(&self, error: &Error) -> HookError {
        failure::of(error).at(&self.server)
    }
}

impl Connection for MysqlConnection {
    fn server(&self) -> &str {
        &self.server
    }

    fn user(&self) -> &str {
        &self.account.0
    }

    async fn writable(&mut self) -> Result<(), HookError> {
        // A number, or, with MariaDB 12 and newer, a word.
        match self.ask("SELECT @@global.read_only").await?.as_str() {
            "0" | "OFF" => Ok(()),
            _ => Err(DatabaseError::ReadOnly.at(&self.server)),
        }
    }

    async fn lock(&mut self, key: &str) -> Result<(), HookError> {
        // A lock's name has 64 characters at most, an ARN more.
        let name = hash::short(key).to_ascii_lowercase();
        let question = format!("SELECT GET_LOCK('rotation:{name}', 0)");
        match self.first::<Option<String>>(&question).await?.flatten() {
            Some(taken) if taken == "1" => Ok(()),
            _ => Err(HookError::busy()),
        }
    }

    async fn close(self) {
        let Self { mut conn, .. } = self;
        let letting_go = async {
            // The server lets go of locks before it closes the connection.
            let _ = guarded(conn.query_drop("DO RELEASE_ALL_LOCKS()")).await;
            let _ = guarded(conn.disconnect()).await;
        };
        let _ = tokio::time::timeout(CLOSE, letting_go).await;
    }
}

/// All rows of an answer. What the server says decides their types; one that does not fit is an error.
async fn questioned<T: FromRow + Send + 'static>(
    conn: &mut Conn,
    question: &str,
) -> Result<Vec<T>, Error> {
    #[expect(clippy::disallowed_methods, reason = "any row is a Row")]
    let rows: Vec<Row> = guarded(conn.query(question)).await?;
    let rows = rows.into_iter().map(from_row_opt);
    let rows = rows.collect::<Result<_, _>>();
    rows.map_err(|_| unreadable("an answer of another form than was asked for"))
}

/// The driver panics on some of what a server may send. To an operator, that is a broken answer like any other.
async fn guarded<T>(call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let ended = AssertUnwindSafe(call).catch_unwind().await;
    ended.unwrap_or_else(|panic| Err(of_panic(panic.as_ref())))
}

/// Two ways for a user to prove itself are known to the driver by name alone: it panics when a server asks for one.
fn of_panic(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let text = text.unwrap_or_default().to_ascii_lowercase();
    match ["ed25519", "parsec"]
        .into_iter()
        .find(|name| text.contains(name))
    {
        Some(name) => DriverError::UnknownAuthPlugin { name: name.into() }.into(),
        None => unreadable("something that the driver cannot read"),
    }
}

fn unreadable(what: &str) -> Error {
    Error::Other(format!("the server sent {what}").into())
}

fn opts(connector: &Connector, login: &MysqlLogin, addresses: &[SocketAddr]) -> Opts {
    let ips: Vec<_> = addresses.iter().map(SocketAddr::ip).collect();
    let name = login.server_name();
    let tls = login.tls().then(|| {
        let roots = connector
            .roots(name)
            .into_iter()
            .map(|root| root.into_owned().into());
        SslOpts::default()
            .with_root_certs(roots.collect())
            .with_danger_tls_hostname_override(Some(name.to_owned()))
    });
    OptsBuilder::default()
        .ip_or_hostname(&login.host)
        .resolved_ips(Some(ips))
        .tcp_port(login.port())
        .user(Some(&login.username))
        .pass(Some(login.password.expose()))
        .db_name(login.dbname())
        .ssl_opts(tls)
        // On loopback the driver would change to the server's socket, and leave TLS behind.
        .prefer_socket(false)
        .stmt_cache_size(0)
        // The server may have been told to begin each session with another one.
        .init(vec!["SET NAMES utf8mb4"])
        // What the driver would ask for after each login.
        .max_allowed_packet(Some(16 << 20))
        .wait_timeout(Some(60))
        .into()
}
