//! The parts of a rotator: its payload, and the hooks that the engine calls.

use std::future::Future;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::config::Strategy;
use crate::context::{Context, GenerateContext};
use crate::error::HookError;
use crate::secret::{Secret, scrub};
use crate::settings::{Setting, Shared};

/// The fields of the secret that a rotator reads or changes, and no others. The engine patches the fields that changed, and
/// keeps the rest of the JSON as it was.
pub trait Payload: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The server that this credential opens: host and port, and never the user. Payloads with different targets are never used together.
    fn target(&self) -> String;
    /// Whose credential it is.
    fn principal(&self) -> &str;
    /// The value that the target accepts or refuses. Two versions with the same value hold the same credential, whatever else differs in
    /// them.
    fn credential(&self) -> &Secret;
    /// Other values that must never reach a log or an error message, such as a passphrase.
    fn secrets(&self) -> Vec<&Secret> {
        Vec::new()
    }
    /// The ARN of the secret with the administrator's login, if one is needed.
    fn admin_secret(&self) -> Option<&str> {
        None
    }
}

/// The target's answer to a credential. Getting no answer is an `Err`. So is every answer that does not mean *wrong credential*: the
/// target is full, starting or forbidden, or the account is locked.
///
/// If a target has several nodes: an error at one node is an `Err`. Otherwise, a refusal at one or more nodes is a `Reject`
/// whose text names these nodes.
#[must_use]
#[derive(Debug)]
pub enum Verdict<S> {
    /// The target accepted it. This is the session that proved it.
    Accept(S),
    /// The target refused it.
    Reject(Rejection),
}

/// Why the target refused a credential. The text must hold nothing secret. The engine also takes out every secret that it
/// knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection(String);

impl Rejection {
    /// A rejection for this reason, as in `the password is wrong`.
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

/// The fate of the old credential when the new one is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Succession {
    /// It stops working at once.
    Replace,
    /// Two principals take turns. The old credential works until its principal's next turn.
    Alternate,
    /// The target holds two credentials. The old one works until the next `set` displaces it, as with `RETAIN CURRENT PASSWORD`
    /// of MySQL.
    Displace,
    /// It works until [`Rotator::retire`] ends it, as with the passwords of a Redis user.
    Coexist,
}

/// The calls of [`Rotator::test`] that need the administrator's login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TestsAsAdmin {
    /// None.
    Never,
    /// Those with `replaces`: only an administrator may see what somebody else may do.
    ToCompare,
    /// All: nobody reaches the target without it.
    Always,
}

/// Rotates the credentials of one kind of target. Any hook may be cut off halfway and called again. So the description of a
/// hook says what holds after `Ok`, not what the hook does.
pub trait Rotator: Send + Sync + 'static {
    /// The typed part of the secret.
    type Payload: Payload;
    /// An authenticated access to the target: one connection, or several.
    type Session: Send;
    /// Names the rotator in logs and on its command line.
    const NAME: &'static str;
    /// The value of `EXCLUDE_CHARACTERS` if nobody sets it. AWS's own templates use different values for different engines.
    const EXCLUDE_CHARACTERS: &'static str = "/@\"'\\";
    /// The rotator's own settings. Each is a variable of the function, such as `SSH_KEY_TYPE`. Some may be overridden by a tag of
    /// the secret, here `rotation:ssh-key-type`.
    const SETTINGS: &'static [Setting] = &[];
    /// The settings that the rotator shares with others. It is for the help: nobody shall look for what has no effect.
    const SHARED_SETTINGS: &'static [Shared] = Shared::ALL;
    /// The values of `ROTATION_STRATEGY` that the rotator knows. The function does not start with any other one.
    const STRATEGIES: &'static [Strategy] = &[];
    /// The calls of `test` that need the administrator's login.
    const TESTS_AS_ADMIN: TestsAsAdmin = TestsAsAdmin::Never;
    /// Adds to `payload`, as it was read, what the function's settings say about it.
    ///
    /// # Errors
    /// If the payload does not fit the settings. The text must not contain the value. It is shown after
    /// `the secret's AWSCURRENT cannot be used: it`.
    fn complete(&self, payload: Self::Payload) -> Result<Self::Payload, String> {
        Ok(payload)
    }
    /// Returns true if the target issues this credential in `generate`. Such a credential exists before it is stored. The answer must
    /// be the same for AWSCURRENT and for AWSPENDING of one rotation.
    fn issues(&self, _payload: &Self::Payload) -> bool {
        false
    }
    /// Says what becomes of the old credential. The answer must be the same for AWSCURRENT and for AWSPENDING of one rotation.
    fn succession(&self, payload: &Self::Payload) -> Succession;

    /// After `Ok`, the caller holds a credential that is not yet in use.
    ///
    /// If the target issues credentials, the name of the new one has the rotator's prefix and [`Context::version_id`]. In that case,
    /// this hook also revokes old credentials. It revokes each one whose name has the prefix, that no labelled version names, and that
    /// was a [`horizon`](Context::horizon) old when this invocation [`began`](Context::began). With
    /// [`RetirePolicy::Never`](crate::config::RetirePolicy::Never), it revokes none.
    fn generate(
        &self,
        cx: &GenerateContext,
        current: &Self::Payload,
    ) -> impl Future<Output = Result<Self::Payload, HookError>> + Send;

    /// Says whether the target accepts `payload` now, as a credential of its [`principal`](Payload::principal). If `replaces`
    /// is given, `payload` must also be allowed to do everything that `replaces` may do. If the answer is yes, the
    /// session that proved it stays open, and the engine uses it.
    ///
    /// It is an error if the credential works, but belongs to another principal. The reason is that an administrator acts for
    /// the principal that this hook has proven.
    fn test(
        &self,
        cx: &Context,
        payload: &Self::Payload,
        replaces: Option<&Self::Payload>,
    ) -> impl Future<Output = Result<Verdict<Self::Session>, HookError>> + Send;

    /// After `Ok`, nobody else changes this secret's credential at the target until the session is closed. If an
    /// administrator's login is needed, the session holds it too. If somebody else holds the lock, the hook returns
    /// [`HookError::busy`]. A target whose `set` only adds something needs no lock: then this returns `Ok`.
    ///
    /// The engine has seen that the target accepts `payload`, which opened the session.
    fn lock(
        &self,
        cx: &Context,
        session: &mut Self::Session,
        payload: &Self::Payload,
    ) -> impl Future<Output = Result<(), HookError>> + Send;

    /// After `Ok`, the target accepts `pending`, also after a restart. With [`Succession::Alternate`], [`Succession::Displace`] and
    /// [`Succession::Coexist`], it still accepts `current`. With `Displace`, it accepts nothing older.
    ///
    /// The engine has checked that both are for the same target. They are for the same principal, but with `Alternate` for two. The
    /// session was opened with a credential that works, and it is locked. The engine keeps it until a new login with `pending` has
    /// worked. AWSCURRENT has not moved since `current` was read.
    fn set(
        &self,
        cx: &Context,
        session: &mut Self::Session,
        current: &Self::Payload,
        pending: &Self::Payload,
    ) -> impl Future<Output = Result<(), HookError>> + Send;

    /// After `Ok`, the target rejects `retired` and still accepts `keep`. `retired` may be gone already.
    ///
    /// The engine has checked that both are for the same target and the same principal, and that they are not the same credential.
    /// The session was opened with `keep`, and it is locked. The engine calls this for [`Succession::Coexist`], unless the policy is
    /// `never`. For [`Succession::Displace`], it calls this only if the policy is `after-finish`. A rotator that has neither need not
    /// write it: as it stands here, it refuses.
    fn retire(
        &self,
        _cx: &Context,
        _session: &mut Self::Session,
        _keep: &Self::Payload,
        _retired: &Self::Payload,
    ) -> impl Future<Output = Result<(), HookError>> + Send {
        async { Err(missing("retire")) }
    }

    /// This refuses all that `set` would refuse. It leaves nothing at the target. It tells by [`Context::tell`] what `set` would
    /// change, or what `generate` would if the target [`issues`](Self::issues) the credential. The engine calls it if testSecret comes
    /// alone, as RotateImmediately=false sends it, and in a plan. The session was opened with `current`. It is not locked, but in a
    /// plan it may be.
    fn rehearse(
        &self,
        cx: &Context,
        session: &mut Self::Session,
        current: &Self::Payload,
    ) -> impl Future<Output = Result<(), HookError>> + Send;

    /// After `Ok`, the target rejects `issued`. [`Rotator::generate`] issued it, but it was not stored: another value was
    /// stored first, or Secrets Manager refused it. A rotator that [`issues`](Self::issues) nothing need not write this: as it
    /// stands here, it refuses.
    fn discard(
        &self,
        _cx: &Context,
        _issued: &Self::Payload,
    ) -> impl Future<Output = Result<(), HookError>> + Send {
        async { Err(missing("discard")) }
    }

    /// After `Ok`, the target accepts `forgotten`: the administrator has set it. [`Context::admin`] has the administrator's login, which
    /// a person has named. Only `rotation repair` calls this, after the target has refused `forgotten` and every other credential
    /// of the secret, and after that person has agreed. A target without an administrator need not write it: as it stands here, it refuses.
    fn restore(
        &self,
        _cx: &Context,
        _forgotten: &Self::Payload,
    ) -> impl Future<Output = Result<(), HookError>> + Send {
        async {
            Err(HookError::refused(
                "this rotator has no way for an administrator to set a credential that was forgotten: set it at the target by hand",
            ))
        }
    }

    /// After this, the connections are closed, and the lock is free.
    fn close(&self, session: Self::Session) -> impl Future<Output = ()> + Send {
        async { drop(session) }
    }
}

/// Of a hook that the rotator's own answers ask for, and that it does not have.
fn missing(hook: &str) -> HookError {
    HookError::refused(format!("this rotator needs the hook {hook}, and has none"))
}
