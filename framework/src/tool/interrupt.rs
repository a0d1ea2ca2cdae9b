//! Ctrl-C, and SIGTERM, by which a CI job, a container or a shutdown ends a process. After the first one, the step that runs still comes
//! to its end. The second one ends the process at once.
//!
//! SIGHUP is left alone: whoever starts the program by `nohup` wants it to live on, and a handler would undo that.

use std::cell::Cell;
use std::future::pending;
use std::io;
use std::pin::pin;

use futures_util::future::{Either, select};
use tokio::sync::Notify;

use super::screen::say;

/// What asked the process to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// Ctrl-C: SIGINT.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

/// Which signal came, if one came.
#[derive(Default)]
pub(super) struct Interrupt {
    signal: Cell<Option<Signal>>,
    news: Notify,
    ends_at_once: Cell<bool>,
}

impl Interrupt {
    /// Whether a signal came. The command line asks this between two steps.
    pub(super) fn came(&self) -> bool {
        self.signal.get().is_some()
    }

    /// The command has nothing to bring to its end: it ends when it hears of a signal from [`comes`](Self::comes).
    pub(super) fn ends_at_once(&self) {
        self.ends_at_once.set(true);
    }

    /// Returns when a signal comes, or has come.
    pub(super) async fn comes(&self) {
        if !self.came() {
            self.news.notified().await;
        }
    }

    /// The exit code of an interrupted command. It is 128 and the signal's number, as in a shell.
    pub(super) fn exit_code(&self) -> u8 {
        match self.signal.get() {
            Some(Signal::Terminate) => 128 + 15,
            Some(Signal::Interrupt) | None => 128 + 2,
        }
    }

    /// The result of `command`. `None` if a second `signal` came first. A step that is dropped closes nothing, so the target
    /// keeps its connection and its lock until the target notices.
    pub(super) async fn guard<T, S: Future<Output = Signal>>(
        &self,
        command: impl Future<Output = T>,
        signal: impl Fn() -> S,
    ) -> Option<T> {
        let command = pin!(command);
        let command = match select(command, pin!(signal())).await {
            Either::Left((ended, _)) => return Some(ended),
            Either::Right((came, command)) => {
                self.signal.set(Some(came));
                self.news.notify_one();
                command
            }
        };
        if !self.ends_at_once.get() {
            say(
                "Interrupted: the step that runs is let to its end. Press Ctrl-C again to end at once",
            );
        }
        match select(command, pin!(signal())).await {
            Either::Left((ended, _)) => Some(ended),
            Either::Right(_) => None,
        }
    }
}

/// The next signal.
pub(super) async fn signal() -> Signal {
    let interrupt = pin!(comes(tokio::signal::ctrl_c()));
    match select(interrupt, pin!(comes(terminate()))).await {
        Either::Left(_) => Signal::Interrupt,
        Either::Right(_) => Signal::Terminate,
    }
}

/// Returns when the signal comes. Where the system does not tell of it, nothing comes: a failure is no wish to end.
async fn comes(signal: impl Future<Output = io::Result<()>>) {
    if let Err(error) = signal.await {
        tracing::warn!("a signal would end the process in the middle of a step: {error}");
        pending::<()>().await;
    }
}

#[cfg(unix)]
async fn terminate() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    signal(SignalKind::terminate())?.recv().await;
    Ok(())
}

#[cfg(not(unix))]
async fn terminate() -> io::Result<()> {
    pending().await
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use futures_util::FutureExt;

    use super::*;

    /// Runs two steps, one in each turn of the loop. Returns how many were run.
    async fn steps(interrupt: &Interrupt) -> usize {
        for done in 0..2 {
            if interrupt.came() {
                return done;
            }
            tokio::task::yield_now().await;
        }
        2
    }

    #[tokio::test]
    async fn the_first_lets_the_step_end() {
        let interrupt = Interrupt::default();
        let first = Cell::new(true);
        let signal = || {
            let comes = first.replace(false);
            async move {
                if !comes {
                    pending::<()>().await;
                }
                Signal::Terminate
            }
        };
        assert_eq!(interrupt.guard(steps(&interrupt), signal).await, Some(1));
        assert_eq!(interrupt.exit_code(), 143);
        let interrupt = Interrupt::default();
        let never = pending::<Signal>;
        assert_eq!(interrupt.guard(steps(&interrupt), never).await, Some(2));
    }

    #[tokio::test]
    async fn the_second_ends_it_at_once() {
        let interrupt = Interrupt::default();
        let hangs = pending::<()>();
        let comes = || ready(Signal::Interrupt);
        assert_eq!(interrupt.guard(hangs, comes).await, None);
        assert_eq!(interrupt.exit_code(), 130);
    }

    #[test]
    fn what_the_system_does_not_tell_of_is_no_signal() {
        let fails = ready(Err(io::Error::other("no signals here")));
        assert_eq!(comes(fails).now_or_never(), None);
        assert_eq!(comes(ready(Ok(()))).now_or_never(), Some(()));
    }
}
