// The README's links, for this page: what is defined first wins.
//! [settings]: rotation::config
//! [rds]: rotation::database
//!
#![doc = include_str!("../README.md")]

mod account;
mod connection;
mod dialect;
mod dual;
mod failure;
#[cfg(fuzzing)]
pub mod fuzzing;
mod grants;
mod hash;
mod methods;
mod own;
mod policy;
pub mod quoting;
mod second_user;
mod single;
mod tokens;
mod wire;

use std::time::Duration;

use rotation::config::Strategy;
use rotation::database::{Connector, Database, Driver, Login, Rotate, Session};
use rotation::{Context, HookError, TestsAsAdmin, Verdict};

use connection::MysqlConnection;

/// Rotates the password of one user, or of two who take turns; or the two passwords that one user may have.
pub type Mysql = Rotate<MysqlDatabase>;

/// MySQL and MariaDB, and Aurora's MySQL.
pub struct MysqlDatabase;

type MysqlLogin = Login<MysqlDatabase>;
type MysqlSession = Session<MysqlDatabase>;

impl Database for MysqlDatabase {
    const NAMES: &'static [&'static str] = &["mysql", "aurora-mysql", "mariadb"];
    const PORT: u16 = 3306;
    /// MariaDB's limit of 80 characters, of three bytes each; MySQL's is 32.
    const USER_BYTES: usize = 240;
}

impl Driver for MysqlDatabase {
    const NAME: &'static str = "mysql";
    const STRATEGIES: &'static [Strategy] = &[
        Strategy::SingleUser,
        Strategy::AlternatingUsers,
        Strategy::DualPassword,
    ];
    /// Only an administrator may read another user's grants.
    const TESTS_AS_ADMIN: TestsAsAdmin = TestsAsAdmin::ToCompare;
    type Connection = MysqlConnection;

    async fn open(
        connector: &Connector,
        login: &MysqlLogin,
        time: Duration,
    ) -> Result<Verdict<MysqlConnection>, HookError> {
        MysqlConnection::open(connector, login, time).await
    }

    /// The user must have one account: of several hosts', nobody knows which one is meant.
    async fn restore(
        _cx: &Context,
        _connector: &Connector,
        admin: &mut MysqlConnection,
        forgotten: &MysqlLogin,
    ) -> Result<(), HookError> {
        let user = &forgotten.username;
        let mut hosts = account::hosts(admin, user).await?;
        match (hosts.pop(), hosts.is_empty()) {
            (Some(host), true) => {
                second_user::restore(admin, &(user.clone(), host), forgotten).await
            }
            (None, _) => Err(HookError::refused(format!("user {user} does not exist"))),
            (Some(host), false) => Err(HookError::refused(format!(
                "user {user} exists with several hosts ({}, {host}): set the password of the one that is meant by hand",
                hosts.join(", ")
            ))),
        }
    }
}
