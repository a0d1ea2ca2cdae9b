//! How a function talks to one kind of database.

use std::time::Duration;

use crate::config::Strategy;
use crate::context::Context;
use crate::error::HookError;
use crate::rotator::{Payload, TestsAsAdmin, Verdict};
use crate::settings::Shared;

use super::connect::Connector;
use super::login::{Database, Login};

/// How a function talks to one kind of database.
pub trait Driver: Database {
    /// Names the rotator in logs and on its command line.
    const NAME: &'static str;
    /// The value of `EXCLUDE_CHARACTERS` if nobody sets it.
    const EXCLUDE_CHARACTERS: &'static str = "/@\"'\\";
    /// The values of `ROTATION_STRATEGY` that the rotator knows.
    const STRATEGIES: &'static [Strategy];
    /// The groups of settings that have an effect.
    const SHARED_SETTINGS: &'static [Shared] = Shared::ALL;
    /// Says when [`AlternatingUsers::lacking`](super::AlternatingUsers::lacking) needs the administrator's login.
    const TESTS_AS_ADMIN: TestsAsAdmin = TestsAsAdmin::Never;
    /// A login that the server accepted.
    type Connection: Connection;

    /// Says whether the server accepts `login`. After `time`, the server ends by itself all that it does for this connection: a
    /// statement, a transaction, a session whose client is silent.
    fn open(
        connector: &Connector,
        login: &Login<Self>,
        time: Duration,
    ) -> impl Future<Output = Result<Verdict<Self::Connection>, HookError>> + Send;

    /// After `Ok`, the server accepts the password of `forgotten`: the administrator, whose connection it is, has set it. The account is
    /// otherwise as it was.
    fn restore(
        cx: &Context,
        connector: &Connector,
        admin: &mut Self::Connection,
        forgotten: &Login<Self>,
    ) -> impl Future<Output = Result<(), HookError>> + Send;

    /// The strategy of this secret if `ROTATION_STRATEGY` is not set. As with AWS's templates, two users take turns if the secret
    /// names an administrator.
    fn strategy(login: &Login<Self>) -> Strategy {
        match login.admin_secret() {
            Some(_) => Strategy::AlternatingUsers,
            None => Strategy::SingleUser,
        }
    }
}

/// A login that the server accepted: one connection, or one for each node.
pub trait Connection: Send + Sync + 'static {
    /// Host and port of the server, as in `db.example:5432`.
    fn server(&self) -> &str;

    /// The user whose login it is.
    fn user(&self) -> &str;

    /// After `Ok`, the server accepts writes. A standby or a reader endpoint is an error.
    fn writable(&mut self) -> impl Future<Output = Result<(), HookError>> + Send;

    /// After `Ok`, nobody else holds the lock of `key` at this server until the connection is closed. If somebody else holds it,
    /// the answer is [`HookError::busy`].
    fn lock(&mut self, key: &str) -> impl Future<Output = Result<(), HookError>> + Send;

    /// After `Ok`, what [`writable`](Self::writable) and [`lock`](Self::lock) say of `Ok` holds. A server that answers both at once saves a
    /// round trip.
    fn lock_to_write(&mut self, key: &str) -> impl Future<Output = Result<(), HookError>> + Send {
        async {
            self.writable().await?;
            self.lock(key).await
        }
    }

    /// After this, the server has let go of the connection and its lock.
    fn close(self) -> impl Future<Output = ()> + Send;
}
