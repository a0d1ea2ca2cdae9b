//! What one invocation has learned.

use crate::rotator::Succession;
use crate::store::{Put, Swap};
use crate::version::Standing;

/// What this invocation has learned so far. The next one starts from [`View::default`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct View {
    /// The last answer of DescribeSecret; forgotten where it must be asked again.
    pub labels: Option<Labels>,
    /// My version.
    pub pending: Reading,
    /// AWSCURRENT.
    pub current: Reading,
    /// What abandoned rotations left, newest first.
    pub orphans: Option<Vec<Orphan>>,
    /// Known with the first payload.
    pub succession: Option<Succession>,
    /// Whether AWSPENDING and AWSCURRENT, both read, do not belong together.
    pub misfit: bool,
    /// Whether AWSPENDING, read, holds the very credential of AWSCURRENT, and is not marked by us: not a rotation, but a
    /// test of the configuration.
    pub copied: bool,
    /// What the target said to AWSCURRENT's credential.
    pub current_answer: Option<Answer>,
    /// What the target said to mine, before anything was written.
    pub pending_answer: Option<Answer>,
    /// The lock is taken.
    pub locked: bool,
    /// What the target said, under the lock, to the credential that opened the session.
    pub looked: Option<Answer>,
    /// How my version's age compares to the horizon.
    pub age: Age,
    /// createSecret has waited for an earlier rotation.
    pub waited: bool,
    /// Waiting for a fresher answer has taken long enough.
    pub impatient: bool,
    /// A credential was made.
    pub generated: bool,
    /// What became of storing it.
    pub put: Option<Put>,
    /// What was issued in vain is dead.
    pub discarded: bool,
    /// The configuration was checked.
    pub checked: bool,
    /// `set` is through.
    pub written: bool,
    /// What the target said to my credential afterwards.
    pub proven: Option<Answer>,
    /// What became of moving AWSCURRENT.
    pub promotion: Option<Swap>,
    /// AWSPREVIOUS' credential is ended, or was skipped.
    pub retired: bool,
    /// AWSPREVIOUS' mark is off.
    pub freed: bool,
}

/// Whose version, or credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// AWSCURRENT's.
    Current,
    /// Mine.
    Pending,
    /// AWSPREVIOUS'.
    Previous,
    /// The n-th newest that abandoned rotations left.
    Orphan(usize),
}

/// A DescribeSecret answer, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Labels {
    /// Mine.
    pub standing: Standing,
    /// My version is among them; else it may only be one that createSecret is about to make.
    pub shown: bool,
    /// My version carries my mark.
    pub marked: bool,
    /// AWSCURRENT is on the version that was read as AWSCURRENT.
    pub current_read: bool,
    /// AWSPREVIOUS is on some version.
    pub previous: bool,
    /// That version carries its mark.
    pub previous_marked: bool,
    /// How many versions abandoned rotations left.
    pub orphans: usize,
}

/// What came of reading a version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Reading {
    /// Not read.
    #[default]
    Unread,
    /// Not there, or without a value.
    Missing,
    /// There, but not what the rotator needs.
    Unusable {
        /// AWSCURRENT is on my version.
        mine: bool,
    },
    /// There.
    Value {
        /// AWSCURRENT is on my version.
        mine: bool,
    },
}

/// What the target said to a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Yes.
    Accepted,
    /// No.
    Rejected,
}

/// A version that an abandoned rotation left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Orphan {
    /// It has a value, for the target of the others.
    pub usable: bool,
    /// What the target said to it.
    pub answer: Option<Answer>,
    /// Its credential is ended.
    pub retired: bool,
    /// Its mark is off.
    pub freed: bool,
}

/// How my version's age compares to the horizon: the longest that anything of an earlier rotation can still run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Age {
    /// Nothing can.
    OldEnough,
    /// Nothing can, after a wait for which there is time.
    Fits,
    /// There is no time to wait it out.
    #[default]
    TooYoung,
}

impl Reading {
    /// Whether it was read, whatever came of it.
    pub(super) fn done(self) -> bool {
        self != Self::Unread
    }

    fn mine(self) -> bool {
        matches!(
            self,
            Self::Value { mine: true } | Self::Unusable { mine: true }
        )
    }
}

impl View {
    /// What the target said to `who`.
    pub(super) fn answer(&self, who: Who) -> Option<Answer> {
        match who {
            Who::Current => self.current_answer,
            Who::Pending => self.pending_answer,
            Who::Previous => None,
            Who::Orphan(n) => self.orphans.as_ref()?.get(n)?.answer,
        }
    }

    /// Whether one of the readings shows AWSCURRENT on my version.
    pub(super) fn is_current(&self) -> bool {
        self.pending.mine() || self.current.mine()
    }
}
