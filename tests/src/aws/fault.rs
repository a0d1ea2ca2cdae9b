//! Calls that go wrong on demand.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What goes wrong with a call.
#[derive(Clone, Debug)]
pub enum Fault {
    /// The request does not arrive, the connection ends.
    RequestLost,
    /// It takes effect, and the connection ends before the answer.
    AnswerLost,
    /// The answer is this one; nothing happens.
    Answer {
        /// HTTP's.
        status: u16,
        /// As in `ThrottlingException`; none for an answer that is no JSON.
        code: Option<&'static str>,
        /// The text.
        message: &'static str,
    },
    /// The answer is what it was before the last change.
    Stale,
    /// It takes effect after a while.
    Late(Duration),
}

/// Faults that wait for their call.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<VecDeque<(&'static str, Fault)>>);

impl Faults {
    pub(crate) fn add(&self, operation: &'static str, fault: Fault) {
        self.list().push_back((operation, fault));
    }

    pub(crate) fn clear(&self) {
        self.list().clear();
    }

    /// The next fault of this operation, which is then over.
    pub(crate) fn take(&self, operation: &str) -> Option<Fault> {
        let mut list = self.list();
        let at = list.iter().position(|(name, _)| *name == operation)?;
        list.remove(at).map(|(_, fault)| fault)
    }

    pub(crate) fn waiting(&self) -> usize {
        self.list().len()
    }

    fn list(&self) -> MutexGuard<'_, VecDeque<(&'static str, Fault)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
