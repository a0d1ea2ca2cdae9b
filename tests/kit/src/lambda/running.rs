//! An invocation that is under way: it can be killed, and stopped for a while.

use tokio::task::JoinHandle;

use super::remote::answered;
use super::{Function, Sandbox};
use crate::aws::FunctionError;
use crate::lock::lock;

/// A sandbox with its event. If nobody waits for its answer, its sandbox ends with this value.
pub struct Running<'a> {
    function: &'a Function,
    /// Until it has answered, or is killed.
    sandbox: Option<Sandbox>,
    sent: JoinHandle<Result<String, reqwest::Error>>,
}

impl<'a> Running<'a> {
    pub(super) fn new(function: &'a Function, sandbox: Sandbox, event: String) -> Self {
        let request = function.http.post(&sandbox.url).body(event);
        let sent = tokio::spawn(async { request.send().await?.text().await });
        Self {
            function,
            sandbox: Some(sandbox),
            sent,
        }
    }

    /// Waits until it has answered: the JSON. If this is given up, it may be called again.
    ///
    /// # Errors
    /// The function's.
    ///
    /// # Panics
    /// If the emulator does not answer; or if this one has answered, or was killed.
    pub async fn answer(&mut self) -> Result<String, FunctionError> {
        let body = (&mut self.sent).await.expect("a request without a panic");
        let sandbox = self.sandbox.take().expect("one answer to an event");
        let body = body.unwrap_or_else(|error| panic!("{error}: {}", sandbox.server.log()));
        lock(&self.function.idle).push(sandbox);
        answered(body)
    }

    /// Kills the sandbox, at once and without a word.
    ///
    /// # Panics
    /// If it has ended.
    pub fn kill(mut self) {
        if let Some(sandbox) = self.sandbox.take() {
            sandbox.server.kill();
            self.forget(&sandbox);
        }
    }

    /// Stops the whole sandbox where it is: Lambda freezes one so. It does nothing until [`resume`](Self::resume).
    ///
    /// # Panics
    /// If it has ended.
    pub fn stop(&self) {
        self.signal("STOP");
    }

    /// It goes on as if no time had passed.
    ///
    /// # Panics
    /// If it has ended.
    pub fn resume(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        if let Some(sandbox) = &self.sandbox {
            sandbox.server.signal(name);
        }
    }

    fn forget(&self, sandbox: &Sandbox) {
        lock(&self.function.log).push_str(&sandbox.server.log());
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.sent.abort();
        if let Some(sandbox) = &self.sandbox {
            self.forget(sandbox);
        }
    }
}
