//! In one sentence: what state a secret is in, as far as its labels show.

use std::time::SystemTime;

use serde::Serialize;

use crate::clock::minute;
use crate::engine::{MAX_LABELS, kind};
use crate::store::{Description, ReplicaStatus};
use crate::version::{SecretId, Stage, VersionId};

/// With this many labels, a rotation may soon find none free.
const MANY_LABELS: usize = MAX_LABELS - 3;

/// The state, by the word that the JSON has for it, and in a sentence.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct State {
    #[serde(rename = "state")]
    pub(super) name: &'static str,
    #[serde(rename = "says")]
    pub(super) sentence: String,
}

impl State {
    /// What comes first, decides: a secret that cannot be rotated at all, then a rotation that is under way, then the rest.
    pub(super) fn of(id: &SecretId, found: &Description) -> Self {
        let stages = &found.stages;
        let current = stages.holder(&Stage::Current);
        let pending = stages.holder(&Stage::Pending);
        let pending = pending.filter(|pending| Some(*pending) != current);
        if let Some(deleted) = found.deleted {
            let day = minute(deleted);
            return Self::new(
                "deleted",
                format!(
                    "The secret will be deleted on {day}. To keep it: aws secretsmanager restore-secret --secret-id {id}"
                ),
            );
        }
        if let Err(error) = kind(id, found) {
            return Self::new("not rotated here", error.to_string());
        }
        if current.is_none() {
            let text = "No version is AWSCURRENT: store a value before rotating the secret.";
            return Self::new("empty", text.into());
        }
        match pending {
            Some(pending) => Self::new("pending", under_way(id, found, pending)),
            None if found.rotation_enabled == Some(true) => {
                Self::new("idle", "No rotation is under way.".into())
            }
            None => Self::new("off", "Rotation is off, and none is under way.".into()),
        }
    }

    fn new(name: &'static str, sentence: String) -> Self {
        Self { name, sentence }
    }
}

fn under_way(id: &SecretId, found: &Description, pending: &VersionId) -> String {
    let value = if found.stages.marked(pending) {
        "Its mark says that its value may have reached the target"
    } else {
        "It has no mark, so this framework has not stored a value for it yet"
    };
    format!(
        "A rotation is under way, or stuck: AWSPENDING is on version {pending}. {value}. No other rotation begins until this one ends. \
        To have it tried again: aws secretsmanager rotate-secret --secret-id {id}"
    )
}

/// What to look into besides.
pub(super) fn notes(found: &Description, next: Option<SystemTime>, now: SystemTime) -> Vec<String> {
    let stages = &found.stages;
    let left = left_over(found).into_iter().map(|id| {
        format!("Version {id} was left by a rotation that was abandoned. Its credential may be alive. The next rotation sees to it.")
    });
    let count = stages.count();
    let many = (count >= MANY_LABELS).then(|| {
        format!("The secret has {count} of {MAX_LABELS} staging labels. A rotation needs up to 4 that are free: take off those that nobody needs.")
    });
    let late = next.filter(|next| *next < now && found.rotation_enabled == Some(true));
    let late = late.map(|next| format!("The rotation of {} is late.", minute(next)));
    let behind = found.replicas.iter();
    let behind = behind.filter(|replica| replica.status != ReplicaStatus::InSync);
    let behind = behind.map(|replica| {
        format!(
            "The replica {} does not have the value of AWSCURRENT.",
            replica.place
        )
    });
    left.chain(many).chain(late).chain(behind).collect()
}

/// The versions that have a mark, and none of AWS's labels.
pub(super) fn left_over(found: &Description) -> Vec<VersionId> {
    // AWSCURRENT's version is none of them.
    let current = found.stages.holder(&Stage::Current);
    current.map_or_else(Vec::new, |current| found.stages.orphans(current))
}
