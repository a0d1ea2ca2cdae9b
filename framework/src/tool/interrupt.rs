//! Ctrl-C. After the first one, the step that runs still comes to its end. The second one ends the process at once.

use std::cell::Cell;

use futures_util::future::{Either, select};

use super::say;

/// Whether somebody pressed Ctrl-C.
#[derive(Default)]
pub(super) struct Interrupt(Cell<bool>);

impl Interrupt {
    /// Whether Ctrl-C was pressed. The command line asks this between two steps.
    pub(super) fn came(&self) -> bool {
        self.0.get()
    }

    /// The result of `command`. `None` if a second `signal` came first. A step that is dropped closes nothing, so the target
    /// keeps its connection and its lock until the target notices.
    pub(super) async fn guard<T, S: Future>(
        &self,
        command: impl Future<Output = T>,
        signal: impl Fn() -> S,
    ) -> Option<T> {
        let command = std::pin::pin!(command);
        let command = match select(command, std::pin::pin!(signal())).await {
            Either::Left((ended, _)) => return Some(ended),
            Either::Right((_, command)) => command,
        };
        self.0.set(true);
        say("Interrupted: the step that runs is let to its end; press Ctrl-C again to end at once");
        match select(command, std::pin::pin!(signal())).await {
            Either::Left((ended, _)) => Some(ended),
            Either::Right(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

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
            }
        };
        assert_eq!(interrupt.guard(steps(&interrupt), signal).await, Some(1));
        let interrupt = Interrupt::default();
        let never = pending::<()>;
        assert_eq!(interrupt.guard(steps(&interrupt), never).await, Some(2));
    }

    #[tokio::test]
    async fn the_second_ends_it_at_once() {
        let interrupt = Interrupt::default();
        let hangs = pending::<()>();
        assert_eq!(interrupt.guard(hangs, || ready(())).await, None);
    }
}
