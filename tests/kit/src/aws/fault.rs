//! Calls that go wrong on demand.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;

use crate::lock::lock;

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
pub(crate) struct Faults(Mutex<Plan>);

#[derive(Debug, Default)]
struct Plan {
    /// By the operation's name, each once.
    named: VecDeque<(&'static str, Fault)>,
    /// By the call's number, and the same request when it is tried again.
    numbered: Option<(usize, Fault)>,
    met: Option<(String, Value)>,
    next: usize,
}

impl Faults {
    pub(crate) fn add(&self, operation: &'static str, fault: Fault) {
        lock(&self.0).named.push_back((operation, fault));
    }

    pub(crate) fn number(&self, n: usize, fault: Fault) {
        *lock(&self.0) = Plan {
            numbered: Some((n, fault)),
            ..Plan::default()
        };
    }

    /// Ends them all; returns the name of the call that met the numbered one, and how many named ones met none.
    pub(crate) fn clear(&self) -> (Option<String>, usize) {
        let plan = std::mem::take(&mut *lock(&self.0));
        (plan.met.map(|(operation, _)| operation), plan.named.len())
    }

    /// What goes wrong with this call.
    pub(crate) fn take(&self, operation: &str, request: &Value) -> Option<Fault> {
        let mut plan = lock(&self.0);
        let named = plan.named.iter().position(|(name, _)| *name == operation);
        if let Some(at) = named {
            return plan.named.remove(at).map(|(_, fault)| fault);
        }
        let (n, fault) = plan.numbered.clone()?;
        match &plan.met {
            Some((name, met)) => (name == operation && met == request).then_some(fault),
            None => {
                plan.next += 1;
                if plan.next <= n {
                    return None;
                }
                plan.met = Some((operation.to_owned(), request.clone()));
                Some(fault)
            }
        }
    }
}
