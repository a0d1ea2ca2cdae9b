//! Lets one call of an invocation pass at a time, and decides what becomes of it.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use rotation::testing::faults::{Failure, Fate};

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meets {
    /// Nothing that is wrong.
    Works,
    /// The request is lost.
    Before,
    /// The call takes effect, and the answer is lost.
    After,
    /// The answer is no, and nothing happens.
    Refused,
}

/// Where all calls of one invocation wait. Clones are the same gate.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gate(Arc<Mutex<Turn>>);

#[derive(Debug, Default)]
struct Turn {
    given: Option<Meets>,
    waiting: Option<&'static str>,
    wakers: Vec<Waker>,
    at_work: bool,
}

impl Gate {
    /// The next call passes.
    pub(crate) fn open(&self, meets: Meets) {
        let mut turn = self.turn();
        turn.given = Some(meets);
        let wakers = std::mem::take(&mut turn.wakers);
        drop(turn);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// The call that waits, unless one is at work.
    pub(crate) fn waiting(&self) -> Option<&'static str> {
        let turn = self.turn();
        turn.waiting
            .filter(|_| !turn.at_work && turn.given.is_none())
    }

    async fn pass(&self, call: &'static str) -> Meets {
        poll_fn(|cx| {
            let mut turn = self.turn();
            match turn.given.take() {
                Some(meets) => {
                    (turn.at_work, turn.waiting) = (true, None);
                    Poll::Ready(meets)
                }
                None => {
                    turn.waiting.get_or_insert(call);
                    turn.wakers.push(cx.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await
    }

    fn turn(&self) -> MutexGuard<'_, Turn> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fate for Gate {
    async fn meet<T: Send, E: Send>(
        &self,
        call: &'static str,
        error: fn(Failure, &'static str) -> E,
        request: impl Future<Output = Result<T, E>> + Send,
    ) -> Result<T, E> {
        let ended = match self.pass(call).await {
            Meets::Works => request.await,
            Meets::Before => Err(error(Failure::Lost, call)),
            Meets::After => request.await.and(Err(error(Failure::Lost, call))),
            Meets::Refused => Err(error(Failure::Refused, call)),
        };
        self.turn().at_work = false;
        ended
    }
}
