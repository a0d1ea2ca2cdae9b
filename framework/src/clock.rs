//! Time, as the engine sees it.

use std::future::Future;
use std::time::{Duration, SystemTime};

/// The source of time. The engine takes it as a parameter, so that tests control the time.
pub trait Clock: Send + Sync {
    /// The time of day.
    fn now(&self) -> SystemTime;

    /// Returns when `duration` has passed.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send;

    /// Returns when `duration` has passed. This is a time limit: the engine races it against a call. A test clock whose
    /// [`sleep`](Self::sleep) returns at once must return a future that never resolves here, or every call would time out.
    fn alarm(&self, duration: Duration) -> impl Future<Output = ()> + Send;
}

/// The time of day, for code outside of the engine. The engine asks its [`Clock`].
#[cfg(any(feature = "aws", feature = "tls", feature = "testing"))]
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where time comes from"
)]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}

/// The day in UTC, as in `2026-11-24`.
pub(crate) fn date(time: SystemTime) -> String {
    time::OffsetDateTime::from(time).date().to_string()
}

/// The minute in UTC, as in `2026-11-24 14:05`.
#[cfg(feature = "command-line")]
pub(crate) fn minute(time: SystemTime) -> String {
    let time = time::OffsetDateTime::from(time);
    format!("{} {:02}:{:02}", time.date(), time.hour(), time.minute())
}

/// As in `2026-11-24T14:05:00Z`.
/// Source: RFC 3339.
#[cfg(any(feature = "lambda", feature = "command-line"))]
pub(crate) fn rfc3339(time: SystemTime) -> String {
    let format = &time::format_description::well_known::Rfc3339;
    let time = time::OffsetDateTime::from(time);
    time.format(format).unwrap_or_default()
}

/// `duration` in whole milliseconds, for a line of the log.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The machine's own clock.
#[cfg(feature = "process")]
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

#[cfg(feature = "process")]
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the engine's waits come from"
)]
impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        now()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(duration)
    }

    fn alarm(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(duration)
    }
}
