//! Makes the calls that [`decide`] asks for, through a [`Rotator`] and a [`SecretStore`], and adds every answer to the
//! [`View`].
//!
//! [`View`]: crate::protocol::View

mod attempt;
mod calls;
mod check;
mod claim;
mod examine;
mod explain;
mod fold;
mod guard;
mod hooks;
mod known;
mod perform;
mod plan;
mod put;
mod replicas;
mod report;
mod restore;
mod store_calls;

pub use check::Checked;
pub use examine::{Advice, Examined, Examinee, LabelMove, Question};
#[cfg(feature = "command-line")]
pub(crate) use guard::kind;
#[cfg(feature = "testing")]
pub(crate) use known::secrets;
pub use plan::{Call, Party, Planned, PlannedStep};
#[cfg(feature = "lambda")]
pub(crate) use report::in_words;
pub use report::{Limits, Outcome, Report};
#[cfg(feature = "command-line")]
pub(crate) use store_calls::MAX_LABELS;

use futures_util::future::join_all;

use crate::clock::Clock;
use crate::config::Config;
use crate::error::RotationError;
use crate::event::{Event, Step};
use crate::protocol::{Next, Plan, decide};
use crate::rotator::Rotator;
use crate::store::SecretStore;
use attempt::{Attempt, Learned};

/// Runs the steps of one rotator's rotations.
#[derive(Debug)]
pub struct Engine<R, S, C> {
    rotator: R,
    store: S,
    clock: C,
    config: Config,
}

impl<R: Rotator, S: SecretStore, C: Clock> Engine<R, S, C> {
    /// Makes an engine. One is enough for the life of the process.
    pub fn new(rotator: R, store: S, clock: C, config: Config) -> Self {
        Self {
            rotator,
            store,
            clock,
            config,
        }
    }

    /// Runs one step. After `Ok`, the step's part of the protocol holds, whether this run did it or an earlier one. After an
    /// error, the step may be run again with the same event.
    pub async fn run(&self, event: &Event, limits: &Limits) -> (Report, Result<(), RotationError>) {
        let began = self.clock.now();
        let mut attempt = Attempt::new(
            &self.rotator,
            &self.store,
            &self.clock,
            &self.config,
            event,
            limits,
        );
        let (vouched, only) = (event.rotation_token.is_some(), &self.config.only_secret);
        let ended = match guard::place(&event.secret_id, vouched, limits, only.as_ref()) {
            Ok(()) => self.steps(&mut attempt, event.step).await,
            Err(error) => Err(error),
        };
        attempt.close().await;
        let since = || self.clock.now().duration_since(began).unwrap_or_default();
        let mut report = attempt.report(event.step, ended.is_ok(), since());
        if event.step == Step::FinishSecret && ended.is_ok() {
            attempt.look_at_replicas(&mut report).await;
            report.duration = since();
        }
        // Whoever reads them, and in whatever log.
        (report.shown(), ended.map_err(RotationError::shown))
    }

    async fn steps(
        &self,
        attempt: &mut Attempt<'_, R, S, C>,
        step: Step,
    ) -> Result<(), RotationError> {
        loop {
            let plan = Plan {
                retire: self.config.retire,
                eager: self.config.eager_finish,
                issues: attempt.issues(),
                alone: self.config.only_secret.is_some(),
            };
            let batch = decide(step, plan, attempt.view());
            tracing::debug!(step = step.name(), next = ?batch);
            if let [Next::Refuse(why)] = batch[..] {
                return Err(attempt.explain(why));
            }
            if let [Next::Done] = batch[..] {
                return Ok(());
            }
            let before = cfg!(debug_assertions).then(|| attempt.view().clone());
            let answers = join_all(batch.iter().map(|next| attempt.perform(*next))).await;
            fold_all(attempt, answers)?;
            // The step would never end.
            debug_assert_ne!(before.as_ref(), Some(attempt.view()), "{batch:?}");
        }
    }
}

/// Adds every answer to the view, even if another call of the batch failed. Then returns the first error.
fn fold_all<R: Rotator, S: SecretStore, C: Clock>(
    attempt: &mut Attempt<'_, R, S, C>,
    answers: Vec<Result<Learned<R>, RotationError>>,
) -> Result<(), RotationError> {
    let mut failed = None;
    for answer in answers {
        let folded = answer.and_then(|learned| attempt.fold(learned));
        if let Err(error) = folded {
            failed.get_or_insert(error);
        }
    }
    failed.map_or(Ok(()), Err)
}
