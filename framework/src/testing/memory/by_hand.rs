//! What people do to a secret.

use crate::document::Document;
use crate::version::{Stage, VersionId};

use super::MemoryStore;

impl MemoryStore {
    /// Does what PutSecretValue does when a person stores a value: a new version becomes AWSCURRENT, and the one before becomes
    /// AWSPREVIOUS.
    pub fn put_current(&self, version: VersionId, value: &str) {
        self.abandon();
        let before = self.stages().holder(&Stage::Current).cloned();
        if let Some(before) = before {
            self.label(Stage::Previous, &before);
        }
        self.store(version.clone(), Some(Document::new(value)), Vec::new());
        self.label(Stage::Current, &version);
    }

    /// Moves a label to this version, from wherever it was.
    pub fn label(&self, stage: Stage, version: &VersionId) {
        let mut state = self.state();
        for (id, stored) in &mut state.versions {
            stored.stages.retain(|there| *there != stage);
            if id == version {
                stored.stages.push(stage.clone());
            }
        }
    }
}
