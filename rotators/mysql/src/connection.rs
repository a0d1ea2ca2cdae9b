//! A connection that is logged in, and its lock.

use std::time::Duration;

use mysql_async::prelude::{FromRow, Queryable};
use mysql_async::{Conn, Error};
use rotation::database::limits::{CLOSE, LOCK, LOGIN, STATEMENT};
use rotation::database::{Connection, Connector, DatabaseError};
use rotation::network::NetworkError;

use rotation::{HookError, Payload, Secret, Verdict};

use crate::dialect::Dialect;
use crate::failure::{self, Code, Rehearsed};
use crate::wire::{guarded, opts, questioned};
use crate::{MysqlLogin, hash, quoting};

/// A login that the server took.
pub struct MysqlConnection {
    conn: Conn,
    server: String,
    dialect: Dialect,
    /// Which row of the server's accounts it was: user and host.
    account: (String, String),
    /// What it logged in with.
    password: Secret,
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
                return match failure::rejection(&error, login) {
                    Some(rejection) => Ok(Verdict::Reject(rejection)),
                    None => Err(failure::of_login(&error).at(&server)),
                };
            }
            Err(_) => return Err(NetworkError::TimedOut.at(&server)),
        };
        let settled = Self::settle(conn, server, login.password.clone(), time).await;
        settled.map(Verdict::Accept)
    }

    /// Asks what the server is and who the login is, and bounds what the session may do.
    async fn settle(
        mut conn: Conn,
        server: String,
        password: Secret,
        time: Duration,
    ) -> Result<Self, HookError> {
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
            password,
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

    /// What it logged in with.
    pub(crate) fn password(&self) -> &Secret {
        &self.password
    }

    /// Runs a statement that answers nothing.
    pub(crate) async fn run(&mut self, statement: &str) -> Result<(), HookError> {
        let ran = self.attempt(statement).await;
        ran.map_err(|error| self.failed(&error))
    }

    /// As [`run`](Self::run), for somebody who knows what to do about an error.
    pub(crate) async fn attempt(&mut self, statement: &str) -> Result<(), Error> {
        guarded(self.conn.query_drop(statement)).await
    }

    /// Runs a statement that changes the own password. `statement` has room for what some servers and accounts ask for: the
    /// password before.
    pub(crate) async fn change(
        &mut self,
        before: &Secret,
        statement: impl Fn(&str) -> String,
    ) -> Result<(), Error> {
        match self.attempt(&statement("")).await {
            Err(error) if failure::code(&error) == Some(Code::CurrentNeeded) => {
                let replace = format!(" REPLACE {}", quoting::literal(before.expose()));
                self.attempt(&statement(&replace)).await
            }
            other => other,
        }
    }

    /// As [`run`](Self::run), after another statement has changed something; where the server denies it, `hint` says what is
    /// needed.
    pub(crate) async fn go_on(&mut self, statement: &str, hint: &str) -> Result<(), HookError> {
        let ran = self.attempt(statement).await;
        ran.map_err(|error| match failure::of(&error) {
            DatabaseError::Denied(said) => {
                DatabaseError::Denied(format!("{said}. {hint}")).at(&self.server)
            }
            DatabaseError::Locked => HookError::failed(format!(
                "{} is busy: another transaction holds a lock. Part of the change is done, and another try does the rest",
                self.server
            )),
            DatabaseError::Other(said) => {
                DatabaseError::Other(format!("{said}. The statement was: {statement}")).at(&self.server)
            }
            other => other.at(&self.server),
        })
    }

    /// What the server says of a statement for an account that does not exist: none is changed by it.
    pub(crate) async fn rehearse(&mut self, statement: &str) -> Result<Rehearsed, HookError> {
        match self.attempt(statement).await {
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

    /// As [`column`](Self::column), for somebody who knows what to do about an error.
    pub(crate) async fn look(&mut self, question: &str) -> Result<Vec<String>, Error> {
        questioned(&mut self.conn, question).await
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

    fn takes_writes(&self, read_only: Option<(String, String)>) -> Result<(), HookError> {
        // Numbers, or, with MariaDB 12 and newer, words.
        let off = |word: &str| matches!(word, "0" | "OFF");
        match read_only.is_some_and(|(server, tables)| off(&server) && off(&tables)) {
            true => Ok(()),
            false => Err(DatabaseError::ReadOnly.at(&self.server)),
        }
    }

    /// Why the question for the lock failed.
    fn unlocked(&self, error: &Error) -> HookError {
        if failure::code(error) != Some(Code::NoLocks) {
            return self.failed(error);
        }
        HookError::refused(format!(
            "{} has no GET_LOCK, by which two invocations are kept apart, as with Galera or pxc_strict_mode=ENFORCING: name one node as host, and allow it there (pxc_strict_mode=PERMISSIVE)",
            self.server
        ))
    }

    /// What `error` is, in words.
    pub(crate) fn failed(&self, error: &Error) -> HookError {
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
        let question = format!("SELECT {READ_ONLY}");
        let answer: Option<(String, String)> = self.first(&question).await?;
        self.takes_writes(answer)
    }

    async fn lock(&mut self, key: &str) -> Result<(), HookError> {
        let question = format!("SELECT {}", get_lock(key));
        let rows: Result<Vec<Option<String>>, Error> = questioned(&mut self.conn, &question).await;
        let rows = rows.map_err(|error| self.unlocked(&error))?;
        is_locked(rows.into_iter().next().flatten())
    }

    /// Both questions in one round trip.
    async fn lock_to_write(&mut self, key: &str) -> Result<(), HookError> {
        let question = format!("SELECT {READ_ONLY}, {}", get_lock(key));
        let rows: Result<Vec<(String, String, Option<String>)>, Error> =
            questioned(&mut self.conn, &question).await;
        let rows = rows.map_err(|error| self.unlocked(&error))?;
        let (server, tables, taken) = rows.into_iter().next().unwrap_or_default();
        self.takes_writes(Some((server, tables)))?;
        is_locked(taken)
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

/// Whether the server takes no writes. A reader of Aurora's says so by the second alone.
const READ_ONLY: &str = "@@global.read_only, @@global.innodb_read_only";

/// A lock's name has 64 characters at most, an ARN more.
fn get_lock(key: &str) -> String {
    let name = hash::short(key).to_ascii_lowercase();
    format!("GET_LOCK('rotation:{name}', 0)")
}

fn is_locked(taken: Option<String>) -> Result<(), HookError> {
    match taken.as_deref() {
        Some("1") => Ok(()),
        _ => Err(HookError::busy()),
    }
}
