//! How long a step may take, and how long an earlier one may still be at work.

use clap::builder::RangedU64ValueParser;
use clap::{Args, value_parser};

#[derive(Args, Clone, Copy, Debug)]
pub(in crate::tool) struct Time {
    /// The longest time of a step in seconds, as Lambda's time-out [default: 1800]
    #[arg(long, value_name = "SECONDS", value_parser = of_a_step())]
    timeout: Option<u64>,
    /// An abandoned rotation may still be at work for so many seconds: its function's time-out and 15 more [default: 1815]
    #[arg(long, value_name = "SECONDS", value_parser = of_the_past())]
    horizon: Option<u64>,
}

/// Lambda's own limit, in seconds: the most that CreateFunction takes for `Timeout`.
/// Source: <https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>
const MAX_TIMEOUT: u64 = 1800;
/// What a step has started can still take effect after its end, for this many seconds.
pub(in crate::tool) const AFTERMATH: u64 = 15;

/// Takes the seconds that a step may have.
pub(in crate::tool) fn of_a_step() -> RangedU64ValueParser {
    value_parser!(u64).range(10..=MAX_TIMEOUT)
}

/// Takes the seconds of a horizon.
pub(in crate::tool) fn of_the_past() -> RangedU64ValueParser {
    value_parser!(u64).range(15..=86_400)
}

impl Time {
    /// Of a command that has these arguments as its own.
    pub(in crate::tool) fn new(timeout: Option<u64>, horizon: Option<u64>) -> Self {
        Self { timeout, horizon }
    }

    /// Seconds that a step may take.
    pub(in crate::tool) fn timeout(self) -> u64 {
        self.timeout.unwrap_or(MAX_TIMEOUT)
    }

    /// The horizon in seconds. Without the argument, it is the horizon of a step that takes as long as it may, here or in
    /// Lambda.
    pub(in crate::tool) fn horizon(self) -> u64 {
        self.horizon.unwrap_or(MAX_TIMEOUT + AFTERMATH)
    }
}
