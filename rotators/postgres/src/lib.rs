// The README's links, for this page: what is defined first wins.
//! [settings]: rotation::config
//! [rds]: rotation::database
//!
#![doc = include_str!("../README.md")]

mod connection;
mod failure;
#[cfg(fuzzing)]
pub mod fuzzing;
mod login;
mod owner;
mod password;
mod privileges;
pub mod quoting;
mod roles;
mod scram;
mod second_user;
mod settings;
mod single;

use std::time::Duration;

use rotation::config::Strategy;
use rotation::database::{
    Connection, Connector, Database, Driver, DualPassword, Login, Rotate, Session,
};
use rotation::settings::Shared;
use rotation::{Context, HookError, Verdict};

use connection::PostgresConnection;
use login::Asked;
use password::Hashing;

/// Rotates the password of one user, or of two who take turns.
pub type Postgres = Rotate<PostgresDatabase>;

/// PostgreSQL, and Aurora's.
pub struct PostgresDatabase;

type PostgresLogin = Login<PostgresDatabase>;
type PostgresSession = Session<PostgresDatabase>;

impl Database for PostgresDatabase {
    const NAMES: &'static [&'static str] = &["postgres", "aurora-postgresql"];
    const PORT: u16 = 5432;
    /// NAMEDATALEN less one. Source: <https://www.postgresql.org/docs/current/sql-syntax-lexical.html>.
    const USER_BYTES: usize = 63;
}

impl Driver for PostgresDatabase {
    const NAME: &'static str = "postgres";
    const EXCLUDE_CHARACTERS: &'static str = ":/@\"'\\";
    const STRATEGIES: &'static [Strategy] = &[Strategy::SingleUser, Strategy::AlternatingUsers];
    const SHARED_SETTINGS: &'static [Shared] =
        &[Shared::Passwords, Shared::Hosts, Shared::Databases];
    type Connection = PostgresConnection;

    async fn open(
        connector: &Connector,
        login: &PostgresLogin,
        time: Duration,
    ) -> Result<Verdict<PostgresConnection>, HookError> {
        PostgresConnection::open(connector, login, time).await
    }

    async fn restore(
        cx: &Context,
        connector: &Connector,
        admin: &mut PostgresConnection,
        forgotten: &PostgresLogin,
    ) -> Result<(), HookError> {
        let asked = login::asked(connector, forgotten).await;
        let asked = asked.unwrap_or(Asked::Unsaid);
        let hashing = Hashing::of(admin, asked, &forgotten.username);
        let statements = [password::statement(admin, forgotten, hashing)?];
        let set = admin.attempt(cx, &statements).await;
        set.map_err(|why| why.at(admin.server()))?;
        admin.commit().await
    }
}

/// The server keeps one password of a user.
impl DualPassword for PostgresDatabase {}
