//! A line for each call of a function.

use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::{Arc, Weak};
use std::time::Instant;

use futures_util::FutureExt;
use futures_util::future::{Either, select};
use rotation::Secret;
use rotation::secret::{printable, scrub};
use rotation_kit::aws::{FunctionError, Invoke, LocalAws};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Lines on their way to the screen.
pub(super) struct Lines {
    sender: UnboundedSender<String>,
    receiver: Mutex<UnboundedReceiver<String>>,
}

/// A function whose calls are told.
pub(super) struct Told {
    function: Arc<dyn Invoke>,
    /// The store has the function, so the function does not keep the store.
    aws: Weak<LocalAws>,
    lines: UnboundedSender<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    step: String,
    secret_id: String,
}

impl Default for Lines {
    fn default() -> Self {
        let (sender, receiver) = unbounded_channel();
        Self {
            sender,
            receiver: Mutex::new(receiver),
        }
    }
}

impl Lines {
    /// Shows each line until `end`.
    pub(super) async fn until(&self, end: impl Future<Output = ()>, show: impl Fn(&str)) {
        let mut receiver = self.receiver.lock().await;
        let mut end = pin!(end);
        while let Either::Left((Some(line), _)) = select(pin!(receiver.recv()), end.as_mut()).await
        {
            show(&line);
        }
    }
}

impl Told {
    pub(super) fn new(function: Arc<dyn Invoke>, aws: &Arc<LocalAws>, lines: &Lines) -> Self {
        Self {
            function,
            aws: Arc::downgrade(aws),
            lines: lines.sender.clone(),
        }
    }

    async fn tell(&self, text: String) -> Result<(), FunctionError> {
        let event: Option<Event> = serde_json::from_str(&text).ok();
        let began = Instant::now();
        let answer = AssertUnwindSafe(self.function.invoke(text))
            .catch_unwind()
            .await;
        let answer = answer.unwrap_or_else(|_| Err(not_started()));
        if let Some(Event { step, secret_id }) = event {
            let took = began.elapsed().as_millis();
            let (outcome, error) = match &answer {
                Ok(()) => ("done", String::new()),
                Err(error) => ("FAILED", self.shown(&secret_id, error)),
            };
            let line = format!(
                "{} {step:<12}  {outcome:<6} {took:>6} ms{error}",
                name(&secret_id)
            );
            // Fails only when the command ends.
            let _ = self.lines.send(line);
        }
        answer
    }

    /// The error, without what the secret's values hold.
    fn shown(&self, secret: &str, error: &FunctionError) -> String {
        let values = self.aws.upgrade().map(|aws| aws.values(secret));
        let hidden: Vec<Secret> = values
            .iter()
            .flatten()
            .flat_map(|value| texts(value))
            .collect();
        let said = format!("{}: {}", error.error_type, error.message);
        format!("  {}", printable(&scrub(&said, &hidden), 2000))
    }
}

impl Invoke for Told {
    fn invoke(
        &self,
        event: String,
    ) -> Pin<Box<dyn Future<Output = Result<(), FunctionError>> + Send + '_>> {
        Box::pin(self.tell(event))
    }
}

/// The secret's name, without what an ARN has around it.
fn name(arn: &str) -> &str {
    let last = arn.rsplit(':').next().unwrap_or_default();
    last.rsplit_once('-').map_or(last, |(name, _)| name)
}

/// What must not be shown of a value: the texts under keys that sound secret, or the whole value if it is no object.
fn texts(value: &str) -> Vec<Secret> {
    let Ok(Value::Object(fields)) = serde_json::from_str(value) else {
        return vec![Secret::new(value)];
    };
    let known = ["username", "host", "engine", "dbname", "port", "masterarn"];
    let fields = fields
        .into_iter()
        .filter(|(key, _)| !known.contains(&key.as_str()));
    let texts = fields.filter_map(|(_, value)| value.as_str().map(Secret::new));
    texts.collect()
}

fn not_started() -> FunctionError {
    FunctionError {
        error_type: "Local.NotStarted".into(),
        message:
            "the emulator did not start, or did not answer: is --emulator AWS's aws-lambda-rie?"
                .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_is_told() {
        let value = r#"{"username": "app", "password": "a-password", "n": 1}"#;
        let hidden = texts(value);
        let said = scrub("near 'a-password' for app", &hidden);
        assert!(
            !said.contains("a-password") && said.contains("app"),
            "{said}"
        );
        let said = scrub("near 'bare-text'", &texts("bare-text"));
        assert!(!said.contains("bare-text"), "{said}");
    }
}
