//! Log lines as JSON, for CloudWatch.

use std::time::Duration;

use lambda_runtime::Diagnostic;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::engine::Report;
use crate::event::Event;
use crate::log::{answers, crate_of, targets};

/// From here on, every line of the log is a JSON object.
pub(crate) fn install<R>(level: LevelFilter) {
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false);
    let subscriber = tracing_subscriber::registry().with(targets(level, [crate_of::<R>()]));
    // Fails only if there is one already.
    let _ = subscriber.with(lines).try_init();
}

/// The result of a step, in one line.
pub(super) struct Line<'a> {
    pub(super) rotator: &'static str,
    pub(super) request_id: &'a str,
    pub(super) event: Option<&'a Event>,
    pub(super) report: Option<&'a Report>,
    pub(super) error: Option<&'a Diagnostic>,
    pub(super) duration: Duration,
}

impl Line<'_> {
    /// Writes the warnings of the step, then one line with its result. That line is at INFO, or at ERROR if the step failed.
    pub(super) fn write(&self) {
        let secret = self.event.map(|event| event.secret_id.as_str());
        let version = self.event.map(|event| event.version_id.short());
        let step = self.event.map(|event| event.step.name());
        for warning in self.report.iter().flat_map(|report| &report.warnings) {
            tracing::warn!(secret, version, step, "{warning}");
        }
        let answers = self.report.map(answers);
        let answers = answers.as_deref().filter(|answers| !answers.is_empty());
        let outcome = self
            .report
            .map_or("failed", |report| report.outcome.as_str());
        macro_rules! line {
            ($level:ident, $($rest:tt)*) => {
                tracing::$level!(
                    rotator = self.rotator,
                    request_id = self.request_id,
                    secret,
                    version,
                    step,
                    outcome,
                    answers,
                    duration_ms = millis(self.duration),
                    $($rest)*
                )
            };
        }
        match self.error {
            None => line!(info, "{}: {outcome}", step.unwrap_or_default()),
            Some(error) => line!(
                error,
                error_type = error.error_type,
                "{}",
                error.error_message
            ),
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
