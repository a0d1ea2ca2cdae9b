//! Each [`Next`] with the call that carries it out.

use crate::clock::Clock;
use crate::error::RotationError;
use crate::protocol::Next;
use crate::rotator::Rotator;
use crate::store::{SecretStore, Which};
use crate::version::Stage;

use super::attempt::{Attempt, Learned};

impl<R: Rotator, S: SecretStore, C: Clock> Attempt<'_, R, S, C> {
    /// Carries out one call.
    pub(super) async fn perform(&self, next: Next) -> Result<Learned<R>, RotationError> {
        match next {
            Next::Describe => self.describe().await,
            Next::ReadPending => Ok(Learned::Pending(self.read(self.mine()).await?)),
            Next::ReadCurrent => Ok(Learned::Current(
                self.read(Which::Stage(Stage::Current)).await?,
            )),
            Next::ReadPrevious => self.read_previous().await,
            Next::ReadOrphans => self.read_orphans().await,
            Next::Put => self.put().await,
            Next::Mark(who) => self.mark(who).await,
            Next::Free(who) => self.free(who).await,
            Next::Promote => self.promote().await,
            Next::Wait => self.wait().await,
            Next::Patience => Ok(self.pause().await),
            Next::Open(who) => self.open(who).await,
            Next::LetGo => {
                self.let_go_of_held().await;
                Ok(Learned::LetGo)
            }
            Next::Look => self.look().await,
            Next::Prove => self.prove().await,
            Next::Lock => self.lock().await,
            Next::Check => self.check().await,
            Next::Generate => self.generate().await,
            Next::Discard => self.discard().await,
            Next::Write => self.write().await,
            Next::Retire(who) => self.retire(who).await,
            Next::Refuse(_) | Next::Done => {
                Err(RotationError::Versions(format!("{next:?} is no call")))
            }
        }
    }
}
