//! A store that reads, and keeps to itself what would be written.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::clock::Clock;
use crate::document::Document;
use crate::error::StoreError;
use crate::password::PasswordPolicy;
use crate::secret::Secret;
use crate::store::{Description, Put, SecretStore, Swap, Version, Which};
use crate::version::{SecretId, Stage, Stages, VersionId};

use super::book::{Book, Party};
use super::clock::Ahead;
use super::labels::Moves;

/// Another store, to which nothing is written. Whoever reads finds what would have been written.
pub(super) struct Unwritten<S, C> {
    store: S,
    /// The version that the rotation would make. Its id is not shown: the rotation will have another one.
    new: VersionId,
    clock: Ahead<C>,
    book: Arc<Book>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    moves: Moves,
    /// As DescribeSecret showed them last.
    real: Stages,
    pending: Option<Version>,
}

impl State {
    fn holder(&self, stage: &Stage) -> Option<VersionId> {
        self.moves.applied(&self.real).holder(stage).cloned()
    }

    /// The version that was not written, if that is asked for.
    fn unwritten(&self, which: &Which) -> Option<Version> {
        let pending = self.pending.clone()?;
        let meant = match which {
            Which::Version(id) | Which::Both(id, _) => *id == pending.id,
            Which::Stage(stage) => self.holder(stage).as_ref() == Some(&pending.id),
        };
        let stages = self.moves.of(&pending.id, Vec::new());
        meant.then_some(Version { stages, ..pending })
    }
}

impl<S, C> Unwritten<S, C> {
    pub(super) fn new(store: S, new: VersionId, clock: Ahead<C>, book: Arc<Book>) -> Self {
        Self {
            store,
            new,
            clock,
            book,
            state: Mutex::default(),
        }
    }

    fn named(&self, version: &VersionId) -> String {
        match *version == self.new {
            true => "the new version".into(),
            false => format!("version {version}"),
        }
    }

    fn reads(&self, text: &str) {
        self.book.note(Party::SecretsManager, false, text);
    }

    fn writes(&self, text: &str) {
        self.book.note(Party::SecretsManager, true, text);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: SecretStore, C: Clock> SecretStore for Unwritten<S, C> {
    async fn describe(&self, id: &SecretId) -> Result<Description, StoreError> {
        self.reads("DescribeSecret");
        let found = self.store.describe(id).await?;
        let mut state = self.state();
        state.real = found.stages.clone();
        let stages = state.moves.applied(&found.stages);
        Ok(Description { stages, ..found })
    }

    async fn value(&self, id: &SecretId, which: Which) -> Result<Option<Version>, StoreError> {
        self.reads(&match &which {
            Which::Version(version) => format!("GetSecretValue of {}", self.named(version)),
            Which::Stage(stage) => format!("GetSecretValue of {stage}"),
            Which::Both(version, stage) => {
                format!("GetSecretValue of {} as {stage}", self.named(version))
            }
        });
        if let Some(unwritten) = self.state().unwritten(&which) {
            return Ok(Some(unwritten));
        }
        let current = which == Which::Stage(Stage::Current);
        let found = self.store.value(id, which).await?;
        Ok(found.map(|version| {
            if current {
                self.book.read_current(&version.value);
            }
            let stages = self.state().moves.of(&version.id, version.stages);
            Version { stages, ..version }
        }))
    }

    async fn put_pending(
        &self,
        _: &SecretId,
        version: &VersionId,
        value: &Document,
        _: Option<&Secret>,
    ) -> Result<Put, StoreError> {
        let mark = Stage::Mark(version.clone());
        let (version_named, pending) = (self.named(version), Stage::Pending);
        self.writes(&format!(
            "PutSecretValue of {version_named} as {pending}, with its mark"
        ));
        let mut state = self.state();
        state.moves.add(Stage::Pending, Some(version));
        state.moves.add(mark, Some(version));
        state.pending = Some(Version {
            id: version.clone(),
            value: value.clone(),
            stages: Vec::new(),
            created: self.clock.now(),
        });
        Ok(Put::Stored)
    }

    /// AWSPREVIOUS goes to the version that AWSCURRENT leaves.
    /// Source: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html>.
    async fn move_stage(
        &self,
        _: &SecretId,
        stage: Stage,
        from: Option<&VersionId>,
        to: Option<&VersionId>,
    ) -> Result<Swap, StoreError> {
        let label = match stage {
            Stage::Mark(_) => "the mark".to_owned(),
            _ => stage.to_string(),
        };
        let way = match (from, to) {
            (Some(from), Some(to)) => {
                format!("moves from {} to {}", self.named(from), self.named(to))
            }
            (Some(from), None) => format!("is taken off {}", self.named(from)),
            (None, to) => to.map_or_else(String::new, |to| format!("is put on {}", self.named(to))),
        };
        self.writes(&format!("UpdateSecretVersionStage: {label} {way}"));
        let mut state = self.state();
        if state.holder(&stage).as_ref() != from {
            return Ok(Swap::Elsewhere);
        }
        if stage == Stage::Current && from.is_some() {
            state.moves.add(Stage::Previous, from);
        }
        state.moves.add(stage, to);
        Ok(Swap::Moved)
    }

    async fn random_password(&self, policy: &PasswordPolicy) -> Result<Secret, StoreError> {
        self.reads("GetRandomPassword");
        self.store.random_password(policy).await
    }

    async fn admin(&self, arn: &str) -> Result<Option<Document>, StoreError> {
        self.reads(&format!(
            "GetSecretValue of the administrator's secret {arn}"
        ));
        self.store.admin(arn).await
    }
}
