//! What the service was asked, and when: for counting.

use std::sync::Mutex;
use std::time::Instant;

use serde_json::Value;

use crate::lock::lock;

/// One call.
#[derive(Clone, Debug)]
pub struct Call {
    /// As in `PutSecretValue`.
    pub operation: String,
    /// The request's JSON.
    pub request: Value,
    /// The code of the refusal.
    pub refused: Option<String>,
    began: Instant,
    ended: Instant,
}

/// All calls since the last [`clear`](Self::clear).
#[derive(Debug, Default)]
pub(crate) struct Calls(Mutex<Vec<Call>>);

impl Calls {
    pub(crate) fn add(
        &self,
        operation: &str,
        request: Value,
        began: Instant,
        refused: Option<&str>,
    ) {
        lock(&self.0).push(Call {
            operation: operation.to_owned(),
            request,
            refused: refused.map(ToOwned::to_owned),
            began,
            ended: Instant::now(),
        });
    }

    pub(crate) fn all(&self) -> Vec<Call> {
        lock(&self.0).clone()
    }

    pub(crate) fn clear(&self) {
        lock(&self.0).clear();
    }
}

/// How many of the calls waited for one another: the most that can be picked of which no two overlap.
pub fn in_a_row(calls: &[Call]) -> usize {
    let mut calls: Vec<&Call> = calls.iter().collect();
    calls.sort_by_key(|call| call.ended);
    let mut row = 0;
    let mut free = None;
    for call in calls {
        if free.is_none_or(|free| call.began >= free) {
            row += 1;
            free = Some(call.ended);
        }
    }
    row
}
