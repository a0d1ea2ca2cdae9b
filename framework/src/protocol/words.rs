//! The words that [`decide`](super::decide) speaks in.

use super::view::Who;

/// When [`Coexist`](crate::Succession::Coexist) and [`Displace`](crate::Succession::Displace) end the credential that AWSPREVIOUS holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RetirePolicy {
    /// In the next rotation's createSecret: clients may keep the old one for a whole interval.
    #[default]
    NextRotation,
    /// In finishSecret, as soon as AWSCURRENT has moved.
    AfterFinish,
    /// Not by us.
    Never,
}

/// What was settled before the first call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Plan {
    /// When the old credential ends.
    pub retire: RetirePolicy,
    /// Whether setSecret also moves AWSCURRENT.
    pub eager: bool,
    /// Whether the target issues the credential.
    pub issues: bool,
}

/// One call, or the end. All that [`decide`](super::decide) returns together may run side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Next {
    /// Ask for the labels.
    Describe,
    /// Read my version.
    ReadPending,
    /// Read AWSCURRENT.
    ReadCurrent,
    /// Read all orphans, newest first.
    ReadOrphans,
    /// Log in with this credential, and keep the session.
    Open(Who),
    /// Take the target's lock on the session; whatever was known of labels is then asked again.
    Lock,
    /// Close the session, and the lock with it.
    LetGo,
    /// Log in once more with the credential that opened the session.
    Look,
    /// See that `set` will be allowed.
    Check,
    /// Let what an earlier rotation left running come to its end.
    Wait,
    /// An answer seems stale: pause, then ask again.
    Patience,
    /// Make the new credential.
    Generate,
    /// Store it under AWSPENDING and my mark.
    Put,
    /// Attach my mark to a value that somebody else stored.
    Mark,
    /// End the credential that was issued and not stored.
    Discard,
    /// Take the mark off.
    Free(Who),
    /// End this credential on the target.
    Retire(Who),
    /// Bring the new credential to the target.
    Write,
    /// Log in with the new credential.
    Prove,
    /// Move AWSCURRENT to me from where it was seen.
    Promote,
    /// Nothing is left to do.
    Done,
    /// The step fails; everything stays as it is.
    Refuse(Why),
}

/// Why a step is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// My version is not under AWSPENDING.
    Unstaged,
    /// createSecret has not run.
    NoValue,
    /// The secret has no current value.
    NoCurrent,
    /// The value cannot be used.
    Unusable(Who),
    /// AWSPENDING and AWSCURRENT do not belong together.
    Misfit,
    /// The target takes none of the credentials.
    NoneAccepted,
    /// The target does not take the new credential.
    PendingRejected,
    /// AWSCURRENT moved in between.
    CurrentMoved,
    /// The credential that opened the session no longer does.
    SessionRejected,
    /// Secrets Manager still shows an older state.
    Stale,
    /// What an earlier rotation started may still run.
    EarlierRotation,
}
