//! What a plan notes while it runs.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::document::Document;
use crate::secret::printable;

/// A call that a rotation makes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Call {
    /// Whom it is made to.
    pub to: Party,
    /// Whether it changes something. The plan has made no such call.
    pub changes: bool,
    /// What it is, on one line, without anything secret.
    pub text: String,
}

/// Whom a call is made to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// AWS Secrets Manager.
    SecretsManager,
    /// What the credential opens.
    Target,
    /// Nobody: time passes.
    Nobody,
}

/// The calls so far, and what they have in common.
#[derive(Default)]
pub(super) struct Book(Mutex<Page>);

#[derive(Default)]
struct Page {
    calls: Vec<Call>,
    current: Option<Document>,
    unforeseen: Option<String>,
}

impl Book {
    pub(super) fn note(&self, to: Party, changes: bool, text: &str) {
        let text = printable(text, usize::MAX);
        self.page().calls.push(Call { to, changes, text });
    }

    /// The calls since the last time.
    pub(super) fn take(&self) -> Vec<Call> {
        std::mem::take(&mut self.page().calls)
    }

    /// Keeps the value of AWSCURRENT.
    pub(super) fn read_current(&self, value: &Document) {
        self.page().current = Some(value.clone());
    }

    pub(super) fn current(&self) -> Option<Document> {
        self.page().current.clone()
    }

    /// Says why nobody can know how the rotation goes on.
    pub(super) fn cannot_foresee(&self, why: &str) {
        self.page().unforeseen = Some(why.to_owned());
    }

    pub(super) fn unforeseen(&self) -> Option<String> {
        self.page().unforeseen.clone()
    }

    fn page(&self) -> MutexGuard<'_, Page> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
