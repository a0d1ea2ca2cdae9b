//! What a person does with what a fault has left.

use crate::clock::Clock;
use crate::engine::{Advice, Engine, LabelMove, Limits, Question};
use crate::store::{SecretStore, Swap};

use super::{Harness, World};

/// More moves than any repair takes.
const ENOUGH: usize = 20;

impl<H: Harness> World<'_, H> {
    /// Does what the command line's `repair` does: it asks [`Engine::examine`], and moves the label that this names, until there is
    /// none to move. A horizon passes before each question. `refusals` is what `--refusals` says there. Returns how many labels were moved.
    ///
    /// # Errors
    /// What the advice is, if it is no move, or what became of a move.
    pub async fn repair(&self, refusals: usize) -> Result<usize, String> {
        for moves in 0..ENOUGH {
            match self.advice(refusals).await? {
                None => return Ok(moves),
                Some(shift) => self.shift(shift).await?,
            }
        }
        Err(format!("no end of moves: {:#?}", self.store.stages()))
    }

    async fn advice(&self, refusals: usize) -> Result<Option<LabelMove>, String> {
        let horizon = self.horizon();
        let (clock, store) = (self.clock.clone(), self.store.clone());
        clock.sleep(horizon).await;
        let limits = Limits::new(clock.now() + self.timeout, horizon);
        let described = store.describe(&self.secret_id).await;
        let description = described.map_err(|error| error.to_string())?;
        let question = Question {
            secret: &self.secret_id,
            description: &description,
            unlabelled: &[],
            most: refusals,
        };
        let engine = Engine::new(self.rotator(), store, clock, self.config.clone());
        let examined = engine.examine(question, &limits).await;
        let examined = examined.map_err(|error| error.to_string())?;
        match examined.advice {
            Advice::Healthy => Ok(None),
            Advice::Move(shift) => Ok(Some(shift)),
            other => Err(format!("{other:?}: {:#?}", examined.versions)),
        }
    }

    async fn shift(&self, shift: LabelMove) -> Result<(), String> {
        let told = format!("{shift:?}");
        let (from, to) = (shift.from.as_ref(), shift.to.as_ref());
        let moved = self
            .store
            .move_stage(&self.secret_id, shift.label, from, to);
        match moved.await {
            Ok(Swap::Moved) => Ok(()),
            other => Err(format!("{told}: {other:?}")),
        }
    }
}
