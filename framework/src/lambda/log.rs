//! Log lines as JSON, for CloudWatch.

use std::time::Duration;

use lambda_runtime::Diagnostic;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::engine::Report;
use crate::event::Event;

/// From here on, every line of the log is a JSON object.
pub(crate) fn install<R>(level: LevelFilter) {
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false);
    let subscriber = tracing_subscriber::registry().with(targets::<R>(level));
    // Fails only if there is one already.
    let _ = subscriber.with(lines).try_init();
}

/// Which lines are logged. This crate and the rotator's crate log at `level`. All others log at INFO at most, since at TRACE
/// the runtime logs the whole event, and the SDK logs whole answers.
pub(crate) fn targets<R>(level: LevelFilter) -> Targets {
    let others = level.min(match level {
        LevelFilter::TRACE | LevelFilter::DEBUG => LevelFilter::INFO,
        _ => LevelFilter::WARN,
    });
    let rotator = std::any::type_name::<R>().split("::").next();
    Targets::new()
        .with_default(others)
        .with_target(env!("CARGO_CRATE_NAME"), level)
        .with_target(rotator.unwrap_or_default(), level)
        // It repeats the error that the step's own line has.
        .with_target("lambda_runtime::layers::panic", LevelFilter::OFF)
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

/// What the target answered, as in `AWSCURRENT accepted; AWSPENDING refused: the password is wrong`.
pub(crate) fn answers(report: &Report) -> String {
    let answers = report.answers.iter();
    let answers: Vec<String> = answers.map(|(who, said)| format!("{who} {said}")).collect();
    answers.join("; ")
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn nobody_elses_lines_can_hold_an_event() {
        struct Rotator;
        let targets = targets::<Rotator>(LevelFilter::TRACE);
        assert!(targets.would_enable("rotation::engine", &Level::TRACE));
        for target in ["lambda_runtime::layers::api_response", "aws_sigv4", "hyper"] {
            assert!(targets.would_enable(target, &Level::INFO));
            assert!(!targets.would_enable(target, &Level::DEBUG));
        }
        assert!(!targets.would_enable("lambda_runtime::layers::panic", &Level::ERROR));
    }
}
