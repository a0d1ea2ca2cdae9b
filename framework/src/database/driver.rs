//! What one kind of database is to [`Rotate`](super::Rotate): a driver, and a trait for each strategy.

use std::time::Duration;

use crate::config::{Strategy, word};
use crate::context::Context;
use crate::error::HookError;
use crate::rotator::{Payload, Succession, TestsAsAdmin, Verdict};
use crate::settings::Shared;

use super::connect::Connector;
use super::login::{Database, Login};
use super::session::Session;

/// What a hook answers that only has to do something.
type Done = Result<(), HookError>;

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
    /// Whether [`AlternatingUsers::lacking`] needs the administrator's login.
    const TESTS_AS_ADMIN: TestsAsAdmin = TestsAsAdmin::Never;
    /// A login that the server accepted.
    type Connection: Connection;

    /// Says whether the server accepts `login`. What the server does for this connection, it ends by itself after `time`: a
    /// statement, a transaction, a session whose client is silent.
    fn open(
        connector: &Connector,
        login: &Login<Self>,
        time: Duration,
    ) -> impl Future<Output = Result<Verdict<Self::Connection>, HookError>> + Send;

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
    fn writable(&mut self) -> impl Future<Output = Done> + Send;

    /// After `Ok`, nobody else holds the lock of `key` at this server until the connection is closed. If somebody else holds it,
    /// the answer is [`HookError::busy`].
    fn lock(&mut self, key: &str) -> impl Future<Output = Done> + Send;

    /// After this, the server has let go of the connection and its lock.
    fn close(self) -> impl Future<Output = ()> + Send;
}

/// One user, who changes the own password: `single-user`. As it stands here, it refuses.
pub trait SingleUser: Driver {
    /// After `Ok`, the user of `pending` has that password and no other one.
    fn set(
        _cx: &Context,
        _session: &mut Session<Self>,
        _pending: &Login<Self>,
    ) -> impl Future<Output = Done> + Send {
        refused(Strategy::SingleUser)
    }

    /// What [`set`](Self::set) would refuse, this refuses, and nothing of it survives at the server.
    fn rehearse(
        _cx: &Context,
        _session: &mut Session<Self>,
        _current: &Login<Self>,
    ) -> impl Future<Output = Done> + Send {
        refused(Strategy::SingleUser)
    }
}

/// Two users who take turns: `alternating-users`. As it stands here, it refuses.
pub trait AlternatingUsers: Driver {
    /// The longest name of a user that any server of this kind takes, as [`length`](Self::length) counts.
    const LONGEST_USER: usize = Self::USER_BYTES;

    /// What [`length`](Self::length) counts, in words.
    const LENGTH: &'static str = "characters (bytes)";

    /// The length of a user's name: its bytes.
    fn length(user: &str) -> usize {
        user.len()
    }

    /// Whether the account is the server's own, or its provider's.
    fn reserved(_user: &str) -> bool {
        false
    }

    /// After `Ok`, the user of `pending` exists, may do all that the user of `current` may, and has its password. The user of
    /// `current` is as it was.
    fn set(
        _cx: &Context,
        _session: &mut Session<Self>,
        _current: &Login<Self>,
        _pending: &Login<Self>,
    ) -> impl Future<Output = Done> + Send {
        refused(Strategy::AlternatingUsers)
    }

    /// What [`set`](Self::set) would refuse, this refuses, and nothing of it survives at the server.
    fn rehearse(
        _cx: &Context,
        _session: &mut Session<Self>,
        _current: &Login<Self>,
    ) -> impl Future<Output = Done> + Send {
        refused(Strategy::AlternatingUsers)
    }

    /// What the user of `login`, whose session it is, may not do, though the user of `replaced` may: in words, or nothing.
    fn lacking(
        _session: &mut Session<Self>,
        _login: &Login<Self>,
        _replaced: &Login<Self>,
    ) -> impl Future<Output = Result<Option<String>, HookError>> + Send {
        refused(Strategy::AlternatingUsers)
    }
}

/// One user with two passwords: `dual-password`. As it stands here, it refuses.
pub trait DualPassword: Driver {
    /// How long the older password works: until the next rotation, or until [`retire`](Self::retire).
    const SUCCESSION: Succession = Succession::Displace;

    /// After `Ok`, the server accepts the password of `pending`, and still that of `current`.
    fn set(
        _cx: &Context,
        _session: &mut Session<Self>,
        _current: &Login<Self>,
        _pending: &Login<Self>,
    ) -> impl Future<Output = Done> + Send {
        refused(Strategy::DualPassword)
    }

    /// What [`set`](Self::set) would refuse, this refuses, and nothing of it survives at the server.
    fn rehearse(
        _cx: &Context,
        _session: &mut Session<Self>,
        _current: &Login<Self>,
    ) -> impl Future<Output = Done> + Send {
        refused(Strategy::DualPassword)
    }

    /// After `Ok`, the server accepts `keep` and no longer `retired`.
    fn retire(
        _cx: &Context,
        _session: &mut Session<Self>,
        _keep: &Login<Self>,
        _retired: &Login<Self>,
    ) -> impl Future<Output = Done> + Send {
        refused(Strategy::DualPassword)
    }
}

async fn refused<T>(strategy: Strategy) -> Result<T, HookError> {
    let name = word(strategy);
    Err(HookError::refused(format!(
        "this rotator does not know the strategy {name}"
    )))
}
