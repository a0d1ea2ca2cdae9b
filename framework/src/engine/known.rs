//! What was read, with ids and values. [`decide`] does not see this part of an attempt's knowledge.
//!
//! [`decide`]: crate::protocol::decide

use std::collections::BTreeMap;
use std::time::SystemTime;

use crate::document::{Document, DocumentError};
use crate::error::RotationError;
use crate::protocol::{Id, Labelled, Seen, Value, Who};
use crate::rotator::{Payload, Rotator};
use crate::secret::Secret;
use crate::store::{Description, Version};
use crate::version::{Stage, Stages, VersionId};

/// A version that was read and parsed.
pub(super) struct Known<P> {
    pub(super) id: VersionId,
    pub(super) created: SystemTime,
    pub(super) stages: Vec<Stage>,
    pub(super) document: Document,
    pub(super) payload: Result<P, DocumentError>,
}

impl<P: Payload> Known<P> {
    /// Parses a version as `rotator` reads it.
    pub(super) fn read<R: Rotator<Payload = P>>(rotator: &R, version: Version) -> Self {
        let parsed = version.value.parse();
        let complete = |payload| rotator.complete(payload).map_err(DocumentError::Whole);
        Self {
            payload: parsed.and_then(complete),
            id: version.id,
            created: version.created,
            stages: version.stages,
            document: version.value,
        }
    }
}

/// Everything that was read or made. [`decide`](crate::protocol::decide) sees numbers instead. The number of a version is its
/// place in `ids`. Equal things have equal numbers.
pub(super) struct Knowledge<P> {
    pub(super) description: Option<Description>,
    pub(super) versions: BTreeMap<Id, Known<P>>,
    pub(super) current: Option<Id>,
    pub(super) previous: Option<Id>,
    pub(super) generated: Option<P>,
    pub(super) admin: Option<Document>,
    ids: Vec<VersionId>,
    targets: Vec<String>,
    principals: Vec<String>,
    credentials: Vec<Secret>,
}

impl<P: Payload> Knowledge<P> {
    /// The knowledge of an invocation for version `me`, before its first call.
    pub(super) fn new(me: &VersionId) -> Self {
        Self {
            description: None,
            versions: BTreeMap::new(),
            current: None,
            previous: None,
            generated: None,
            admin: None,
            ids: vec![me.clone()],
            targets: Vec::new(),
            principals: Vec::new(),
            credentials: Vec::new(),
        }
    }

    /// The version's number.
    pub(super) fn number(&mut self, id: &VersionId) -> Id {
        Id(place(&mut self.ids, |known| known == id, || id.clone()))
    }

    /// The version that has this number.
    pub(super) fn id(&self, number: Id) -> Option<&VersionId> {
        self.ids.get(usize::from(number.0))
    }

    /// The versions with labels, by their numbers.
    pub(super) fn labelled(&mut self, stages: &Stages) -> Vec<Labelled> {
        let versions = stages.versions();
        let labelled = versions.map(|(id, labels)| Labelled {
            id: self.number(id),
            current: labels.contains(&Stage::Current),
            pending: labels.contains(&Stage::Pending),
            previous: labels.contains(&Stage::Previous),
            marked: stages.marked(id),
        });
        labelled.collect()
    }

    /// Keeps a version, and says what decisions need to know of it.
    pub(super) fn keep<R: Rotator<Payload = P>>(&mut self, rotator: &R, known: Known<P>) -> Seen {
        let id = self.number(&known.id);
        let value = known.payload.as_ref().ok();
        let value = value.map(|payload| self.value(rotator, payload));
        let seen = Seen {
            id,
            current: known.stages.contains(&Stage::Current),
            marked: known.stages.contains(&Stage::Mark(known.id.clone())),
            created: known.created,
            value,
        };
        self.versions.insert(id, known);
        seen
    }

    fn value<R: Rotator<Payload = P>>(&mut self, rotator: &R, payload: &P) -> Value {
        let (target, principal) = (payload.target(), payload.principal());
        let credential = payload.credential();
        Value {
            target: place(
                &mut self.targets,
                |known| *known == target,
                || target.clone(),
            ),
            principal: place(
                &mut self.principals,
                |known| known == principal,
                || principal.to_owned(),
            ),
            credential: place(
                &mut self.credentials,
                |known| known.expose() == credential.expose(),
                || credential.clone(),
            ),
            succession: rotator.succession(payload),
        }
    }

    /// The version of `who`, if it was read.
    pub(super) fn version(&self, who: Who) -> Option<&Known<P>> {
        let id = match who {
            Who::Current => self.current?,
            Who::Pending => Id::ME,
            Who::Previous => self.previous?,
            Who::Orphan(id) => id,
        };
        self.versions.get(&id)
    }

    /// When my version was made. If it has no value, no answer has its date. Then this is the date of the secret's last change. That is
    /// not earlier than the moment at which my version got its label.
    pub(super) fn made(&self) -> Option<SystemTime> {
        let made = self.version(Who::Pending).map(|me| me.created);
        made.or_else(|| self.description.as_ref()?.changed)
    }

    /// The credential of `who`.
    pub(super) fn payload(&self, who: Who) -> Result<&P, RotationError> {
        let stage = stage(who);
        let Some(version) = self.version(who) else {
            return Err(RotationError::Versions(format!("{stage} was not read")));
        };
        let problem = |problem: &DocumentError| RotationError::Value {
            stage,
            problem: problem.clone(),
        };
        version.payload.as_ref().map_err(problem)
    }

    /// Every credential that was read or made. None of them may reach a log.
    pub(super) fn secrets(&self) -> Vec<Secret> {
        let read = self.versions.values();
        let payloads = read
            .filter_map(|version| version.payload.as_ref().ok())
            .chain(&self.generated);
        payloads.flat_map(secrets).cloned().collect()
    }
}

/// Everything in a payload that is not to be told.
pub(crate) fn secrets<P: Payload>(payload: &P) -> impl Iterator<Item = &Secret> {
    [payload.credential()].into_iter().chain(payload.secrets())
}

/// The place in `all` of the element that fits. If none fits, a new one is added at the end.
fn place<T>(all: &mut Vec<T>, fits: impl Fn(&T) -> bool, new: impl FnOnce() -> T) -> u16 {
    let found = all.iter().position(fits);
    let place = found.unwrap_or_else(|| {
        all.push(new());
        all.len() - 1
    });
    u16::try_from(place).unwrap_or(u16::MAX)
}

/// The label by which `who` is known.
pub(super) fn stage(who: Who) -> Stage {
    match who {
        Who::Current => Stage::Current,
        Who::Pending => Stage::Pending,
        Who::Previous => Stage::Previous,
        Who::Orphan(_) => Stage::Other("a version that lost its labels".into()),
    }
}
