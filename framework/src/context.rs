//! What a hook may ask for.

use std::time::{Duration, SystemTime};

use serde::de::DeserializeOwned;

use crate::document::Document;
use crate::error::HookError;
use crate::password::PasswordPolicy;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::version::{SecretId, VersionId};

/// Handed to every hook. It has no way to Secrets Manager: a rotator cannot move a label.
#[derive(Clone, Debug)]
pub struct Context {
    pub(crate) secret_id: SecretId,
    pub(crate) version_id: VersionId,
    pub(crate) labelled: Vec<VersionId>,
    pub(crate) policy: PasswordPolicy,
    pub(crate) settings: Settings,
    pub(crate) password: Option<Secret>,
    pub(crate) admin: Option<Document>,
    pub(crate) claimed: bool,
    pub(crate) time_left: Duration,
    pub(crate) began: SystemTime,
    pub(crate) now: SystemTime,
    pub(crate) horizon: Duration,
}

impl Context {
    /// The secret's ARN: also the key of the target-side lock.
    pub fn secret_id(&self) -> &SecretId {
        &self.secret_id
    }

    /// The version that this rotation makes.
    pub fn version_id(&self) -> &VersionId {
        &self.version_id
    }

    /// The versions that carried a label in the last answer of Secrets Manager.
    pub fn labelled(&self) -> &[VersionId] {
        &self.labelled
    }

    /// A new password by the secret's policy; another one at each call, unless Secrets Manager was to make it.
    ///
    /// # Errors
    /// If the system's random generator fails.
    pub fn password(&self) -> Result<Secret, HookError> {
        match &self.password {
            Some(password) => Ok(password.clone()),
            None => self.policy.draw().map_err(HookError::from),
        }
    }

    /// One of the rotator's own [`SETTINGS`](crate::Rotator::SETTINGS): the secret's tag, else the function's variable.
    /// Tags are known in createSecret, where they were read.
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.get(name)
    }

    /// The value of the admin's secret, which the engine read beforehand.
    ///
    /// # Errors
    /// If the payload names none, or if its JSON does not fit `T`; the text names the key.
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

    /// Whether AWSPREVIOUS of this secret names the principal of AWSPENDING: then it is ours, even if the target has no
    /// sign of it. Only looked up after a hook answered [`HookError::unclaimed`].
    pub fn claimed(&self) -> bool {
        self.claimed
    }

    /// How long the hook may take, counted from its call. Whatever runs on the server must be bounded by it too.
    pub fn time_left(&self) -> Duration {
        self.time_left
    }

    /// When this invocation began. What is to be judged by its age beside what Secrets Manager has shown, is judged by this:
    /// the answer may be as old.
    pub fn began(&self) -> SystemTime {
        self.began
    }

    /// When the hook was called.
    pub fn now(&self) -> SystemTime {
        self.now
    }

    /// The longest that an invocation can live and still do something. What is older than that was left by nobody who
    /// still runs.
    pub fn horizon(&self) -> Duration {
        self.horizon
    }
}
