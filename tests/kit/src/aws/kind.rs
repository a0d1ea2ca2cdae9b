//! What a secret is beside its versions: one with replicas, a replica itself, or the secret of a partner or of a service of AWS.
//! Nothing is copied anywhere: DescribeSecret says what the test says.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::LocalAws;
use super::refusal::Refusal;
use super::secret::Secret;
use super::vault::PLACE;

/// What may be done with a secret, and by whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Whoever is allowed to may change it.
    #[default]
    Ordinary,
    /// The replica of a secret in the Region of this name, or of the secret with this ARN in another account. Nobody may change it.
    ReplicaOf(String),
    /// A managed external secret of this type.
    External(String),
    /// The secret of a service of AWS, which alone may change it, as in `rds`.
    OwnedBy(String),
}

/// A replica, and how fast it follows.
#[derive(Clone, Debug)]
pub struct Replica {
    place: String,
    key: Option<String>,
    lag: Duration,
    status: &'static str,
    message: Option<String>,
}

/// The replicas of a secret.
#[derive(Clone, Debug, Default)]
pub(crate) struct Replication {
    replicas: Vec<Replica>,
    /// When a label last moved.
    pub(crate) changed: Option<SystemTime>,
}

impl Replica {
    /// A replica that has each new value at once. The place is a Region, or the ARN of a secret in another account.
    pub fn new(place: &str) -> Self {
        Self {
            place: place.to_owned(),
            key: None,
            lag: Duration::ZERO,
            status: "InSync",
            message: None,
        }
    }

    /// The same replica under a KMS key.
    #[must_use]
    pub fn under(mut self, key: &str) -> Self {
        self.key = Some(key.to_owned());
        self
    }

    /// The same replica, where each change of a label takes this long.
    #[must_use]
    pub fn after(mut self, lag: Duration) -> Self {
        self.lag = lag;
        self
    }

    /// The same replica. It ends in this status, as in `Failed`, and Secrets Manager says why.
    #[must_use]
    pub fn ends(mut self, status: &'static str, message: &str) -> Self {
        self.status = status;
        self.message = Some(message.to_owned());
        self
    }

    fn elsewhere(&self) -> bool {
        self.place.starts_with("arn:")
    }

    fn says(&self, status: &str, changed: Option<SystemTime>) -> Value {
        let since = changed.map(|changed| changed.elapsed().unwrap_or_default());
        let copying = since.is_some_and(|since| since < self.lag);
        let message = self.message.as_ref().filter(|_| !copying);
        let mut says = json!({status: if copying { "InProgress" } else { self.status }});
        if let Some(message) = message {
            says["StatusMessage"] = json!(message);
        }
        says
    }
}

impl LocalAws {
    /// Adds a replica to a secret.
    ///
    /// # Panics
    /// If there is no such secret.
    pub fn replicate(&self, arn: &str, replica: Replica) {
        self.service
            .change(arn, |secret| secret.replication.replicas.push(replica));
    }

    /// Makes a secret one of this kind.
    ///
    /// # Panics
    /// If there is no such secret.
    pub fn make(&self, arn: &str, kind: Kind) {
        self.service.change(arn, |secret| secret.kind = kind);
    }
}

impl Secret {
    /// Only a secret that is not marked as deleted can be changed, and only by its owner. No page of AWS has the words for a replica:
    /// they are those that users have seen.
    pub(crate) fn writable(&self) -> Result<(), Refusal> {
        self.usable()?;
        match self.kind {
            Kind::ReplicaOf(_) => Err(Refusal::parameter(
                "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
            )),
            Kind::OwnedBy(_) => Err(Refusal::request(
                "The secret is managed by another service, and you must use that service to update it.",
            )),
            Kind::Ordinary | Kind::External(_) => Ok(()),
        }
    }

    /// Adds to an answer of DescribeSecret what the secret is.
    pub(crate) fn say_kind(&self, answer: &mut Value) {
        match &self.kind {
            Kind::Ordinary => {}
            Kind::ReplicaOf(primary) if primary.starts_with("arn:") => {
                answer["CrossAccountPrimary"] =
                    json!({"PrimarySecretARN": primary, "ReplicationStatus": "InSync"});
            }
            Kind::ReplicaOf(region) => answer["PrimaryRegion"] = json!(region),
            Kind::External(kind) => answer["Type"] = json!(kind),
            Kind::OwnedBy(service) => answer["OwningService"] = json!(service),
        }
        let Replication { replicas, changed } = &self.replication;
        let (elsewhere, regions): (Vec<_>, Vec<_>) =
            replicas.iter().partition(|replica| replica.elsewhere());
        if !regions.is_empty() {
            answer["PrimaryRegion"] = json!(PLACE.split(':').next());
            let says = regions.iter().map(|replica| {
                let mut says = replica.says("Status", *changed);
                says["Region"] = json!(replica.place);
                if let Some(key) = &replica.key {
                    says["KmsKeyId"] = json!(key);
                }
                says
            });
            answer["ReplicationStatus"] = says.collect();
        }
        if !elsewhere.is_empty() {
            let says = elsewhere.iter().map(|replica| {
                let mut says = replica.says("ReplicationStatus", *changed);
                says["ReplicaSecretARN"] = json!(replica.place);
                says
            });
            answer["CrossAccountReplicas"] = says.collect();
        }
    }
}
