//! What a person may do with a secret that no rotation is at work on: one label at a time, and each move only for what the target has just
//! said. It is pure, so that the model runs the very same function.

use std::cmp::Reverse;
use std::time::SystemTime;

use super::labels::Labelled;
use super::seen::{Id, Value};
use crate::rotator::Succession;

/// A version, with its labels, and what the target said to its credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Held {
    /// Which version, and what it carries.
    pub labels: Labelled,
    /// When Secrets Manager made it, if anybody knows.
    pub made: Option<SystemTime>,
    /// Its value, as read. `None` if it has none, or if the rotator cannot use it.
    pub value: Option<Value>,
    /// What the target said to its credential.
    pub said: Said,
}

/// What the target said to a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Said {
    /// Nothing: it was not asked.
    Nothing,
    /// It accepts the credential.
    Accepted,
    /// It refuses the credential, or the value holds none.
    Refused,
    /// There was no answer that says whether the credential is right.
    Unclear,
}

/// What the dates say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Dates {
    /// AWSPENDING's version is a horizon old, or AWSCURRENT's, or there is none: whoever began before that rotation is gone.
    pub settled: bool,
    /// No label has moved for a horizon: whoever held AWSPENDING before that is gone.
    pub quiet: bool,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Remedy {
    /// Log in with the credential of this version.
    Try(Id),
    /// Move a label.
    Move(Move),
    /// A label is to move, and a rotation may still be at work.
    Wait,
    /// The target accepts AWSCURRENT, and no label is out of its place.
    Healthy,
    /// Nobody knows whether the target accepts AWSCURRENT: no label may move.
    Unclear,
    /// The target refuses AWSCURRENT, and accepts no other credential that was tried.
    Stuck,
}

/// One call of UpdateSecretVersionStage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Move {
    /// Which label.
    pub label: Label,
    /// The version that has it.
    pub from: Option<Id>,
    /// The version that gets it. If there is none, the label is taken off.
    pub to: Option<Id>,
}

/// A label that may move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Label {
    /// AWSCURRENT, to a version whose credential the target accepts.
    Current,
    /// AWSPENDING, off a rotation that was abandoned. The target accepts AWSCURRENT.
    Pending,
    /// AWSPREVIOUS, to the version of the other user, where two take turns.
    Previous,
    /// The mark of a version whose credential the target refuses.
    Mark,
}

/// What to do next with these versions. No user's credentials are refused more than `most` times for it.
pub fn remedy(versions: &[Held], dates: Dates, most: usize) -> Remedy {
    let mut versions = versions.to_vec();
    versions.sort_by_key(|version| (version.rank(), Reverse(version.made)));
    let all = All {
        versions,
        quiet: dates.quiet,
        most,
    };
    match all.remedy() {
        Remedy::Move(_) if !dates.settled => Remedy::Wait,
        next => next,
    }
}

/// The versions, in the order in which they are tried.
struct All {
    versions: Vec<Held>,
    quiet: bool,
    most: usize,
}

impl All {
    fn remedy(&self) -> Remedy {
        let current = self.versions.iter().find(|version| version.labels.current);
        match current.map(|current| (current, current.said)) {
            Some((current, Said::Nothing)) => Remedy::Try(current.labels.id),
            Some((_, Said::Unclear)) => Remedy::Unclear,
            Some((current, Said::Accepted)) => self.tidy(current),
            Some((_, Said::Refused)) | None => self.heir(current),
        }
    }

    /// AWSCURRENT goes to the first version whose credential the target accepts.
    fn heir(&self, current: Option<&Held>) -> Remedy {
        let others = self
            .versions
            .iter()
            .filter(|version| !version.labels.current);
        for version in others.filter(|version| !version.is_elsewhere(current)) {
            if version.said == Said::Accepted {
                return shift(Label::Current, current, Some(version));
            }
            if self.may_try(version) {
                return Remedy::Try(version.labels.id);
            }
        }
        Remedy::Stuck
    }

    /// The target accepts AWSCURRENT. What stands in the way of the next rotation goes.
    fn tidy(&self, current: &Held) -> Remedy {
        let pending = self
            .versions
            .iter()
            .find(|v| v.labels.pending && !v.labels.current);
        if let Some(pending) = pending {
            return self.end(pending, current);
        }
        for left in self
            .versions
            .iter()
            .filter(|version| version.labels.is_left_over())
        {
            // Who sleeps right before its write may still make the target accept it.
            if left.said == Said::Refused && self.quiet {
                return shift(Label::Mark, Some(left), None);
            }
            if self.may_try(left) {
                return Remedy::Try(left.labels.id);
            }
        }
        self.previous(current)
    }

    /// A rotation that was begun is finished if the target accepts both credentials. Otherwise it is given up.
    fn end(&self, pending: &Held, current: &Held) -> Remedy {
        let beside = pending.lives_beside(current);
        match pending.said {
            Said::Nothing if beside && self.may_try(pending) => Remedy::Try(pending.labels.id),
            Said::Accepted if beside => shift(Label::Current, Some(current), Some(pending)),
            _ => shift(Label::Pending, Some(pending), None),
        }
    }

    /// Where two users take turns, AWSPREVIOUS names the other one than AWSCURRENT.
    fn previous(&self, current: &Held) -> Remedy {
        let mut versions = self.versions.iter();
        let previous = versions.clone().find(|version| version.labels.previous);
        let other = versions.find(|v| v.said == Said::Accepted && v.takes_turns_with(current));
        match (previous, other) {
            (Some(previous), Some(other)) if previous.is_same_user(current) => {
                shift(Label::Previous, Some(previous), Some(other))
            }
            _ => Remedy::Healthy,
        }
    }

    /// Some servers lock an account after a few refused logins.
    fn may_try(&self, version: &Held) -> bool {
        let refused = |other: &&Held| other.said == Said::Refused && other.is_same_user(version);
        let open = version.said == Said::Nothing && version.value.is_some();
        open && self.versions.iter().filter(refused).count() < self.most
    }
}

impl Held {
    /// What a rotation has brought to the target most lately comes first.
    fn rank(&self) -> u8 {
        match self {
            _ if self.labels.pending => 0,
            _ if self.labels.is_left_over() => 1,
            _ if self.labels.previous => 2,
            _ => 3,
        }
    }

    /// Whether it may be the next one after `current`, and both credentials may be accepted at once.
    fn lives_beside(&self, current: &Self) -> bool {
        let (Some(new), Some(old)) = (self.value, current.value) else {
            return false;
        };
        let users = match new.succession {
            Succession::Replace => false,
            Succession::Alternate => self.takes_turns_with(current),
            Succession::Displace | Succession::Coexist => self.is_same_user(current),
        };
        users
            && !self.labels.previous
            && new.credential != old.credential
            && self.made >= current.made
    }

    fn is_same_user(&self, other: &Self) -> bool {
        let values = self.value.zip(other.value);
        values.is_some_and(|(a, b)| a.same_holder(b))
    }

    /// It is for another target: what that one accepts says nothing of AWSCURRENT's.
    fn is_elsewhere(&self, current: Option<&Self>) -> bool {
        let values = self.value.zip(current.and_then(|current| current.value));
        values.is_some_and(|(a, b)| a.target != b.target)
    }

    fn takes_turns_with(&self, other: &Self) -> bool {
        let values = self.value.zip(other.value);
        values.is_some_and(|(a, b)| {
            a.succession == Succession::Alternate
                && a.target == b.target
                && a.principal != b.principal
        })
    }
}

fn shift(label: Label, from: Option<&Held>, to: Option<&Held>) -> Remedy {
    Remedy::Move(Move {
        label,
        from: from.map(|version| version.labels.id),
        to: to.map(|version| version.labels.id),
    })
}
