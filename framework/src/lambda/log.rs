//! Log lines as JSON, for CloudWatch.

use std::time::Duration;

use lambda_runtime::Diagnostic;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::clock::millis;
use crate::engine::Report;
use crate::error::help;
use crate::log::{answers, crate_of, targets};

/// From here on, every line of the log is a JSON object, and has the fields of the span that it is in.
pub(crate) fn install<R>(level: LevelFilter) {
    let lines = json_subscriber::fmt::layer()
        .flatten_event(true)
        .flatten_span_list_on_top_level(true)
        .with_current_span(false)
        .with_span_list(false);
    let subscriber = tracing_subscriber::registry().with(targets(level, [crate_of::<R>()]));
    // Fails only if there is one already.
    let _ = subscriber.with(lines).try_init();
}

/// The result of a step, in one line. The span that it is written in says whose it is.
pub(super) struct Line<'a> {
    pub(super) asked: Option<&'static str>,
    pub(super) report: Option<&'a Report>,
    pub(super) error: Option<&'a Diagnostic>,
    pub(super) duration: Duration,
}

impl Line<'_> {
    /// Writes the warnings of the step, then one line with its result. That line is at INFO, or at ERROR if the step failed.
    pub(super) fn write(&self) {
        for warning in self.report.iter().flat_map(|report| &report.warnings) {
            tracing::warn!("{warning}");
        }
        let answers = self.report.map(answers);
        let answers = answers.as_deref().filter(|answers| !answers.is_empty());
        let outcome = self
            .report
            .map_or("failed", |report| report.outcome.as_str());
        let duration_ms = millis(self.duration);
        match self.error {
            None => {
                let asked = self.asked.unwrap_or_default();
                tracing::info!(outcome, answers, duration_ms, "{asked}: {outcome}");
            }
            Some(error) => tracing::error!(
                outcome,
                answers,
                duration_ms,
                error_type = error.error_type,
                help = help(&error.error_type),
                "{}",
                error.error_message
            ),
        }
    }
}
