//! What has happened, over any number of stories.

use std::fmt;
use std::ops::AddAssign;

/// How often.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Stories that were told to their end.
    pub stories: u64,
    /// Calls after which the guarantees were checked.
    pub calls: u64,
    /// Calls that failed: the request was lost, the answer was lost, or the answer was no.
    pub failed: u64,
    /// Invocations that were killed.
    pub killed: u64,
    /// Restarts of the target.
    pub restarts: u64,
    /// Invocations that stood still while others went on.
    pub stalled: u64,
    /// Those of them that went on later.
    pub woken: u64,
    /// Those of them whose next call alone took effect later.
    pub landed: u64,
    /// Rotations that came to their end.
    pub rotations: u64,
    /// Repairs by a person, and the labels that these moved.
    pub repairs: (u64, u64),
}

impl AddAssign for Counts {
    fn add_assign(&mut self, more: Self) {
        self.stories += more.stories;
        self.calls += more.calls;
        self.failed += more.failed;
        self.killed += more.killed;
        self.restarts += more.restarts;
        self.stalled += more.stalled;
        self.woken += more.woken;
        self.landed += more.landed;
        self.rotations += more.rotations;
        self.repairs.0 += more.repairs.0;
        self.repairs.1 += more.repairs.1;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} stories, {} rotations, {} calls: {} failed, {} kills, {} restarts, {} stalls ({} woken, {} landed late), {} repairs ({} moves)",
            self.stories,
            self.rotations,
            self.calls,
            self.failed,
            self.killed,
            self.restarts,
            self.stalled,
            self.woken,
            self.landed,
            self.repairs.0,
            self.repairs.1,
        )
    }
}
