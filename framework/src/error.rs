//! Every error of the framework, and the one place where foreign errors become text.

use std::error::Error;

use crate::document::Problem;
use crate::event::EventError;
use crate::secret::{Secret, scrub};
use crate::version::Stage;

/// Why a hook failed, in words. Built from any error with `?`; deliberately no [`Error`] itself, so that nothing can
/// print the source, whose `Debug` may hold a password.
#[derive(Clone, Debug)]
pub struct HookError {
    class: HookClass,
    text: String,
}

/// What the engine makes of a [`HookError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HookClass {
    /// May go away by itself: the service tries again.
    Failed,
    /// Stays until somebody changes something.
    Refused,
    /// The lock is taken.
    Busy,
    /// The principal exists and carries no sign that it is ours.
    Unclaimed,
    /// The function's time was up.
    Late,
}

impl HookError {
    /// Something that another try may get past: a lost connection, a busy server.
    pub fn failed(text: impl Into<String>) -> Self {
        Self::new(HookClass::Failed, text)
    }

    /// Something that stays wrong until a person changes it. Say what, and what to do.
    pub fn refused(text: impl Into<String>) -> Self {
        Self::new(HookClass::Refused, text)
    }

    /// Somebody else holds the lock of [`Rotator::lock`](crate::Rotator::lock).
    pub fn busy() -> Self {
        Self::new(
            HookClass::Busy,
            "another invocation is at work on this secret",
        )
    }

    /// `set` found the pending principal on the target without a sign that we made it. The engine then looks whether
    /// AWSPREVIOUS names it, and if so calls `set` again with [`Context::claimed`](crate::Context::claimed) set.
    pub fn unclaimed(text: impl Into<String>) -> Self {
        Self::new(HookClass::Unclaimed, text)
    }

    pub(crate) fn late(text: impl Into<String>) -> Self {
        Self::new(HookClass::Late, text)
    }

    /// What went wrong; the engine takes the payloads' secrets out before it goes anywhere.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn class(&self) -> HookClass {
        self.class
    }

    pub(crate) fn scrubbed(self, secrets: &[Secret]) -> Self {
        Self {
            text: scrub(&self.text, secrets),
            ..self
        }
    }

    fn new(class: HookClass, text: impl Into<String>) -> Self {
        Self {
            class,
            text: text.into(),
        }
    }
}

impl<E: Error> From<E> for HookError {
    fn from(error: E) -> Self {
        Self::failed(chain(&error))
    }
}

/// The messages of `error` and of its sources, each once.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

/// A call to Secrets Manager failed; it may have taken effect all the same.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{operation}: {message}")]
pub struct StoreError {
    /// As in `PutSecretValue`.
    pub operation: &'static str,
    /// What kind of failure.
    pub kind: StoreErrorKind,
    /// In words, with what to do about it.
    pub message: String,
}

/// What kind of failure a [`StoreError`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreErrorKind {
    /// IAM or a resource policy says no.
    Denied,
    /// The secret is not there.
    NotFound,
    /// The KMS key cannot be used.
    Key,
    /// Too many versions or labels.
    Limit,
    /// Secrets Manager refuses the request for another reason.
    Invalid,
    /// No answer, throttled, or a fault of the service: try again.
    Unavailable,
}

/// Why a step failed: one variant per thing that an operator would do differently.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RotationError {
    /// The event is not one that Secrets Manager sends.
    #[error("{0}")]
    Event(#[from] EventError),
    /// Variables of the function, one problem a line.
    #[error("{0}")]
    Config(String),
    /// The password policy as changed by the secret's tags, one problem a line.
    #[error("{0}")]
    Policy(String),
    /// Rotation is off, by another function, from another place, or the secret is about to be deleted.
    #[error("{0}")]
    NotAllowed(String),
    /// The version is no rotation's, or no longer one's.
    #[error("{0}")]
    NotStaged(String),
    /// The JSON of a version, by its label, cannot be used.
    #[error("the secret's {stage} {problem}")]
    Value {
        /// The label it was read by.
        stage: Stage,
        /// What is wrong with it.
        problem: Problem,
    },
    /// The versions do not fit together, or have no value.
    #[error("{0}")]
    Versions(String),
    /// The admin's secret cannot be used.
    #[error("the admin secret {arn} {problem}")]
    Admin {
        /// Its ARN, as the secret names it.
        arn: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The target takes no credential that this secret has.
    #[error("{0}")]
    NoneAccepted(String),
    /// The target does not take the new credential.
    #[error("{0}")]
    PendingRejected(String),
    /// Another invocation, or an earlier rotation, may still be at work.
    #[error("{0}")]
    Busy(String),
    /// Labels or credentials changed while the step ran.
    #[error("{0}")]
    Changed(String),
    /// Too little time is left for what comes next.
    #[error("{0}")]
    Time(String),
    /// A call to Secrets Manager failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The target failed, and may recover.
    #[error("{0}")]
    Target(String),
    /// The target, or the secret, must be changed by somebody.
    #[error("{0}")]
    TargetRefused(String),
}

impl RotationError {
    /// The name that alarms match on; it never changes.
    pub fn error_type(&self) -> &'static str {
        match self {
            Self::Event(_) => "Rotation.Event",
            Self::Config(_) => "Rotation.Config",
            Self::Policy(_) => "Rotation.Policy",
            Self::NotAllowed(_) => "Rotation.NotAllowed",
            Self::NotStaged(_) => "Rotation.NotStaged",
            Self::Value { .. } => "Rotation.SecretValue",
            Self::Versions(_) => "Rotation.Versions",
            Self::Admin { .. } => "Rotation.AdminSecret",
            Self::NoneAccepted(_) => "Rotation.NoneAccepted",
            Self::PendingRejected(_) => "Rotation.PendingRejected",
            Self::Busy(_) => "Rotation.Busy",
            Self::Changed(_) => "Rotation.Changed",
            Self::Time(_) => "Rotation.Time",
            Self::Store(error) => match error.kind {
                StoreErrorKind::Denied => "Rotation.AccessDenied",
                StoreErrorKind::Key => "Rotation.Key",
                StoreErrorKind::Limit => "Rotation.Limit",
                StoreErrorKind::NotFound => "Rotation.NotFound",
                StoreErrorKind::Invalid => "Rotation.SecretsManager",
                StoreErrorKind::Unavailable => "Rotation.Unavailable",
            },
            Self::Target(_) => "Rotation.Target",
            Self::TargetRefused(_) => "Rotation.TargetRefused",
        }
    }
}

impl From<HookError> for RotationError {
    fn from(error: HookError) -> Self {
        match error.class {
            HookClass::Failed => Self::Target(error.text),
            HookClass::Refused | HookClass::Unclaimed => Self::TargetRefused(error.text),
            HookClass::Busy => Self::Busy(error.text),
            HookClass::Late => Self::Time(error.text),
        }
    }
}
