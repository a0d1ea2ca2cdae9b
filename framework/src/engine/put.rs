//! How the new value is stored.

use std::time::Duration;

use crate::clock::Clock;
use crate::document::Document;
use crate::error::{RotationError, StoreErrorKind};
use crate::protocol::Who;
use crate::rotator::Rotator;
use crate::store::{Put, SecretStore};
use crate::version::Stage;

use super::attempt::{Attempt, Learned};

impl<R: Rotator, S: SecretStore, C: Clock> Attempt<'_, R, S, C> {
    pub(super) async fn put(&self) -> Result<Learned<R>, RotationError> {
        self.time_to_write()?;
        let old = self.knowledge.payload(Who::Current)?;
        let new = self.knowledge.generated.as_ref().unwrap_or(old);
        let current = self.knowledge.version(Who::Current);
        let document = current.map_or_else(|| Document::new("{}"), |c| c.document.clone());
        let value = document
            .patch(old, new)
            .map_err(|problem| RotationError::Value {
                stage: Stage::Current,
                problem,
            })?;
        match self.put_value(&value).await {
            Ok(put) => Ok(Learned::Put(put)),
            // What was issued must not live on without a version that holds it.
            Err(error) if self.issues() && definite(&error) => Ok(Learned::PutRefused(error)),
            Err(error) => Err(error),
        }
    }

    /// Stores the value. If the answer is lost and the target has issued the value, the call is repeated, since nobody can get
    /// that value again. Secrets Manager allows the same call twice.
    async fn put_value(&self, value: &Document) -> Result<Put, RotationError> {
        let Self { store, event, .. } = self;
        let token = event.rotation_token.as_ref();
        let mut pause = Duration::from_millis(500);
        loop {
            let call = store.put_pending(&event.secret_id, &event.version_id, value, token);
            let put = self.ask("PutSecretValue", call).await;
            let again = self.issues() && pause < self.spare();
            match put {
                Err(error) if again && !definite(&error) => self.clock.sleep(pause).await,
                ended => return ended,
            }
            pause *= 2;
        }
    }
}

/// Whether Secrets Manager has refused the call, so that it did not take effect.
fn definite(error: &RotationError) -> bool {
    match error {
        RotationError::Store(error) => error.kind != StoreErrorKind::Unavailable,
        _ => false,
    }
}
