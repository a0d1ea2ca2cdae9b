//! The changes that hooks tell a plan.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::secret::{Secret, scrub};

/// What was told, and the passwords that were drawn for it.
#[derive(Default)]
pub(crate) struct Told(Mutex<Heard>);

#[derive(Default)]
struct Heard {
    changes: Vec<String>,
    drawn: Vec<Secret>,
}

impl Told {
    pub(super) fn note(&self, change: String) {
        self.heard().changes.push(change);
    }

    pub(super) fn conceal(&self, drawn: Secret) {
        self.heard().drawn.push(drawn);
    }

    /// All that was told since the last time, each text once, without what is secret.
    pub(crate) fn take(&self, secrets: &[Secret]) -> Vec<String> {
        let mut heard = self.heard();
        let secrets = [secrets, &heard.drawn].concat();
        let told = std::mem::take(&mut heard.changes).into_iter();
        let mut changes: Vec<String> = told.map(|change| scrub(&change, &secrets)).collect();
        changes.dedup();
        changes
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was told may hold a secret until it is taken.
impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
    }
}
