//! The things that a hook may ask for.

mod told;

use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::de::DeserializeOwned;

use crate::document::Document;
use crate::error::HookError;
use crate::password::PasswordPolicy;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::version::{SecretId, VersionId};
pub(crate) use told::Told;

/// The engine's part of a call to a hook. It has no access to Secrets Manager, so a rotator cannot move a label.
#[derive(Clone, Debug)]
pub struct Context {
    pub(crate) secret_id: SecretId,
    pub(crate) version_id: VersionId,
    pub(crate) policy: PasswordPolicy,
    pub(crate) admin: Option<Document>,
    pub(crate) claimed: bool,
    pub(crate) time_left: Duration,
    pub(crate) began: SystemTime,
    pub(crate) now: SystemTime,
    pub(crate) horizon: Duration,
    pub(crate) told: Option<Arc<Told>>,
}

impl Context {
    /// The secret's ARN. It is also the key of the lock on the target.
    pub fn secret_id(&self) -> &SecretId {
        &self.secret_id
    }

    /// The version that this rotation makes.
    pub fn version_id(&self) -> &VersionId {
        &self.version_id
    }

    /// Draws a new password by the function's policy. In [`rehearse`](crate::Rotator::rehearse), the tags of the secret may change that
    /// policy. Each call draws another password.
    ///
    /// # Errors
    /// If the system's random generator fails.
    pub fn password(&self) -> Result<Secret, HookError> {
        let password = self.policy.draw()?;
        if let Some(told) = &self.told {
            told.conceal(password.clone());
        }
        Ok(password)
    }

    /// Tells a change that the hook makes at the target, in the target's own words: a statement, a file, a call. In
    /// [`rehearse`](crate::Rotator::rehearse), it is what `set` would do, or `generate` if the target
    /// [`issues`](crate::Rotator::issues) the credential. Only a plan listens. The engine takes everything secret out of the text
    /// that it knows, and every [`password`](Self::password).
    pub fn tell(&self, change: impl FnOnce() -> String) {
        if let Some(told) = &self.told {
            told.note(change());
        }
    }

    /// The value of the administrator's secret. The engine reads it before [`lock`](crate::Rotator::lock) and
    /// [`rehearse`](crate::Rotator::rehearse). If the target [`issues`](crate::Rotator::issues) the credential, the engine also reads
    /// it before `generate` and `discard`. [`TESTS_AS_ADMIN`](crate::Rotator::TESTS_AS_ADMIN) says before which calls of `test` the engine
    /// also reads it. After `lock`, the later hooks of the same step have it too. If AWSCURRENT was read, AWSCURRENT names this
    /// secret.
    ///
    /// # Errors
    /// If the engine has read no such secret, or if its JSON does not fit `T`. The text names the key.
    pub fn admin<T: DeserializeOwned>(&self) -> Result<T, HookError> {
        let none = || {
            HookError::refused(
                "no admin secret was read: the key masterarn is missing from the secret",
            )
        };
        let document = self.admin.as_ref().ok_or_else(none)?;
        document
            .parse()
            .map_err(|problem| HookError::refused(format!("the admin secret {problem}")))
    }

    /// Returns true if another labelled version of this secret names the principal of [`HookError::unclaimed`], for the same target.
    /// If so, the principal is this secret's, even if the target has no sign of that. The engine looks only after the hook returned
    /// [`HookError::unclaimed`]. Before that, this is `false`.
    pub fn claimed(&self) -> bool {
        self.claimed
    }

    /// How long the hook may take, counted from its call. The hook must limit its work on the server to this time too.
    pub fn time_left(&self) -> Duration {
        self.time_left
    }

    /// When this invocation began. If a decision rests on an age and on what Secrets Manager has shown, measure the age at this
    /// time and not at [`now`](Self::now): what Secrets Manager has shown may be as old as the invocation.
    pub fn began(&self) -> SystemTime {
        self.began
    }

    /// When the hook was called.
    pub fn now(&self) -> SystemTime {
        self.now
    }

    /// The longest time after its start in which an invocation can still do something. If something is older than this, the
    /// invocation that left it no longer runs.
    pub fn horizon(&self) -> Duration {
        self.horizon
    }
}

/// The engine's part of a call to [`generate`](crate::Rotator::generate). It also has what holds for this secret alone. Only in
/// createSecret, the secret's tags and labels are always known.
#[derive(Clone, Debug)]
pub struct GenerateContext {
    pub(crate) context: Context,
    pub(crate) labelled: Vec<VersionId>,
    pub(crate) policy: PasswordPolicy,
    pub(crate) settings: Settings,
    pub(crate) password: Option<Secret>,
}

impl GenerateContext {
    /// Draws a new password by the secret's policy: the function's, as the secret's tags change it. Each call draws another one. With
    /// `PASSWORD_SOURCE=secrets-manager`, all calls return the same one.
    ///
    /// # Errors
    /// If the system's random generator fails.
    pub fn password(&self) -> Result<Secret, HookError> {
        match &self.password {
            Some(password) => Ok(password.clone()),
            None => self.policy.draw().map_err(HookError::from),
        }
    }

    /// The value of one of the rotator's own [`SETTINGS`](crate::Rotator::SETTINGS): that of the secret's tag if the setting allows
    /// one and there is one, otherwise that of the function's variable.
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.get(name)
    }

    /// The versions that carry a label.
    pub fn labelled(&self) -> &[VersionId] {
        &self.labelled
    }
}

impl Deref for GenerateContext {
    type Target = Context;

    fn deref(&self) -> &Context {
        &self.context
    }
}
