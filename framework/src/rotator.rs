//! What a rotator is: its payload, and the hooks that the engine calls.

use std::future::Future;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::context::Context;
use crate::error::HookError;
use crate::secret::{Secret, scrub};
use crate::settings::Names;

/// The fields of the secret that a rotator reads or changes, and no others: the engine patches the ones that changed
/// and keeps the rest of the JSON as it was.
pub trait Payload: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// What this credential opens (host and port; never the user). Payloads with different targets are never used
    /// together.
    fn target(&self) -> String;
    /// Whose credential it is.
    fn principal(&self) -> &str;
    /// The values that must never reach a log or an error message.
    fn secrets(&self) -> Vec<&Secret>;
    /// The secret holding the administrator's login, where one is needed.
    fn admin_secret(&self) -> Option<&str> {
        None
    }
}

/// The target's answer to a credential. Getting no answer is an `Err`.
/// Of several nodes: any `Err` is an `Err`, else any refusal is a `Reject` that names them.
#[must_use]
#[derive(Debug)]
pub enum Verdict<S> {
    /// The target took it; this is the session that proved it.
    Accept(S),
    /// The target said no.
    Reject(Rejection),
}

/// Why the target said no, in words that hold nothing secret; the engine takes out what it knows all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection(String);

impl Rejection {
    /// As in `the password is wrong`.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }

    /// The reason.
    pub fn reason(&self) -> &str {
        &self.0
    }

    pub(crate) fn scrubbed(&self, secrets: &[Secret]) -> Self {
        Self(scrub(&self.0, secrets))
    }
}

/// What becomes of the old credential when the new one is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Succession {
    /// It stops working at once.
    Replace,
    /// Two principals take turns: it works until its own next turn.
    Alternate,
    /// The target holds two: it works until the next `set` displaces it.
    Displace,
    /// It works until [`Rotator::retire`] ends it.
    Coexist,
}

/// Rotates the credentials of one kind of target. Any hook may be cut off halfway and called again: so each states
/// what holds after `Ok`, not what it does.
pub trait Rotator: Send + Sync + 'static {
    /// The typed part of the secret.
    type Payload: Payload;
    /// An authenticated hold on the target: a connection, or several.
    type Session: Send;
    /// Names the rotator in logs and on its command line.
    const NAME: &'static str;
    /// What `EXCLUDE_CHARACTERS` is where nobody sets it. AWS's own templates differ by engine.
    const EXCLUDE_CHARACTERS: &'static str = "/@\"'\\";
    /// Settings of its own, each with what the help says: a variable such as `SSH_KEY_TYPE`, which a secret's tag
    /// `rotation:ssh-key-type` overrides.
    const SETTINGS: Names = &[];
    /// Whether `generate` has the target issue the credential, which then exists before it is stored.
    const ISSUES: bool = false;
    /// Whether `test` needs the admin's login to compare privileges.
    const TESTS_AS_ADMIN: bool = false;
    /// `payload` as it was read, with what the function's settings say about it.
    ///
    /// # Errors
    /// If the payload does not fit the settings. The text must not contain the value; it is shown after
    /// `the secret's AWSCURRENT cannot be used: it`.
    fn complete(&self, payload: Self::Payload) -> Result<Self::Payload, String> {
        Ok(payload)
    }
    /// The same for AWSCURRENT and for AWSPENDING of one rotation.
    fn succession(&self, payload: &Self::Payload) -> Succession;

    /// After `Ok`, the caller holds a credential that is not yet in use. If the target issues credentials: the new one is named with
    /// our prefix and [`Context::version_id`], and every credential of ours is revoked that no labelled version names and that
    /// was a [`horizon`](Context::horizon) old when this invocation [`began`](Context::began).
    fn generate(
        &self,
        cx: &Context,
        current: &Self::Payload,
    ) -> impl Future<Output = Result<Self::Payload, HookError>> + Send;

    /// Says whether the target accepts `payload` now, as a credential of its [`principal`](Payload::principal), and, where
    /// `replaces` is given, for all that `replaces` may do. If so, the session that proved it stays open for the engine to use.
    /// A credential that works and is another principal's is an error: an administrator acts for whom this has proven.
    fn test(
        &self,
        cx: &Context,
        payload: &Self::Payload,
        replaces: Option<&Self::Payload>,
    ) -> impl Future<Output = Result<Verdict<Self::Session>, HookError>> + Send;

    /// After `Ok`, nobody else changes this secret's credential at the target until the session is closed, and the
    /// session holds the admin's login where one is needed. Taken already: [`HookError::busy`]. A target whose `set`
    /// only ever adds needs none.
    fn lock(
        &self,
        _cx: &Context,
        _session: &mut Self::Session,
        _payload: &Self::Payload,
    ) -> impl Future<Output = Result<(), HookError>> + Send {
        async { Ok(()) }
    }

    /// After `Ok`, the target accepts `pending`. The session is open with a credential that works, and locked; the
    /// engine keeps it until a new login with `pending` has worked.
    fn set(
        &self,
        cx: &Context,
        session: &mut Self::Session,
        current: &Self::Payload,
        pending: &Self::Payload,
    ) -> impl Future<Output = Result<(), HookError>> + Send;

    /// After `Ok`, the target rejects `retired`, which may be gone already, and still accepts `keep`, with which the
    /// locked session was opened. Called for [`Succession::Coexist`], and for `Displace` when the policy is
    /// `after-finish`.
    fn retire(
        &self,
        _cx: &Context,
        _session: &mut Self::Session,
        _keep: &Self::Payload,
        _retired: &Self::Payload,
    ) -> impl Future<Output = Result<(), HookError>> + Send {
        async { Ok(()) }
    }

    /// After `Ok`, `set` and `retire` will be allowed. Changes nothing: for a testSecret that comes alone, and for dry
    /// runs.
    fn check(
        &self,
        _cx: &Context,
        _session: &mut Self::Session,
        _current: &Self::Payload,
    ) -> impl Future<Output = Result<(), HookError>> + Send {
        async { Ok(()) }
    }

    /// After `Ok`, a credential that [`Rotator::generate`] issued and that lost the race to be stored is dead.
    fn discard(
        &self,
        _cx: &Context,
        _issued: &Self::Payload,
    ) -> impl Future<Output = Result<(), HookError>> + Send {
        async { Ok(()) }
    }

    /// After this, the target has let go of connections and lock.
    fn close(&self, session: Self::Session) -> impl Future<Output = ()> + Send {
        async { drop(session) }
    }
}
