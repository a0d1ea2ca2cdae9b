//! A function that somebody else runs, and what functions answer.

use std::future::Future;
use std::pin::Pin;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::aws::{FunctionError, Invoke};

/// A function that takes events at an address, as AWS's emulator in a container does, and SAM's.
pub struct Remote {
    url: String,
    http: reqwest::Client,
}

/// The body of a failed invocation; that of a good one is `null`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failed {
    error_type: String,
    error_message: String,
}

impl Remote {
    /// The function at `url`, as in `http://127.0.0.1:9000/2015-03-31/functions/function/invocations`. It is not called yet.
    pub fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            http: reqwest::Client::new(),
        }
    }

    async fn ask(&self, event: String) -> Result<(), FunctionError> {
        let sent = self.http.post(&self.url).body(event).send().await;
        let body = match sent.and_then(reqwest::Response::error_for_status) {
            Ok(answer) => answer.text().await,
            Err(error) => Err(error),
        };
        match body {
            Ok(body) => answered(body).map(drop),
            Err(unsent) => {
                let cause = std::error::Error::source(&unsent).map(ToString::to_string);
                let cause = cause.unwrap_or_default();
                Err(error("Remote.NoAnswer", format!("{unsent}: {cause}")))
            }
        }
    }
}

impl Invoke for Remote {
    fn invoke(
        &self,
        event: String,
    ) -> Pin<Box<dyn Future<Output = Result<(), FunctionError>> + Send + '_>> {
        Box::pin(self.ask(event))
    }
}

/// What the emulator's answer means: the function's JSON, or its error.
pub(super) fn answered(body: String) -> Result<String, FunctionError> {
    match serde_json::from_str::<Failed>(&body) {
        Ok(failed) => Err(error(failed.error_type, failed.error_message)),
        Err(_) if serde_json::from_str::<IgnoredAny>(&body).is_ok() => Ok(body),
        // What the emulator has no JSON for, Lambda calls so.
        Err(_) if body.starts_with("Task timed out") => Err(error("Sandbox.Timedout", body)),
        Err(_) => Err(error("Runtime.ExitError", "it ended without an answer")),
    }
}

fn error(error_type: impl Into<String>, message: impl Into<String>) -> FunctionError {
    FunctionError {
        error_type: error_type.into(),
        message: message.into(),
    }
}
