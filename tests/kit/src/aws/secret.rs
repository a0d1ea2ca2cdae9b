//! One secret: its versions and their staging labels, by the rules of the API reference.
//! Source: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/>.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use super::kind::{Kind, Replication};
use super::protection::Protection;
use super::refusal::Refusal;

pub(crate) const CURRENT: &str = "AWSCURRENT";
pub(crate) const PENDING: &str = "AWSPENDING";
pub(crate) const PREVIOUS: &str = "AWSPREVIOUS";

const MAX_BYTES: usize = 65_536;
const MAX_LABELS: usize = 20;
/// Versions that are kept, beyond those of the last day.
const MAX_VERSIONS: usize = 100;
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A secret.
#[derive(Clone, Debug)]
pub(crate) struct Secret {
    pub(crate) arn: String,
    pub(crate) name: String,
    pub(crate) created: SystemTime,
    /// When a label was last put on or taken off.
    pub(crate) relabelled: SystemTime,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) versions: Vec<Version>,
    pub(crate) rotation: Rotation,
    pub(crate) deletion: Option<SystemTime>,
    pub(crate) kind: Kind,
    pub(crate) replication: Replication,
    pub(crate) protection: Protection,
}

/// What it says of its rotation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rotation {
    /// `None` until it was configured for the first time.
    pub(crate) enabled: Option<bool>,
    pub(crate) function: Option<String>,
    pub(crate) rules: Option<serde_json::Value>,
    pub(crate) last: Option<SystemTime>,
    /// The version that the service is making just now.
    pub(crate) under_way: Option<String>,
}

/// A version.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) id: String,
    /// None while RotateSecret has only announced it.
    pub(crate) value: Option<Value>,
    pub(crate) labels: BTreeSet<String>,
    pub(crate) created: SystemTime,
}

/// What a version holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    /// In base64, as it came.
    Binary(String),
}

impl Version {
    /// Its value, if it has one and that is text.
    pub(crate) fn text(&self) -> Option<&String> {
        match &self.value {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }
}

impl Secret {
    pub(crate) fn version(&self, id: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.id == id)
    }

    pub(crate) fn holder(&self, label: &str) -> Option<&Version> {
        self.versions.iter().find(|v| v.labels.contains(label))
    }

    /// The id of the version under `label`.
    pub(crate) fn holder_id(&self, label: &str) -> Option<String> {
        self.holder(label).map(|version| version.id.clone())
    }

    /// Marked as deleted: only DescribeSecret and RestoreSecret go on.
    pub(crate) fn usable(&self) -> Result<(), Refusal> {
        match self.deletion {
            None => Ok(()),
            Some(_) => Err(Refusal::request(
                "You can't perform this operation on the secret because it was marked for deletion.",
            )),
        }
    }

    /// PutSecretValue. The value of a version is written once: the same again does nothing, another one is refused.
    pub(crate) fn put(
        &mut self,
        id: &str,
        value: Value,
        labels: Option<Vec<String>>,
    ) -> Result<(), Refusal> {
        self.writable()?;
        token(id)?;
        let (Value::Text(content) | Value::Binary(content)) = &value;
        if content.is_empty() || content.len() > MAX_BYTES {
            return Err(Refusal::validation(format!(
                "SecretString must have 1 to {MAX_BYTES} bytes"
            )));
        }
        match self.version(id).and_then(|there| there.value.as_ref()) {
            Some(there) if *there == value => return Ok(()),
            Some(_) => {
                return Err(Refusal::exists(
                    "A resource with the ID you requested already exists: a version can't be modified.",
                ));
            }
            None => {}
        }
        let first = self.versions.iter().all(|v| v.value.is_none());
        let mut labels = labels.unwrap_or_else(|| vec![CURRENT.to_owned()]);
        if first && !labels.iter().any(|label| label == CURRENT) {
            labels.push(CURRENT.to_owned());
        }
        self.room_for(&labels)?;
        self.announce(id);
        if let Some(version) = self.versions.iter_mut().find(|v| v.id == id) {
            version.value = Some(value);
            version.created = SystemTime::now();
        }
        for label in &labels {
            self.attach(label, id);
        }
        self.abandon_for(id);
        self.prune();
        Ok(())
    }

    /// A version without value, if it is not there.
    pub(crate) fn announce(&mut self, id: &str) {
        if self.version(id).is_none() {
            self.versions.push(Version {
                id: id.to_owned(),
                value: None,
                labels: BTreeSet::new(),
                created: SystemTime::now(),
            });
        }
    }

    /// UpdateSecretVersionStage: either all of it, or nothing.
    pub(crate) fn update_stage(
        &mut self,
        label: &str,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<(), Refusal> {
        self.writable()?;
        if label.is_empty() || label.len() > 256 {
            return Err(Refusal::validation(
                "VersionStage must have 1 to 256 characters",
            ));
        }
        if to.is_some_and(|to| self.version(to).is_none()) {
            return Err(Refusal::not_found("secret version"));
        }
        let holder = self.holder_id(label);
        match (holder.as_deref(), from, to) {
            (_, None, None) => {
                return Err(Refusal::parameter(
                    "MoveToVersionId and RemoveFromVersionId can't both be missing.",
                ));
            }
            (Some(holder), None, Some(to)) if holder == to => return Ok(()),
            (Some(holder), from, _) if from != Some(holder) => {
                return Err(Refusal::parameter(format!(
                    "Staging label {label} is attached to version {holder}: RemoveFromVersionId must name it."
                )));
            }
            (None, Some(from), _) => {
                return Err(Refusal::parameter(format!(
                    "Staging label {label} isn't attached to version {from}."
                )));
            }
            (Some(_), _, None) if label == CURRENT => {
                return Err(Refusal::parameter(
                    "AWSCURRENT can't be removed, only moved: MoveToVersionId is missing.",
                ));
            }
            _ => {}
        }
        match to {
            Some(to) => {
                if holder.is_none() {
                    self.room_for(&[label.to_owned()])?;
                }
                self.attach(label, to);
            }
            None => self.detach(label),
        }
        Ok(())
    }

    /// Takes a label off, wherever it is.
    pub(crate) fn detach(&mut self, label: &str) {
        self.relabelled = SystemTime::now();
        for version in &mut self.versions {
            version.labels.remove(label);
        }
        self.versions
            .retain(|v| v.value.is_some() || !v.labels.is_empty());
    }

    /// Moves `label` to the version; with AWSCURRENT, AWSPREVIOUS follows to where it came from.
    pub(crate) fn attach(&mut self, label: &str, id: &str) {
        let from = self.holder_id(label).filter(|from| from != id);
        for version in &mut self.versions {
            if version.id == id {
                version.labels.insert(label.to_owned());
            } else {
                version.labels.remove(label);
            }
        }
        self.relabelled = SystemTime::now();
        self.replication.changed = Some(self.relabelled);
        if let (CURRENT, Some(from)) = (label, from) {
            self.attach(PREVIOUS, &from);
        }
    }

    /// A secret carries 20 labels at most.
    fn room_for(&self, labels: &[String]) -> Result<(), Refusal> {
        let new = labels.iter().filter(|label| self.holder(label).is_none());
        let there: usize = self.versions.iter().map(|v| v.labels.len()).sum();
        if there + new.count() <= MAX_LABELS {
            return Ok(());
        }
        Err(Refusal::limit(
            "You exceeded the maximum number of staging labels allowed on a secret.",
        ))
    }

    /// Somebody made a version while a rotation was under way: the service gives that one up
    /// (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieve-ct-entries.html>, RotationAbandoned).
    fn abandon_for(&mut self, id: &str) {
        let other = self
            .rotation
            .under_way
            .as_deref()
            .filter(|mine| *mine != id);
        if other.is_some() {
            self.rotation.under_way = None;
            if self.holder_id(PENDING).as_deref() != Some(id) {
                self.detach(PENDING);
            }
        }
    }

    /// Versions without a label are dropped beyond the hundred newest, but none of the last 24 hours.
    fn prune(&mut self) {
        let surplus = self.versions.len().saturating_sub(MAX_VERSIONS);
        let old = |v: &Version| v.created.elapsed().is_ok_and(|age| age > DAY);
        let mut left = surplus;
        self.versions.retain(|version| {
            let drop = left > 0 && version.labels.is_empty() && old(version);
            left -= usize::from(drop);
            !drop
        });
    }
}

/// A ClientRequestToken becomes the version's id.
pub(crate) fn token(id: &str) -> Result<(), Refusal> {
    if (32..=64).contains(&id.len()) {
        return Ok(());
    }
    Err(Refusal::validation(
        "ClientRequestToken must have 32 to 64 characters",
    ))
}
