//! What reading a version showed, as far as decisions rest on it.

use std::time::SystemTime;

use crate::rotator::Succession;

/// A version, by the number that this invocation gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub u16);

impl Id {
    /// The version that the event names.
    pub const ME: Self = Self(0);
}

/// What came of reading a version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Reading {
    /// It was not read.
    #[default]
    Unread,
    /// It is not there, or has no value.
    Missing,
    /// It is there.
    Seen(Seen),
}

/// A version with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Seen {
    /// Which one.
    pub id: Id,
    /// AWSCURRENT was on it when it was read.
    pub current: bool,
    /// Its mark was on it when it was read.
    pub marked: bool,
    /// When Secrets Manager made it.
    pub created: SystemTime,
    /// The value, as read. `None` if the rotator cannot use it.
    pub value: Option<Value>,
}

/// A value. Equal numbers stand for equal things, within one invocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Value {
    /// What the credential opens.
    pub target: u16,
    /// Whose credential it is.
    pub principal: u16,
    /// The credential itself.
    pub credential: u16,
    /// What becomes of it when the next one is set.
    pub succession: Succession,
}

/// Why AWSPENDING and AWSCURRENT do not belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Misfit {
    /// They are for different targets.
    Target,
    /// Two users who take turns: they are for the same user. Otherwise: they are for different users.
    Principal,
    /// AWSCURRENT was made after AWSPENDING.
    Older,
    /// They hold the same credential.
    Same,
}

/// Why a credential is not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kept {
    /// The rotator cannot use the value.
    Unusable,
    /// It is for another target.
    OtherTarget,
    /// It is another user's.
    OtherPrincipal,
    /// A version that is in use holds the same credential.
    InUse,
}

impl Reading {
    /// Whether it was read, whatever came of it.
    pub(super) fn done(self) -> bool {
        self != Self::Unread
    }

    /// The version, if it is there.
    pub fn seen(self) -> Option<Seen> {
        match self {
            Self::Seen(seen) => Some(seen),
            Self::Unread | Self::Missing => None,
        }
    }

    /// The value, if the rotator can use it.
    pub fn value(self) -> Option<Value> {
        self.seen()?.value
    }

    /// Whether AWSCURRENT was on my version when this was read.
    pub(super) fn shows_me_current(self) -> bool {
        self.seen()
            .is_some_and(|seen| seen.id == Id::ME && seen.current)
    }
}

impl Value {
    /// Whether both open the same, for the same user.
    pub(super) fn same_holder(self, other: Self) -> bool {
        self.target == other.target && self.principal == other.principal
    }

    /// Why this one must not be ended while `keep` lives, if it must not.
    pub(super) fn kept_beside(self, keep: Self) -> Option<Kept> {
        if self.target != keep.target {
            Some(Kept::OtherTarget)
        } else if self.principal != keep.principal {
            Some(Kept::OtherPrincipal)
        } else if self.credential == keep.credential {
            Some(Kept::InUse)
        } else {
            None
        }
    }
}

/// Whether a rotation from `current` to `pending` may go on.
pub(super) fn misfit(pending: Seen, current: Seen) -> Option<Misfit> {
    let (new, old) = (pending.value?, current.value?);
    let alternate = new.succession == Succession::Alternate;
    if new.target != old.target {
        Some(Misfit::Target)
    } else if alternate == (new.principal == old.principal) {
        Some(Misfit::Principal)
    } else if current.created > pending.created {
        Some(Misfit::Older)
    } else if new.credential == old.credential {
        Some(Misfit::Same)
    } else {
        None
    }
}
