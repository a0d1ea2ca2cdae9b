//! What a DescribeSecret answer says to one invocation.

use std::time::Duration;

use super::seen::Id;
use crate::version::Standing;

/// A version with a label, as DescribeSecret shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Labelled {
    /// Which version.
    pub id: Id,
    /// It carries AWSCURRENT.
    pub current: bool,
    /// It carries AWSPENDING.
    pub pending: bool,
    /// It carries AWSPREVIOUS.
    pub previous: bool,
    /// It carries its mark.
    pub marked: bool,
}

impl Labelled {
    /// It has its mark, and none of AWS's labels.
    pub(super) fn is_left_over(&self) -> bool {
        self.marked && !(self.current || self.pending || self.previous)
    }

    /// The version of this number among those with a label. If none has it, a version without label.
    pub fn find(all: &[Self], id: Id) -> Self {
        let found = all.iter().find(|labelled| labelled.id == id);
        found.copied().unwrap_or(Self {
            id,
            current: false,
            pending: false,
            previous: false,
            marked: false,
        })
    }
}

/// A DescribeSecret answer, as far as it matters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Labels {
    /// Where my version stands.
    pub standing: Standing,
    /// My version carries a label. Otherwise it may only be one that createSecret is about to make.
    pub shown: bool,
    /// My version carries my mark.
    pub marked: bool,
    /// My version carries AWSPREVIOUS: AWSCURRENT was on it, and somebody moved it on.
    pub left: bool,
    /// AWSCURRENT's version.
    pub current: Option<Id>,
    /// AWSCURRENT's version carries its mark.
    pub current_marked: bool,
    /// AWSPREVIOUS's version, if it is another than mine.
    pub previous: Option<Id>,
    /// AWSPREVIOUS's version carries its mark.
    pub previous_marked: bool,
    /// The versions that carry a mark, but none of AWSCURRENT, AWSPENDING and AWSPREVIOUS.
    pub orphans: Vec<Id>,
    /// How old my version was when this was asked.
    pub age: Age,
}

/// How my version's age compares to the horizon: the longest that anything of an earlier rotation can still run. It is judged by
/// the time at which the labels beside it were asked for, since it vouches for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Age {
    /// Nothing of an earlier rotation can run.
    OldEnough,
    /// Nothing can, after a wait for which there is time.
    Fits,
    /// There is no time to wait for it.
    #[default]
    TooYoung,
}

impl Age {
    /// `needed`: what is missing to the horizon. `spare`: the longest wait that leaves time for what comes after it.
    pub fn of(needed: Duration, spare: Duration) -> Self {
        if needed.is_zero() {
            Self::OldEnough
        } else if needed <= spare {
            Self::Fits
        } else {
            Self::TooYoung
        }
    }
}

impl Labels {
    /// From the versions that carry a label. `fresh`: no RotateSecret has announced my version, so it may be missing.
    pub fn of(versions: &[Labelled], fresh: bool, age: Age) -> Self {
        let find = |wanted: fn(&Labelled) -> bool| versions.iter().find(|version| wanted(version));
        let me = versions.iter().find(|version| version.id == Id::ME);
        let (current, pending) = (find(|v| v.current), find(|v| v.pending));
        let previous = find(|v| v.previous).filter(|version| version.id != Id::ME);
        let nobody_rotates = pending.is_none_or(|version| version.current);
        let standing = match me {
            Some(me) if me.current => Standing::Current,
            Some(me) if me.pending => Standing::Pending,
            None if fresh && nobody_rotates => Standing::Pending,
            _ => Standing::Unstaged,
        };
        let orphan = |v: &&Labelled| v.id != Id::ME && v.is_left_over();
        Self {
            standing,
            shown: me.is_some(),
            marked: me.is_some_and(|me| me.marked),
            left: me.is_some_and(|me| me.previous),
            current: current.map(|version| version.id),
            current_marked: current.is_some_and(|version| version.marked),
            previous: previous.map(|version| version.id),
            previous_marked: previous.is_some_and(|version| version.marked),
            orphans: versions
                .iter()
                .filter(orphan)
                .map(|version| version.id)
                .collect(),
            age,
        }
    }
}
