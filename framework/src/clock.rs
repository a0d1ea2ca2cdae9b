//! Time, as the engine sees it.

use std::future::Future;
use std::time::{Duration, SystemTime};

/// Handed to the engine, so that tests own the time.
pub trait Clock: Send + Sync {
    /// The time of day.
    fn now(&self) -> SystemTime;

    /// Returns when `duration` has passed.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send;

    /// Returns when `duration` has passed without an answer that is waited for at the same time. A clock that jumps
    /// ahead in [`sleep`](Self::sleep) never returns from here, since answers take no time by it.
    fn alarm(&self, duration: Duration) -> impl Future<Output = ()> + Send;
}

/// The time of day, for what needs no more of a clock. The engine asks its [`Clock`].
#[cfg(any(feature = "aws", feature = "tls", feature = "testing"))]
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where time comes from"
)]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}

/// The machine's own.
#[cfg(feature = "lambda")]
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

#[cfg(feature = "lambda")]
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
