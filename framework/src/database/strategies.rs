//! The hooks that a database has for each strategy.

use crate::config::{Strategy, word};
use crate::context::Context;
use crate::error::HookError;
use crate::rotator::Succession;

use super::driver::Driver;
use super::login::Login;
use super::session::Session;

/// The answer of a hook that has nothing to return.
type Done = Result<(), HookError>;

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

    /// This refuses all that [`set`](Self::set) would refuse. It leaves nothing at the server.
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

    /// The unit of [`length`](Self::length), in words.
    const LENGTH: &'static str = "characters (bytes)";

    /// The length of a user's name: its bytes.
    fn length(user: &str) -> usize {
        user.len()
    }

    /// Returns true if the account belongs to the server itself, or to its provider.
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

    /// This refuses all that [`set`](Self::set) would refuse. It leaves nothing at the server.
    fn rehearse(
        _cx: &Context,
        _session: &mut Session<Self>,
        _current: &Login<Self>,
    ) -> impl Future<Output = Done> + Send {
        refused(Strategy::AlternatingUsers)
    }

    /// Names a right that the user of `replaced` has, and the user of `login` lacks. `None` if there is no such right. The session is
    /// the one of `login`.
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

    /// This refuses all that [`set`](Self::set) would refuse. It leaves nothing at the server.
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
