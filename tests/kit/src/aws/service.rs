//! What the service keeps, and how a call goes through it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::Notify;

use super::calls::Calls;
use super::fault::{Fault, Faults};
use super::operations;
use super::refusal::Refusal;
use super::rotation::{self, Ended, Invoke};
use super::secret::Secret;
use super::vault::Vault;
use crate::lock::lock;

/// How the service behaves where AWS's documentation leaves it open, or a test wants it.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How long each call takes at least.
    pub latency: Duration,
    /// Whether AWSPENDING stays beside AWSCURRENT after a success: both are documented.
    pub keeps_pending: bool,
    /// Whether the version of a test (RotateImmediately=false) has a copy of the current value, or none.
    pub test_copies_current: bool,
    /// How often a rotation is tried, with the same token.
    pub tries: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            latency: Duration::ZERO,
            keeps_pending: false,
            test_copies_current: false,
            tries: 3,
        }
    }
}

/// Shared by the server's tasks.
#[derive(Default)]
pub(crate) struct Service {
    pub(crate) calls: Calls,
    pub(crate) faults: Faults,
    vault: Mutex<Vault>,
    settings: Mutex<Settings>,
    functions: Mutex<HashMap<String, Arc<dyn Invoke>>>,
    ended: Mutex<HashMap<String, Ended>>,
    news: Notify,
}

/// What goes over the wire.
pub(crate) enum Reply {
    Json(Result<Value, Refusal>),
    /// A status with a text that is not the service's.
    Raw(u16, Option<&'static str>, &'static str),
    /// Nothing: the connection ends.
    Nothing,
}

impl Service {
    /// Answers one call.
    pub(crate) async fn call(self: &Arc<Self>, operation: &str, body: Value) -> Reply {
        let began = Instant::now();
        let fault = self.faults.take(operation, &body);
        let latency = self.settings().latency;
        let wait = match fault {
            Some(Fault::Late(wait)) => latency + wait,
            _ => latency,
        };
        // Half before, half after: that is when it takes effect.
        until(began + wait / 2).await;
        let reply = match fault {
            Some(Fault::RequestLost) => Reply::Nothing,
            Some(Fault::Answer {
                status,
                code,
                message,
            }) => Reply::Raw(status, code, message),
            Some(Fault::Stale) => Reply::Json(self.stale(operation, &body)),
            Some(Fault::AnswerLost) => {
                let _ = self.perform(operation, &body);
                Reply::Nothing
            }
            Some(Fault::Late(_)) | None => Reply::Json(self.perform(operation, &body)),
        };
        until(began + wait).await;
        let refused = match &reply {
            Reply::Json(answer) => answer.as_ref().err().map(|refusal| refusal.code),
            Reply::Raw(..) | Reply::Nothing => Some("fault"),
        };
        self.calls.add(operation, body, began, refused);
        reply
    }

    fn perform(self: &Arc<Self>, operation: &str, body: &Value) -> Result<Value, Refusal> {
        match operation {
            "RotateSecret" => rotation::rotate(self, body),
            "CancelRotateSecret" => rotation::cancel(self, body),
            _ => {
                let performed = operations::perform(&mut self.vault(), operation, body);
                performed.unwrap_or_else(|| {
                    Err(Refusal::validation(format!(
                        "{operation} is not understood here"
                    )))
                })
            }
        }
    }

    fn stale(&self, operation: &str, body: &Value) -> Result<Value, Refusal> {
        let mut before = self.vault().stale();
        let performed = operations::perform(&mut before, operation, body);
        performed.unwrap_or_else(|| Err(Refusal::validation("only a reading can be stale")))
    }

    pub(crate) fn vault(&self) -> MutexGuard<'_, Vault> {
        lock(&self.vault)
    }

    /// Something of a secret that is there.
    pub(crate) fn look<T>(&self, arn: &str, at: impl FnOnce(&Secret) -> T) -> T {
        let vault = self.vault();
        at(vault.find(arn).unwrap_or_else(|_| missing(arn)))
    }

    /// Changes a secret that is there.
    pub(crate) fn change(&self, arn: &str, how: impl FnOnce(&mut Secret)) {
        let mut vault = self.vault();
        how(vault.change(arn).unwrap_or_else(|_| missing(arn)));
    }

    pub(crate) fn settings(&self) -> Settings {
        *lock(&self.settings)
    }

    pub(crate) fn set(&self, settings: Settings) {
        *lock(&self.settings) = settings;
    }

    /// The function of this ARN, whatever its qualifier.
    pub(crate) fn function(&self, arn: &str) -> Option<Arc<dyn Invoke>> {
        let unqualified: Vec<&str> = arn.split(':').take(7).collect();
        lock(&self.functions).get(&unqualified.join(":")).cloned()
    }

    pub(crate) fn add_function(&self, arn: String, function: Arc<dyn Invoke>) {
        lock(&self.functions).insert(arn, function);
    }

    pub(crate) fn end(&self, token: &str, ended: Ended) {
        lock(&self.ended).insert(token.to_owned(), ended);
        self.news.notify_waiters();
    }

    /// Returns when the rotation is over.
    pub(crate) async fn ended(&self, token: &str) -> Ended {
        loop {
            let news = self.news.notified();
            if let Some(ended) = lock(&self.ended).get(token) {
                return ended.clone();
            }
            news.await;
        }
    }
}

fn missing(arn: &str) -> ! {
    panic!("there is no secret {arn}")
}

/// Waits for the moment. Without latency it is over already: the timer's shortest wait would be a millisecond.
async fn until(moment: Instant) {
    if moment > Instant::now() {
        tokio::time::sleep_until(moment.into()).await;
    }
}
