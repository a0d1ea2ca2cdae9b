//! One invocation of the function, which goes on call by call.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::SystemTime;

use rotation::RotationError;
use rotation::clock::Clock;
use rotation::event::Step;
use rotation::testing::World;
use rotation::version::VersionId;

use crate::gate::{Gate, Meets};
use crate::toy::Toy;

/// How a step ended.
pub(crate) type Ended = Result<(), RotationError>;

/// No step takes so many turns.
const ENDLESS: usize = 100_000;

/// The engine at one step.
pub(crate) struct Invocation {
    pub(crate) version: VersionId,
    /// When Lambda ends it.
    pub(crate) deadline: SystemTime,
    gate: Gate,
    run: Pin<Box<dyn Future<Output = Ended>>>,
    ended: Option<Ended>,
}

impl Invocation {
    /// It waits before its first call.
    pub(crate) fn begin<const ISSUES: bool>(
        world: &World<'_, Toy<ISSUES>>,
        version: &VersionId,
        step: Step,
    ) -> Self {
        let gate = Gate::default();
        let run = world.invoke_by(version, step, gate.clone());
        let mut invocation = Self {
            version: version.clone(),
            deadline: world.clock.now() + world.timeout,
            gate,
            run: Box::pin(async { run.await.1 }),
            ended: None,
        };
        invocation.poll();
        invocation
    }

    /// The call that comes next; none, if it has ended.
    pub(crate) fn call(&self) -> Option<&'static str> {
        self.gate.waiting()
    }

    /// How it ended.
    pub(crate) fn ended(&mut self) -> Option<Ended> {
        self.ended.take()
    }

    /// Makes its next call, and goes on until the one after it.
    pub(crate) fn go(&mut self, meets: Meets) {
        self.gate.open(meets);
        self.poll();
    }

    fn poll(&mut self) {
        let mut cx = Context::from_waker(Waker::noop());
        for _ in 0..ENDLESS {
            if let Poll::Ready(ended) = self.run.as_mut().poll(&mut cx) {
                self.ended = Some(ended);
                return;
            }
            if self.gate.waiting().is_some() {
                return;
            }
        }
        panic!("an invocation does not go on: {:?}", self.gate);
    }
}

/// What a future ends with that only waits for itself.
pub(crate) fn at_once<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..ENDLESS {
        if let Poll::Ready(ended) = future.as_mut().poll(&mut cx) {
            return ended;
        }
    }
    panic!("a future does not go on");
}
