//! What one invocation has learned.

use super::labels::Labels;
use super::seen::{Id, Kept, Misfit, Reading, Seen, Value, misfit};
use super::words::Storing;
use crate::rotator::Succession;
use crate::store::Swap;

/// What this invocation has learned so far. The next one starts from [`View::default`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct View {
    /// The last answer of DescribeSecret. It is forgotten where it must be asked again.
    pub labels: Option<Labels>,
    /// My version.
    pub pending: Reading,
    /// AWSCURRENT.
    pub current: Reading,
    /// The version that the labels showed as AWSPREVIOUS, and what came of reading it.
    pub previous: Option<(Id, Reading)>,
    /// What earlier rotations left, newest first.
    pub orphans: Option<Vec<Orphan>>,
    /// What the target said to AWSCURRENT's credential.
    pub current_answer: Option<Answer>,
    /// What the target said to mine, before anything was written.
    pub pending_answer: Option<Answer>,
    /// What it said to AWSPREVIOUS' credential.
    pub previous_answer: Option<Answer>,
    /// Whose credential opened the session that is held.
    pub opened: Option<Who>,
    /// The lock is taken.
    pub locked: bool,
    /// What the target said, under the lock, to the credential that opened the session.
    pub looked: Option<Answer>,
    /// The wait for an earlier rotation is over.
    pub waited: bool,
    /// Waiting for a fresher answer has taken long enough.
    pub impatient: bool,
    /// A credential was made.
    pub generated: bool,
    /// What became of storing it.
    pub put: Option<Storing>,
    /// What was issued in vain is dead.
    pub discarded: bool,
    /// The configuration was checked.
    pub checked: bool,
    /// `set` is through.
    pub written: bool,
    /// What the target said to my credential afterwards.
    pub proven: Option<Answer>,
    /// Where AWSCURRENT was when it was to move to me, and what became of that.
    pub promotion: Option<(Option<Id>, Swap)>,
    /// The version that was AWSPREVIOUS and whose credential is ended.
    pub retired: Option<Id>,
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
    /// One that an earlier rotation left.
    Orphan(Id),
}

/// What the target said to a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Yes.
    Accepted,
    /// No.
    Rejected,
}

/// A version that an earlier rotation left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Orphan {
    /// Which one.
    pub id: Id,
    /// What came of reading it.
    pub read: Reading,
    /// What the target said to it.
    pub answer: Option<Answer>,
    /// Its credential is ended.
    pub retired: bool,
    /// Its mark is off.
    pub freed: bool,
}

impl View {
    /// What the target said to `who`.
    pub(super) fn answer(&self, who: Who) -> Option<Answer> {
        match who {
            Who::Current => self.current_answer,
            Who::Pending => self.pending_answer,
            Who::Previous => self.previous_answer,
            Who::Orphan(id) => self.orphan(id)?.answer,
        }
    }

    /// One of the orphans that were read.
    pub fn orphan(&self, id: Id) -> Option<&Orphan> {
        self.orphans.as_ref()?.iter().find(|orphan| orphan.id == id)
    }

    /// Whether one of the readings shows AWSCURRENT on my version.
    pub(super) fn is_current(&self) -> bool {
        self.pending.shows_me_current() || self.current.shows_me_current()
    }

    /// AWSCURRENT is on the version that was read as AWSCURRENT.
    pub(super) fn current_read(&self, labels: &Labels) -> bool {
        let read = self.current.seen().map(|seen| seen.id);
        read.is_some() && read == labels.current
    }

    /// My value, or the one that mine will be made from.
    fn mine(&self) -> Option<Value> {
        self.pending.value().or(self.current.value())
    }

    /// Known with the first value.
    pub fn succession(&self) -> Option<Succession> {
        self.mine().map(|value| value.succession)
    }

    /// Why AWSPENDING and AWSCURRENT, both read, do not belong together, if they do not.
    pub fn misfit(&self) -> Option<Misfit> {
        misfit(self.pending.seen()?, self.current.seen()?)
    }

    /// Whether AWSPENDING holds the very credential of AWSCURRENT and has no mark: not a rotation, but a test of the
    /// configuration.
    pub(super) fn copied(&self) -> bool {
        let (Some(pending), Some(current)) = (self.pending.seen(), self.current.seen()) else {
            return false;
        };
        let (Some(new), Some(old)) = (pending.value, current.value) else {
            return false;
        };
        let same = new.principal == old.principal && new.credential == old.credential;
        same && !pending.marked
    }

    /// Whether a credential that an earlier rotation left may open a session: it is for the same target and, but for users
    /// who take turns, for the same user.
    pub(super) fn usable(&self, seen: Reading) -> bool {
        let (Some(left), Some(mine)) = (seen.value(), self.mine()) else {
            return false;
        };
        let alternate = mine.succession == Succession::Alternate;
        left.same_holder(mine) || (alternate && left.target == mine.target)
    }

    /// Whether a version was made after mine: a newer rotation's.
    pub(super) fn newer(&self, seen: Seen) -> bool {
        self.pending
            .seen()
            .is_some_and(|me| seen.created > me.created)
    }

    /// Why a version's credential is not ended, if it is not. `keep` is the one that opened the session.
    fn kept(&self, read: Reading, keep: Reading) -> Option<Kept> {
        match (read.value(), keep.value()) {
            (Some(value), Some(keep)) => value.kept_beside(keep),
            _ => Some(Kept::Unusable),
        }
    }

    /// This version was read as AWSPREVIOUS.
    pub(super) fn previous_read(&self, id: Id) -> bool {
        self.previous.is_some_and(|(read, _)| read == id)
    }

    /// Every orphan that the labels show was read.
    pub(super) fn orphans_read(&self, labels: &Labels) -> bool {
        labels.orphans.iter().all(|id| self.orphan(*id).is_some())
    }

    /// AWSPREVIOUS may open one too.
    pub(super) fn previous_usable(&self) -> bool {
        self.usable(self.reading(Who::Previous))
    }

    /// Those that may open a session, newest first.
    pub(super) fn usable_orphans(&self) -> impl Iterator<Item = &Orphan> {
        let orphans = self.orphans.iter().flatten();
        orphans.filter(|orphan| self.usable(orphan.read))
    }

    /// The same for AWSPREVIOUS, beside the credential of AWSCURRENT or, once AWSCURRENT moved to me, beside mine.
    pub fn previous_kept(&self, keep: Who) -> Option<Kept> {
        self.kept(self.reading(Who::Previous), self.reading(keep))
    }

    /// The same for an orphan, which may also hold the credential of AWSPREVIOUS.
    pub fn orphan_kept(&self, orphan: &Orphan, keep: Who) -> Option<Kept> {
        let beside = self.kept(orphan.read, self.reading(keep));
        let previous = self.reading(Who::Previous).value().zip(orphan.read.value());
        let shared =
            previous.is_some_and(|(a, b)| a.same_holder(b) && a.credential == b.credential);
        beside.or(shared.then_some(Kept::InUse))
    }

    fn reading(&self, who: Who) -> Reading {
        match who {
            Who::Current => self.current,
            Who::Pending => self.pending,
            Who::Previous => self.previous.map_or(Reading::Unread, |(_, read)| read),
            Who::Orphan(id) => self
                .orphan(id)
                .map_or(Reading::Unread, |orphan| orphan.read),
        }
    }

    /// This invocation moved AWSCURRENT to me.
    pub fn promoted(&self) -> bool {
        self.promotion.is_some_and(|(_, swap)| swap == Swap::Moved)
    }

    /// AWSCURRENT was to move to me, and the labels show it where it was before.
    pub fn unsettled(&self) -> bool {
        let moved_from = self.promotion.map(|(from, _)| from);
        let now = self.labels.as_ref().map(|labels| labels.current);
        moved_from.is_some() && moved_from == now
    }
}
