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

/// The machine's own.
#[cfg(any(feature = "lambda", feature = "database"))]
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

#[cfg(any(feature = "lambda", feature = "database"))]
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where time comes from"
)]
impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(duration)
    }

    fn alarm(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(duration)
    }
}
