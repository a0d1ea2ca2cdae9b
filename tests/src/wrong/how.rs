//! Which promise.

/// The promise that is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// `succession` says Displace of a target to which `set` only adds.
    SaysDisplace,
    /// `retire` does nothing.
    NoRetire,
    /// `rehearse` ends the credential that it was to keep.
    Lasts,
    /// `set` ends AWSCURRENT's credential too.
    SetEndsCurrent,
    /// `retire` ends the one that it was to keep.
    RetireEndsKept,
    /// `lock` does nothing.
    NoLock,
    /// Any error of `test` is a refusal.
    ErrorIsReject,
    /// `test` accepts whatever it is given.
    AcceptsAnything,
}
