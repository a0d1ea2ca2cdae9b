//! Every error of the framework, and the one place where foreign errors become text.

#[cfg(any(feature = "lambda", feature = "command-line"))]
mod help;
mod lasting;
mod shown;

use std::error::Error;

use zeroize::Zeroizing;

use crate::document::DocumentError;
use crate::event::EventError;
use crate::secret::{Secret, scrub};
use crate::version::Stage;

#[cfg(any(feature = "lambda", feature = "command-line"))]
pub(crate) use help::help;

/// Why a hook failed, in words, and whether another try may get past it.
///
/// `?` makes one from any error. It is [`refused`](Self::refused) if the error, or one of its causes, is of these kinds:
///
/// - a text that cannot be read: a number or UTF-8 of the standard library, or JSON;
/// - an [`io::Error`](std::io::Error) that stays, such as `PermissionDenied`.
///
/// Otherwise, it is [`failed`](Self::failed). Only the rotator knows the codes of a driver. It turns the driver's errors into its own
/// type, which is `Into<HookError>`.
///
/// A `HookError` is deliberately no [`Error`] itself, and it does not keep its source, whose `Debug` may hold a password. So
/// nothing can print the source.
#[derive(Clone, Debug)]
pub struct HookError {
    class: HookClass,
    text: String,
    unclaimed: Option<String>,
    unfit: bool,
}

/// The kinds of a [`HookError`]. The engine acts by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HookClass {
    /// The failure may go away by itself. The service tries again.
    Failed,
    /// The failure stays until somebody changes something.
    Refused,
    /// Somebody else holds the lock.
    Busy,
    /// The function's time was up.
    Late,
}

impl HookError {
    /// An error that another try may get past, such as a lost connection or a busy server.
    pub fn failed(text: impl Into<String>) -> Self {
        Self::new(HookClass::Failed, text)
    }

    /// An error that stays until a person changes something. The text should say what is wrong, and what to do.
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

    /// `set` or `rehearse` found `principal` on the target, but no sign that it is this secret's. The engine then reads the other
    /// versions that carry a label. If one of them names `principal` on the same target, the engine calls the hook again, and
    /// [`Context::claimed`](crate::Context::claimed) is `true`. Otherwise, the step is refused with `text` and with the command
    /// that makes such a version AWSPREVIOUS again.
    pub fn unclaimed(principal: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            unclaimed: Some(principal.into()),
            ..Self::refused(text)
        }
    }

    /// The target will never accept the value of AWSPENDING: another one must be made. The engine refuses the step with `text`, and
    /// with the command after which a new rotation can begin.
    pub fn unfit(text: impl Into<String>) -> Self {
        Self {
            unfit: true,
            ..Self::refused(text)
        }
    }

    pub(crate) fn late(text: impl Into<String>) -> Self {
        Self::new(HookClass::Late, text)
    }

    /// The reason of the failure. The engine takes all secrets that it knows out of this text before it shows it to anybody.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The same error, with what it happened to in front.
    #[cfg(feature = "database")]
    pub(crate) fn within(self, what: &str) -> Self {
        Self {
            text: format!("{what}: {}", self.text),
            ..self
        }
    }

    pub(crate) fn unclaimed_principal(&self) -> Option<&str> {
        self.unclaimed.as_deref()
    }

    pub(crate) fn is_unfit(&self) -> bool {
        self.unfit
    }

    pub(crate) fn scrubbed(self, secrets: &[Secret]) -> Self {
        let said = Zeroizing::new(self.text);
        Self {
            text: scrub(&said, secrets),
            ..self
        }
    }

    fn new(class: HookClass, text: impl Into<String>) -> Self {
        Self {
            class,
            text: text.into(),
            unclaimed: None,
            unfit: false,
        }
    }
}

impl<E: Error + 'static> From<E> for HookError {
    fn from(error: E) -> Self {
        let class = if lasting::lasts(&error) {
            HookClass::Refused
        } else {
            HookClass::Failed
        };
        Self::new(class, chain(&error))
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

/// A call to Secrets Manager failed. It may have taken effect all the same.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{operation}: {message}")]
#[non_exhaustive]
pub struct StoreError {
    /// The name of the call, as in `PutSecretValue`.
    pub operation: &'static str,
    /// The kind of failure.
    pub kind: StoreErrorKind,
    /// The reason, and the advice.
    pub message: String,
}

/// The kinds of failure of a [`StoreError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// IAM or a resource policy denies the call, or the credentials are missing or not accepted.
    Denied,
    /// The secret is not there.
    NotFound,
    /// The KMS key cannot be used.
    Key,
    /// Too many versions or labels.
    Limit,
    /// Secrets Manager refuses the request for another reason.
    Invalid,
    /// There was no usable answer, the call was throttled, or the service failed. Another try may succeed.
    Unavailable,
}

/// Why a step failed. For each variant, an operator would do something else.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RotationError {
    /// The event is not one that Secrets Manager sends.
    #[error("{0}")]
    Event(#[from] EventError),
    /// The function's settings cannot be used. The text has one problem per line.
    #[error("{0}")]
    Config(String),
    /// The password policy cannot be used, as the secret's tags change it. The text has one problem per line.
    #[error("{0}")]
    Policy(String),
    /// This function may not rotate this secret, or not now. Rotation is off, or the secret is about to be deleted. Or it names
    /// another function, or it is in another account or Region. Or it is not the one in `ONLY_SECRET`. Or the event does not have
    /// its full ARN. Or no staging label is free.
    #[error("{0}")]
    NotAllowed(String),
    /// The version does not belong to a rotation, or its rotation is over: it was abandoned, or a newer one has begun.
    #[error("{0}")]
    NotStaged(String),
    /// The JSON of a version cannot be used.
    #[error("the secret's {stage} {problem}")]
    Value {
        /// The label by which the version was read.
        stage: Stage,
        /// The fault in it.
        problem: DocumentError,
    },
    /// The versions do not fit together, or have no value.
    #[error("{0}")]
    Versions(String),
    /// The admin's secret cannot be used.
    #[error("the admin secret {arn} {problem}")]
    Admin {
        /// Its ARN, as the secret names it.
        arn: String,
        /// The fault in it.
        problem: String,
    },
    /// The target accepts none of the credentials that the rotation may start from.
    #[error("{0}")]
    NoneAccepted(String),
    /// The target does not accept the new credential.
    #[error("{0}")]
    PendingRejected(String),
    /// Another invocation, or an earlier rotation, may still be at work.
    #[error("{0}")]
    Busy(String),
    /// Labels or credentials changed while the step ran, or Secrets Manager does not show the last change yet.
    #[error("{0}")]
    Changed(String),
    /// There is too little time for what comes next, or an answer did not come in time.
    #[error("{0}")]
    Time(String),
    /// A call to Secrets Manager failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The target failed, and may recover.
    #[error("{0}")]
    Target(String),
    /// Somebody must change the target, or the secret.
    #[error("{0}")]
    TargetRefused(String),
}

impl RotationError {
    /// The name that alarms match on. It never changes.
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
            HookClass::Refused => Self::TargetRefused(error.text),
            HookClass::Busy => Self::Busy(error.text),
            HookClass::Late => Self::Time(error.text),
        }
    }
}
