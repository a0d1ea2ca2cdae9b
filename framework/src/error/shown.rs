//! The one place through which the text of every error of a step passes, whoever reads it then.

use super::{RotationError, StoreError};
use crate::secret::{printable, visible};

impl RotationError {
    /// The same error, and nothing in its text can move a cursor, or look like another line. Names of users, hosts and keys are
    /// whatever somebody wrote into a secret.
    pub(crate) fn shown(self) -> Self {
        let line = |text: String| printable(&text, usize::MAX);
        match self {
            Self::Event(error) => Self::Event(error),
            Self::Config(text) => Self::Config(visible(&text)),
            Self::Policy(text) => Self::Policy(visible(&text)),
            Self::NotAllowed(text) => Self::NotAllowed(line(text)),
            Self::NotStaged(text) => Self::NotStaged(line(text)),
            Self::Value { stage, problem } => Self::Value {
                stage,
                problem: problem.shown(),
            },
            Self::Versions(text) => Self::Versions(line(text)),
            Self::Admin { arn, problem } => Self::Admin {
                arn: line(arn),
                problem: line(problem),
            },
            Self::NoneAccepted(text) => Self::NoneAccepted(line(text)),
            Self::PendingRejected(text) => Self::PendingRejected(line(text)),
            Self::Busy(text) => Self::Busy(line(text)),
            Self::Changed(text) => Self::Changed(line(text)),
            Self::Time(text) => Self::Time(line(text)),
            Self::Store(error) => Self::Store(StoreError {
                message: line(error.message),
                ..error
            }),
            Self::Target(text) => Self::Target(line(text)),
            Self::TargetRefused(text) => Self::TargetRefused(line(text)),
        }
    }
}
