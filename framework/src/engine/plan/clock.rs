//! A clock on which each wait is over at once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use crate::clock::Clock;

use super::book::{Book, Party};

/// A clock that goes ahead of another one by all waits so far.
#[derive(Clone)]
pub(super) struct Ahead<C> {
    clock: C,
    by: Arc<Mutex<Duration>>,
    book: Arc<Book>,
}

impl<C> Ahead<C> {
    pub(super) fn new(clock: C, book: Arc<Book>) -> Self {
        Self {
            clock,
            by: Arc::default(),
            book,
        }
    }

    fn by(&self) -> MutexGuard<'_, Duration> {
        self.by.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C: Clock> Clock for Ahead<C> {
    fn now(&self) -> SystemTime {
        self.clock.now() + *self.by()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        *self.by() += duration;
        let seconds = duration.as_secs_f64();
        self.book
            .note(Party::Nobody, false, &format!("wait {seconds:.1} s"));
        std::future::ready(())
    }

    /// Calls are real, and so are their limits.
    fn alarm(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        self.clock.alarm(duration)
    }
}
