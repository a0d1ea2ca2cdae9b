//! Time that stands still until somebody sleeps.

use std::future::{Future, pending};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use crate::clock::Clock;

/// A clock that jumps ahead when somebody sleeps. Clones show the same time.
#[derive(Clone, Debug)]
pub struct TestClock(Arc<Mutex<SystemTime>>);

impl Default for TestClock {
    /// A Tuesday in 2026.
    fn default() -> Self {
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_500_000);
        Self(Arc::new(Mutex::new(start)))
    }
}

impl TestClock {
    /// Lets time pass, and returns the new time.
    pub fn advance(&self, duration: Duration) -> SystemTime {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now += duration;
        *now
    }
}

impl Clock for TestClock {
    fn now(&self) -> SystemTime {
        self.advance(Duration::ZERO)
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        self.advance(duration);
        async {}
    }

    fn alarm(&self, _: Duration) -> impl Future<Output = ()> + Send {
        pending()
    }
}
