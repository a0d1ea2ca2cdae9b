//! A whole rotation, dry: each call that reads is made, each call that changes something is only noted, and instead of
//! [`Rotator::set`] the hook [`Rotator::rehearse`] runs. The engine is the one that rotates: it decides, asks and refuses as in a
//! rotation, over a store, a rotator and a clock that hold back what would last.

mod book;
mod clock;
mod labels;
mod rotator;
mod stand_in;
mod store;

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::error::RotationError;
use crate::event::{Event, Step};
use crate::rotator::Rotator;
use crate::store::SecretStore;
use crate::version::{SecretId, VersionId};

use super::Engine;
use super::report::Limits;
use book::Book;
pub use book::{Call, Party};
use clock::Ahead;
use rotator::Rehearsing;
use store::Unwritten;

/// What a rotation would do now.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Planned {
    /// The steps in order, up to the one that something stands in the way of.
    pub steps: Vec<PlannedStep>,
    /// What an operator should look into. These things stop no step.
    pub warnings: Vec<String>,
    /// The step that would fail, and its error: the very error that the rotation would give.
    pub stopped: Option<(Step, RotationError)>,
}

/// What one step would do.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PlannedStep {
    /// Which step.
    pub step: Step,
    /// Its calls, in order.
    pub calls: Vec<Call>,
}

impl<R: Rotator, S: SecretStore, C: Clock + Clone> Engine<R, S, C> {
    /// Goes through the rotation that would make `version`, started by hand. Nothing is written to Secrets Manager, and nothing
    /// survives at the target. The target's lock is held for as long as the rehearsal takes. The target may count a refused
    /// login, as in the rotation itself. `timeout` and `horizon` are those of each step, as in [`Limits`]. A wait for an earlier rotation
    /// is only noted.
    pub async fn plan(
        self,
        secret: &SecretId,
        version: &VersionId,
        timeout: Duration,
        horizon: Duration,
    ) -> Planned {
        let book = Arc::new(Book::default());
        let clock = Ahead::new(self.clock, Arc::clone(&book));
        let engine = Engine {
            rotator: Rehearsing::new(self.rotator, Arc::clone(&book)),
            store: Unwritten::new(
                self.store,
                version.clone(),
                clock.clone(),
                Arc::clone(&book),
            ),
            clock: clock.clone(),
            config: self.config,
        };
        let mut planned = Planned::default();
        for step in Step::ALL {
            let event = Event::new(step, secret.clone(), version.clone());
            let mut limits = Limits::new(clock.now() + timeout, horizon);
            limits.fresh = step == Step::CreateSecret;
            let (report, ended) = engine.run(&event, &limits).await;
            let calls = book.take();
            planned.steps.push(PlannedStep { step, calls });
            planned.warnings.extend(report.warnings);
            let Err(error) = ended else { continue };
            match book.unforeseen() {
                Some(why) => planned.warnings.push(why),
                None => planned.stopped = Some((step, error)),
            }
            break;
        }
        planned
    }
}
