//! Kinds of targets, and what is settled for a whole search.

use rotation::Succession;
use rotation::protocol::{Plan, RetirePolicy};

use crate::budget::Budget;

/// How a target changes a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// One user, one password.
    Single,
    /// Two users; the second is changed in one transaction.
    AlternatePg,
    /// Two users; the second is changed by three statements.
    AlternateMy,
    /// One user with two passwords, by MySQL's statements.
    Dual,
    /// The same by MariaDB's one statement.
    Maria,
    /// Keys that live until they are ended. There is no lock.
    Keys,
    /// The same with a lock.
    LockedKeys,
    /// Tokens that the service issues, so many at most.
    Tokens,
    /// A token that the service issues; each new one ends the last.
    Roll,
    /// A value that we make, and a service takes. There is no lock.
    PutValue,
}

/// How Secrets Manager, or whoever began, behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// As AWS does.
    Usual,
    /// AWS's own template has stored a value, which has no mark.
    Template,
    /// No RotateSecret came before: the command line.
    Fresh,
    /// A version is as old as its value.
    DatedByValue,
    /// AWSPENDING is taken off when a rotation was finished.
    DropsPending,
}

/// One search.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// What the target is.
    pub kind: Kind,
    /// The function's settings.
    pub plan: Plan,
    /// Whether a rotation was finished before; else the first version is AWSCURRENT, and has no mark.
    pub steady: bool,
    /// How Secrets Manager behaves.
    pub way: Way,
    /// The most tokens that the service allows.
    pub limit: u32,
    /// What may happen.
    pub budget: Budget,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Single,
        Self::AlternatePg,
        Self::AlternateMy,
        Self::Dual,
        Self::Maria,
        Self::Keys,
        Self::LockedKeys,
        Self::Tokens,
        Self::Roll,
        Self::PutValue,
    ];

    /// What becomes of the old credential.
    pub fn succession(self) -> Succession {
        match self {
            Self::Single | Self::Roll | Self::PutValue => Succession::Replace,
            Self::AlternatePg | Self::AlternateMy => Succession::Alternate,
            Self::Dual | Self::Maria => Succession::Displace,
            Self::Keys | Self::LockedKeys | Self::Tokens => Succession::Coexist,
        }
    }

    /// Whether the target makes the credential.
    pub fn issues(self) -> bool {
        matches!(self, Self::Tokens | Self::Roll)
    }

    /// Whether two invocations exclude one another.
    pub fn locks(self) -> bool {
        !matches!(
            self,
            Self::Keys | Self::Tokens | Self::Roll | Self::PutValue
        )
    }

    /// Whether AWSCURRENT is accepted at every instant, by nature.
    pub fn overlaps(self) -> bool {
        self.succession() != Succession::Replace
    }
}

impl Case {
    /// With the usual settings.
    pub fn new(kind: Kind, budget: Budget) -> Self {
        let plan = Plan {
            issues: kind.issues(),
            // What a lost answer leaves of a token that is made in place, nobody can prove.
            alone: kind == Kind::Roll,
            ..Plan::default()
        };
        Self {
            kind,
            plan,
            steady: true,
            way: Way::Usual,
            limit: 8,
            budget,
        }
    }

    /// The very first rotation.
    #[must_use]
    pub fn first(mut self) -> Self {
        self.steady = false;
        self
    }

    /// With this retire policy.
    #[must_use]
    pub fn retire(mut self, retire: RetirePolicy) -> Self {
        self.plan.retire = retire;
        self
    }

    /// With `ROTATION_EAGER_FINISH`.
    #[must_use]
    pub fn eager(mut self) -> Self {
        self.plan.eager = true;
        self
    }

    /// Where Secrets Manager behaves in this way.
    #[must_use]
    pub fn way(mut self, way: Way) -> Self {
        self.way = way;
        self
    }

    /// At a service that allows so many tokens.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }

    /// As a line of the table.
    pub fn name(&self) -> String {
        let mut words = vec![format!("{:?}", self.kind)];
        words.push(if self.steady { "steady" } else { "first" }.into());
        match self.plan.retire {
            RetirePolicy::NextRotation => {}
            RetirePolicy::AfterFinish => words.push("after-finish".into()),
            RetirePolicy::Never => words.push("never".into()),
        }
        if self.plan.eager {
            words.push("eager".into());
        }
        if self.way != Way::Usual {
            words.push(format!("{:?}", self.way));
        }
        if self.limit < 8 {
            words.push(format!("limit {}", self.limit));
        }
        format!("{} | {}", words.join(" "), self.budget)
    }
}
