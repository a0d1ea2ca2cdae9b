//! What goes wrong at one host, and what that makes of all of them.

use rotation::HookError;
use rotation::network::Unreachable;
use rotation::secret::printable;
use russh::keys::Algorithm;

/// One host's trouble, in words without the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// Another try may get past it.
    Passing(String),
    /// Stays until somebody changes something.
    Lasting(String),
    /// Somebody else is at work there.
    Busy,
    /// A host key of this type is not the right one.
    HostKey(Algorithm, String),
}

impl Problem {
    /// The words.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Passing(text) | Self::Lasting(text) | Self::HostKey(_, text) => text,
            Self::Busy => "another invocation holds the lock",
        }
    }

    /// The problems of several hosts, each with its host. One that may pass makes all of it worth another try.
    pub(crate) fn of_all(problems: &[(String, Self)]) -> HookError {
        let texts: Vec<String> = problems
            .iter()
            .map(|(host, problem)| format!("{host}: {}", problem.text()))
            .collect();
        let text = texts.join("; ");
        if problems.iter().all(|(_, problem)| *problem == Self::Busy) {
            HookError::busy()
        } else if problems
            .iter()
            .all(|(_, problem)| matches!(problem, Self::Lasting(_) | Self::HostKey(..)))
        {
            HookError::refused(text)
        } else {
            HookError::failed(text)
        }
    }

    /// Says when it was.
    pub(crate) fn during(self, what: &str) -> Self {
        match self {
            Self::Passing(text) => Self::Passing(format!("{text} (during {what})")),
            other => other,
        }
    }
}

impl From<russh::Error> for Problem {
    fn from(error: russh::Error) -> Self {
        let text = printable(&error.to_string(), 200);
        match error {
            // What both sides can do stays the same.
            russh::Error::NoCommonAlgo { .. } => Self::Lasting(text),
            _ => Self::Passing(text),
        }
    }
}

impl From<Unreachable> for Problem {
    fn from(why: Unreachable) -> Self {
        if why.passes() {
            Self::Passing(why.to_string())
        } else {
            Self::Lasting(why.to_string())
        }
    }
}
