//! What was read, with ids and values: the part of an attempt's knowledge that is not for [`decide`].
//!
//! [`decide`]: crate::protocol::decide

use std::time::SystemTime;

use crate::document::{Document, Problem};
use crate::error::RotationError;
use crate::protocol::Who;
use crate::rotator::{Payload, Rotator};
use crate::secret::Secret;
use crate::store::{Description, Version};
use crate::version::{Stage, VersionId};

/// A version, read and parsed.
pub(super) struct Known<P> {
    pub(super) id: VersionId,
    pub(super) created: SystemTime,
    pub(super) stages: Vec<Stage>,
    pub(super) document: Document,
    pub(super) payload: Result<P, Problem>,
}

impl<P: Payload> Known<P> {
    /// As `rotator` reads it.
    pub(super) fn read<R: Rotator<Payload = P>>(rotator: &R, version: Version) -> Self {
        let parsed = version.value.parse();
        let complete = |payload| rotator.complete(payload).map_err(Problem::Whole);
        Self {
            payload: parsed.and_then(complete),
            id: version.id,
            created: version.created,
            stages: version.stages,
            document: version.value,
        }
    }
}

/// Everything that was read or made.
pub(super) struct Knowledge<P> {
    pub(super) description: Option<Description>,
    pub(super) pending: Option<Known<P>>,
    pub(super) current: Option<Known<P>>,
    pub(super) orphans: Vec<Known<P>>,
    pub(super) orphan_ids: Vec<VersionId>,
    pub(super) generated: Option<P>,
    pub(super) admin: Option<Document>,
}

impl<P> Default for Knowledge<P> {
    fn default() -> Self {
        Self {
            description: None,
            pending: None,
            current: None,
            orphans: Vec::new(),
            orphan_ids: Vec::new(),
            generated: None,
            admin: None,
        }
    }
}

impl<P: Payload> Knowledge<P> {
    /// The version of `who`, if it was read.
    pub(super) fn version(&self, who: Who) -> Option<&Known<P>> {
        match who {
            Who::Current => self.current.as_ref(),
            Who::Pending => self.pending.as_ref(),
            Who::Orphan(n) => self.orphans.get(n),
            Who::Previous => None,
        }
    }

    /// The credential of `who`.
    pub(super) fn payload(&self, who: Who) -> Result<&P, RotationError> {
        let stage = stage(who);
        let Some(version) = self.version(who) else {
            return Err(RotationError::Versions(format!("{stage} was not read")));
        };
        let problem = |problem: &Problem| RotationError::Value {
            stage,
            problem: problem.clone(),
        };
        version.payload.as_ref().map_err(problem)
    }

    /// Whatever must not reach a log: every credential read or made.
    pub(super) fn secrets(&self) -> Vec<Secret> {
        let read = [&self.pending, &self.current].into_iter().flatten();
        let payloads = read
            .chain(&self.orphans)
            .filter_map(|version| version.payload.as_ref().ok())
            .chain(&self.generated);
        payloads.flat_map(Payload::secrets).cloned().collect()
    }
}

/// The label by which `who` is known.
pub(super) fn stage(who: Who) -> Stage {
    match who {
        Who::Current => Stage::Current,
        Who::Pending => Stage::Pending,
        Who::Previous => Stage::Previous,
        Who::Orphan(n) => Stage::Other(format!("abandoned version {}", n + 1)),
    }
}
