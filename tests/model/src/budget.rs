//! What may happen, and how often.

use std::fmt;

/// How often each fault may still happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Budget {
    /// Invocations in all.
    pub invocations: u8,
    /// Of those, alive at once; 0 means two.
    pub alive: u8,
    /// The process dies between two calls, or an answer is lost with it.
    pub crash: u8,
    /// The process stands still, is given up, and goes on later.
    pub stall: u8,
    /// A new rotation is begun before the last one is done.
    pub anew: u8,
    /// The session that holds the lock is cut.
    pub lost_lock: u8,
    /// An answer of Secrets Manager is up to three changes old.
    pub stale: u8,
    /// AWSPENDING is taken away.
    pub vanish: u8,
    /// An old event is delivered again.
    pub again: u8,
    /// The target refuses a login that it would take a moment later.
    pub refusal: u8,
    /// Somebody stores the JSON anew: another version, the same credential.
    pub edit: u8,
    /// Somebody stores the JSON with another user in it, whose credential is wrong.
    pub stranger: u8,
    /// Secrets Manager refuses to store the new value.
    pub put: u8,
    /// The target is what it was at the start.
    pub restore: u8,
    /// Somebody changes the credential by hand, and stores it.
    pub by_hand: u8,
    /// People act while nothing runs.
    pub quiet: bool,
}

impl Budget {
    /// So many invocations, and nothing else.
    pub const fn of(invocations: u8) -> Self {
        Self {
            invocations,
            alive: 0,
            crash: 0,
            stall: 0,
            anew: 0,
            lost_lock: 0,
            stale: 0,
            vanish: 0,
            again: 0,
            refusal: 0,
            edit: 0,
            stranger: 0,
            put: 0,
            restore: 0,
            by_hand: 0,
            quiet: true,
        }
    }

    fn named(&self) -> [(&'static str, u8); 13] {
        [
            ("crash", self.crash),
            ("stall", self.stall),
            ("new rotation", self.anew),
            ("lost lock", self.lost_lock),
            ("stale read", self.stale),
            ("AWSPENDING vanishes", self.vanish),
            ("event again", self.again),
            ("refusal that passes", self.refusal),
            ("edit", self.edit),
            ("edit of the user", self.stranger),
            ("put refused", self.put),
            ("restore", self.restore),
            ("by hand", self.by_hand),
        ]
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} invocations", self.invocations)?;
        if self.alive > 2 {
            write!(f, ", {} alive", self.alive)?;
        }
        for (name, count) in self.named() {
            match count {
                0 => {}
                1 => write!(f, ", {name}")?,
                _ => write!(f, ", {count} {name}")?,
            }
        }
        if !self.quiet {
            write!(f, ", people at any moment")?;
        }
        Ok(())
    }
}
