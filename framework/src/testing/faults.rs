//! Calls that fail on demand. One counter numbers all calls to the store and to the hooks.

mod faulty;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use faulty::Faulty;

/// Decides what becomes of each call to a [`Faulty`] store or rotator.
pub trait Fate: Send + Sync + 'static {
    /// Passes the request on, or not, and the answer. `call` is the name of the call, and `error` makes the caller's error.
    fn meet<T: Send, E: Send>(
        &self,
        call: &'static str,
        error: fn(Failure, &'static str) -> E,
        request: impl Future<Output = Result<T, E>> + Send,
    ) -> impl Future<Output = Result<T, E>> + Send;
}

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// There is no answer. The caller does not know whether the call took effect.
    Lost,
    /// The answer is no. Nothing happened, and another try would be answered the same.
    Refused,
}

/// Where in a call the fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The request was lost, so nothing happened.
    Before,
    /// The call took effect, and the answer was lost.
    After,
}

/// A plan for one fault, and a record of it. Clones share both.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Plan>>);

#[derive(Debug, Default)]
struct Plan {
    next: usize,
    at: Option<(usize, When)>,
    fired: Option<&'static str>,
}

impl Faults {
    /// No call fails. The calls are only counted.
    pub fn none() -> Self {
        Self::default()
    }

    /// The `n`-th call from now fails. The next call is number 0.
    pub fn arm(&self, n: usize, when: When) {
        let mut plan = self.plan();
        *plan = Plan {
            next: 0,
            at: Some((n, when)),
            fired: None,
        };
    }

    /// No call fails from now on.
    pub fn disarm(&self) {
        self.plan().at = None;
    }

    /// The name of the call that failed, if one did.
    pub fn fired(&self) -> Option<&'static str> {
        self.plan().fired
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Numbers this call, and says whether it fails.
    fn count(&self, call: &'static str) -> Option<When> {
        let mut plan = self.plan();
        let n = plan.next;
        plan.next += 1;
        let when = plan.at.filter(|(at, _)| *at == n).map(|(_, when)| when)?;
        plan.fired = Some(call);
        Some(when)
    }
}

impl Fate for Faults {
    async fn meet<T: Send, E: Send>(
        &self,
        call: &'static str,
        error: fn(Failure, &'static str) -> E,
        request: impl Future<Output = Result<T, E>> + Send,
    ) -> Result<T, E> {
        match self.count(call) {
            Some(When::Before) => Err(error(Failure::Lost, call)),
            Some(When::After) => {
                let _ = request.await?;
                Err(error(Failure::Lost, call))
            }
            None => request.await,
        }
    }
}
