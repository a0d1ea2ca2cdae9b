//! Secrets Manager, as far as rotation needs it.

use std::future::Future;
use std::time::SystemTime;

use crate::document::Document;
use crate::error::StoreError;
use crate::password::PasswordPolicy;
use crate::secret::Secret;
use crate::version::{SecretId, Stage, Stages, VersionId};

/// The answer of a DescribeSecret.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Description {
    /// The secret's full ARN, even if the request had only its name.
    pub arn: String,
    /// The versions, each with its labels.
    pub stages: Stages,
    /// The secret's tags. They may hold a password policy, and settings of the rotator.
    pub tags: Vec<(String, String)>,
    /// True if rotation is on. `None` if the answer does not say it.
    pub rotation_enabled: Option<bool>,
    /// The ARN of the function that the secret names for its rotation.
    pub rotation_function: Option<String>,
    /// When the secret was last changed, in whatever way. This is not earlier than the last change of the labels in this
    /// answer.
    pub changed: Option<SystemTime>,
    /// Is set if the secret is scheduled for deletion.
    pub deleted: Option<SystemTime>,
    /// The secret's replicas, in other Regions and in another account.
    pub replicas: Vec<Replica>,
    /// The Region of the primary secret. If this secret is in another Region, it is a replica.
    pub primary_region: Option<String>,
    /// The ARN of the primary secret, if that is in another account. This secret is a replica then.
    pub primary_elsewhere: Option<String>,
    /// The service of AWS that made the secret, as in `rds`. It alone may change the secret.
    pub owning_service: Option<String>,
    /// The kind of a managed external secret. It names the partner whose system the secret is for.
    pub external_type: Option<String>,
}

/// A replica of a secret: Secrets Manager copies each new value there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    /// Where the replica is: a Region of the secret's account, or the replica's own ARN in another account.
    pub place: String,
    /// The state of the replica's copy.
    pub status: ReplicaStatus,
    /// Secrets Manager's own words about that state.
    pub message: Option<String>,
    /// The KMS key of a replica in another Region, if it is not `aws/secretsmanager`.
    pub key: Option<String>,
}

/// Says if a replica has the value of its primary secret.
/// Sources: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicationStatusType.html>,
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/cross-account-replicate-status.html>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplicaStatus {
    /// It has.
    InSync,
    /// The value is being copied.
    InProgress,
    /// The value could not be copied. The replica keeps the old one.
    Failed,
    /// The owner of the replica has ended the replication.
    Detached,
    /// A status that is not known here.
    Other(String),
}

impl ReplicaStatus {
    /// The name that Secrets Manager has for the status.
    pub fn as_str(&self) -> &str {
        match self {
            Self::InSync => "InSync",
            Self::InProgress => "InProgress",
            Self::Failed => "Failed",
            Self::Detached => "Detached",
            Self::Other(other) => other,
        }
    }

    /// The status that Secrets Manager calls `name`.
    pub fn parse(name: &str) -> Self {
        match name {
            "InSync" => Self::InSync,
            "InProgress" => Self::InProgress,
            "Failed" => Self::Failed,
            "Detached" => Self::Detached,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// The version to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// By its id.
    Version(VersionId),
    /// By a label.
    Stage(Stage),
    /// By both, which must then agree.
    Both(VersionId, Stage),
}

/// The answer of a GetSecretValue.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its id.
    pub id: VersionId,
    /// Its value.
    pub value: Document,
    /// Its labels.
    pub stages: Vec<Stage>,
    /// When Secrets Manager made it.
    pub created: SystemTime,
}

/// The outcome of a PutSecretValue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Put {
    /// The version has the new value.
    Stored,
    /// The version had another value already: the first writer wins.
    Lost,
}

/// The outcome of a compare-and-swap of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Swap {
    /// The label is where it was sent.
    Moved,
    /// The label was not on the expected version. Nothing moved.
    Elsewhere,
}

/// Secrets Manager. Each method is one API call. A failed call may have taken effect, so callers read again before they act on
/// what they wrote.
pub trait SecretStore: Send + Sync {
    /// `DescribeSecret`.
    fn describe(
        &self,
        id: &SecretId,
    ) -> impl Future<Output = Result<Description, StoreError>> + Send;

    /// `GetSecretValue`. `None` if there is no such version, if it has no value yet, or if its label is elsewhere.
    fn value(
        &self,
        id: &SecretId,
        which: Which,
    ) -> impl Future<Output = Result<Option<Version>, StoreError>> + Send;

    /// `PutSecretValue` under AWSPENDING and the version's mark. The first value of a version wins: a second one that
    /// differs is [`Put::Lost`], not an error. `token` is the event's RotationToken.
    fn put_pending(
        &self,
        id: &SecretId,
        version: &VersionId,
        value: &Document,
        token: Option<&Secret>,
    ) -> impl Future<Output = Result<Put, StoreError>> + Send;

    /// `UpdateSecretVersionStage`: moves `stage` from `from` to `to`. If the label is not on `from`, nothing moves, and the
    /// answer is [`Swap::Elsewhere`].
    fn move_stage(
        &self,
        id: &SecretId,
        stage: Stage,
        from: Option<&VersionId>,
        to: Option<&VersionId>,
    ) -> impl Future<Output = Result<Swap, StoreError>> + Send;

    /// `GetRandomPassword`.
    fn random_password(
        &self,
        policy: &PasswordPolicy,
    ) -> impl Future<Output = Result<Secret, StoreError>> + Send;

    /// `GetSecretValue` of the administrator's secret (its AWSCURRENT), which `masterarn` names. AWS's templates use that key.
    /// `None` if that secret has no such value.
    fn admin(&self, arn: &str)
    -> impl Future<Output = Result<Option<Document>, StoreError>> + Send;
}
