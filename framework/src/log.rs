//! What is logged, in Lambda and on the command line.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;

use crate::engine::Report;

/// The crate that a rotator is in, as the targets of its log lines begin.
pub(crate) fn crate_of<R>() -> &'static str {
    let path = std::any::type_name::<R>();
    path.split("::").next().unwrap_or_default()
}

/// Which lines are logged. This crate and the rotators' crates log at `level`. All others log at INFO at most, since at TRACE
/// the runtime logs the whole event, and the SDK logs whole answers.
pub(crate) fn targets(
    level: LevelFilter,
    rotators: impl IntoIterator<Item = &'static str>,
) -> Targets {
    let others = level.min(match level {
        LevelFilter::TRACE | LevelFilter::DEBUG => LevelFilter::INFO,
        _ => LevelFilter::WARN,
    });
    let rotators = rotators.into_iter().map(|name| (name, level));
    Targets::new()
        .with_default(others)
        .with_targets(rotators)
        .with_target(env!("CARGO_CRATE_NAME"), level)
        // It repeats the error that the step's own line has.
        .with_target("lambda_runtime::layers::panic", LevelFilter::OFF)
}

/// The target's answers, as in `AWSCURRENT accepted; AWSPENDING refused: the password is wrong`.
pub(crate) fn answers(report: &Report) -> String {
    let answers = report.answers.iter();
    let answers: Vec<String> = answers.map(|(who, said)| format!("{who} {said}")).collect();
    answers.join("; ")
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn nobody_elses_lines_can_hold_an_event() {
        struct Rotator;
        let targets = targets(LevelFilter::TRACE, [crate_of::<Rotator>(), "rotator_door"]);
        assert!(targets.would_enable("rotation::engine", &Level::TRACE));
        assert!(targets.would_enable("rotator_door", &Level::TRACE));
        for target in ["lambda_runtime::layers::api_response", "aws_sigv4", "hyper"] {
            assert!(targets.would_enable(target, &Level::INFO));
            assert!(!targets.would_enable(target, &Level::DEBUG));
        }
        assert!(!targets.would_enable("lambda_runtime::layers::panic", &Level::ERROR));
    }
}
