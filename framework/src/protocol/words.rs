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
    /// The rotation never ends a credential that a version holds.
    Never,
}

/// What was settled before the first call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Plan {
    /// When the old credential ends.
    pub retire: RetirePolicy,
    /// Whether setSecret also moves AWSCURRENT.
    pub eager: bool,
    /// Whether the target issues the credential.
    pub issues: bool,
    /// Whether the function serves this secret alone: its administrator may then issue a credential that nobody has
    /// proven to be the holder of.
    pub alone: bool,
}

/// One call, or the end. The engine may run all that [`decide`](super::decide) returns together side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Next {
    /// Ask for the labels.
    Describe,
    /// Read my version.
    ReadPending,
    /// Read AWSCURRENT.
    ReadCurrent,
    /// Read the version that the labels show as AWSPREVIOUS, by its id.
    ReadPrevious,
    /// Read all orphans that the labels show, by their ids.
    ReadOrphans,
    /// Log in with this credential, and keep the session.
    Open(Who),
    /// Take the target's lock on the session. Labels that were known before are then asked again.
    Lock,
    /// Close the session. The lock goes with it.
    LetGo,
    /// Log in once more with the credential that opened the session.
    Look,
    /// Ask whether `set` will be allowed.
    Check,
    /// Wait until nothing that an earlier rotation started can still run.
    Wait,
    /// An answer seems stale: pause, then ask again.
    Patience,
    /// Make the new credential.
    Generate,
    /// Store it under AWSPENDING and my mark.
    Put,
    /// Attach the mark of this version to it.
    Mark(Who),
    /// End the credential that was issued and not stored.
    Discard,
    /// Take the mark off this version.
    Free(Who),
    /// End this credential on the target.
    Retire(Who),
    /// Bring the new credential to the target.
    Write,
    /// Log in with the new credential.
    Prove,
    /// Move AWSCURRENT to me from where the labels showed it.
    Promote,
    /// Nothing is left to do.
    Done,
    /// The step fails. Everything stays as it is.
    Refuse(Why),
}

/// What became of storing the new value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Storing {
    /// The version has our value.
    Stored,
    /// The version had another value already: the first writer wins.
    Lost,
    /// Secrets Manager refused it, and will refuse it again.
    Refused,
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
    /// Nobody has proven to be the holder, so the administrator may not issue a credential.
    Unproven,
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
    /// A newer rotation has stored its value.
    NewerRotation,
    /// Secrets Manager refused to store the new value.
    PutRefused,
}
