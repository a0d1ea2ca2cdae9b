//! What goes wrong at one host, and what that makes of all of them.

use rotation::HookError;
use rotation::network::NetworkError;
use rotation::secret::printable;
use russh::AlgorithmKind;
use russh::keys::Algorithm;

/// So many hosts are named of those that have one cause.
const NAMED: usize = 5;

/// One host's trouble, in words without the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HostError {
    /// Another try may get past it.
    Passing(String),
    /// Stays until somebody changes something.
    Lasting(String),
    /// Somebody else is at work there.
    Busy,
    /// A host key of this type is not the right one.
    HostKey(Algorithm, String),
}

impl HostError {
    /// The words.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Passing(text) | Self::Lasting(text) | Self::HostKey(_, text) => text,
            Self::Busy => "another invocation holds the lock",
        }
    }

    /// The problems of several hosts out of `total`. One that may pass makes all of it worth another try.
    pub(crate) fn of_all(problems: &[(&str, Self)], total: usize) -> HookError {
        let each = problems
            .iter()
            .map(|(host, problem)| (*host, problem.text()));
        let text = told(each, total);
        let lasts = |problem: &Self| matches!(problem, Self::Lasting(_) | Self::HostKey(..));
        if problems.iter().all(|(_, problem)| *problem == Self::Busy) {
            HookError::busy()
        } else if problems.iter().all(|(_, problem)| lasts(problem)) {
            HookError::refused(text)
        } else {
            HookError::failed(text)
        }
    }

    /// The host did not answer.
    pub(crate) fn silent() -> Self {
        Self::Passing("no answer within 10 s".into())
    }

    /// Says when it was.
    pub(crate) fn during(self, what: &str) -> Self {
        match self {
            Self::Passing(text) => Self::Passing(format!("{text} (during {what})")),
            other => other,
        }
    }
}

/// `db:22: no answer`; or, where hosts have one cause, `42 of 50 (a:22, b:22, c:22, …): no answer`.
pub(crate) fn told<'a>(each: impl Iterator<Item = (&'a str, &'a str)>, total: usize) -> String {
    let mut causes: Vec<(&str, Vec<&str>)> = Vec::new();
    for (host, cause) in each {
        match causes.iter_mut().find(|(known, _)| *known == cause) {
            Some((_, hosts)) => hosts.push(host),
            None => causes.push((cause, vec![host])),
        }
    }
    let texts = causes.iter().map(|(cause, hosts)| match hosts[..] {
        [host] => format!("{host}: {cause}"),
        _ => {
            let count = hosts.len();
            let more = if count > NAMED { ", …" } else { "" };
            let named = hosts[..count.min(NAMED)].join(", ");
            format!("{count} of {total} ({named}{more}): {cause}")
        }
    });
    texts.collect::<Vec<_>>().join("; ")
}

impl From<russh::Error> for HostError {
    fn from(error: russh::Error) -> Self {
        match error {
            // What both sides can do stays the same. Ours is known, so the host's list is what is told.
            russh::Error::NoCommonAlgo { kind, theirs, .. } => {
                let kind = match kind {
                    AlgorithmKind::Kex => "key exchange",
                    AlgorithmKind::Key => "host key",
                    AlgorithmKind::Cipher => "cipher",
                    AlgorithmKind::Compression => "compression",
                    AlgorithmKind::Mac => "MAC",
                };
                let theirs = printable(&theirs.join(", "), 400);
                Self::Lasting(format!("no common {kind}: it offers {theirs}"))
            }
            error => Self::Passing(printable(&error.to_string(), 200)),
        }
    }
}

impl From<NetworkError> for HostError {
    fn from(why: NetworkError) -> Self {
        if why.passes() {
            Self::Passing(why.to_string())
        } else {
            Self::Lasting(why.to_string())
        }
    }
}
