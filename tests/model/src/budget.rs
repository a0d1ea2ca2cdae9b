//! What may happen, and how often.

use std::fmt;

/// What may go wrong, or what people do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The process dies between two calls, or an answer is lost with it.
    Crash,
    /// The process stands still, is given up, and goes on later.
    Stall,
    /// A new rotation is begun before the last one is done.
    Anew,
    /// The session that holds the lock is cut.
    LostLock,
    /// An answer of Secrets Manager is up to three changes old.
    Stale,
    /// AWSPENDING is taken away.
    Vanish,
    /// An old event is delivered again.
    Again,
    /// The target refuses a login that it would take a moment later.
    Refusal,
    /// Secrets Manager refuses to store the new value.
    Put,
    /// Somebody stores the JSON anew: another version, the same credential.
    Edit,
    /// Somebody stores the JSON with another user in it, whose credential is wrong.
    Stranger,
    /// Somebody stores the JSON with another user in it, whose credential is right.
    Other,
    /// Somebody changes the credential by hand, and stores it.
    ByHand,
    /// Somebody moves AWSCURRENT back to AWSPREVIOUS.
    Rollback,
    /// The target is what it was at the start.
    Restore,
    /// Somebody repairs the secret: one move.
    Repair,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Crash,
        Self::Stall,
        Self::Anew,
        Self::LostLock,
        Self::Stale,
        Self::Vanish,
        Self::Again,
        Self::Refusal,
        Self::Put,
        Self::Edit,
        Self::Stranger,
        Self::Other,
        Self::ByHand,
        Self::Rollback,
        Self::Restore,
        Self::Repair,
    ];

    /// Its name in a list of configurations.
    pub fn word(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::Stall => "stall",
            Self::Anew => "anew",
            Self::LostLock => "lost-lock",
            Self::Stale => "stale",
            Self::Vanish => "vanish",
            Self::Again => "again",
            Self::Refusal => "refusal",
            Self::Put => "put",
            Self::Edit => "edit",
            Self::Stranger => "stranger",
            Self::Other => "other",
            Self::ByHand => "by-hand",
            Self::Rollback => "rollback",
            Self::Restore => "restore",
            Self::Repair => "repair",
        }
    }
}

/// How often each fault may still happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Budget {
    /// Invocations in all.
    pub invocations: u8,
    /// Of those, alive at once.
    pub alive: u8,
    faults: [u8; Fault::ALL.len()],
}

impl Budget {
    /// So many invocations, and these faults by their words: each word allows one more.
    ///
    /// # Panics
    ///
    /// If a word is no fault's.
    pub fn of(invocations: u8, words: &str) -> Self {
        let mut budget = Self {
            invocations,
            alive: 2,
            faults: [0; Fault::ALL.len()],
        };
        for word in words.split_whitespace() {
            let fault = Fault::ALL.into_iter().find(|fault| fault.word() == word);
            let fault = fault.unwrap_or_else(|| panic!("{word} is no fault"));
            budget.faults[fault as usize] += 1;
        }
        budget
    }

    /// How often this may still happen.
    pub fn left(&self, fault: Fault) -> u8 {
        self.faults[fault as usize]
    }

    /// It happens; `None` if it may not.
    pub fn spend(&mut self, fault: Fault) -> Option<()> {
        let left = &mut self.faults[fault as usize];
        *left = left.checked_sub(1)?;
        Some(())
    }

    /// Nothing happens but these.
    pub fn only(&self, allowed: &[Fault]) -> bool {
        let others = Fault::ALL
            .into_iter()
            .filter(|fault| !allowed.contains(fault));
        others.into_iter().all(|fault| self.left(fault) == 0)
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.invocations)?;
        if self.alive > 2 {
            write!(f, " ({} at once)", self.alive)?;
        }
        for fault in Fault::ALL {
            for _ in 0..self.left(fault) {
                write!(f, " {}", fault.word())?;
            }
        }
        Ok(())
    }
}
