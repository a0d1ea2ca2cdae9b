//! What finishSecret tells about the secret's replicas.

use std::time::Duration;

use crate::clock::Clock;
use crate::error::RotationError;
use crate::rotator::Rotator;
use crate::secret::printable;
use crate::store::{Replica, ReplicaStatus, SecretStore};
use crate::version::{Place, SecretId};

use super::attempt::Attempt;
use super::report::Report;

/// The waits between the looks, if a value is still being copied. That is so for some seconds after each rotation.
const WAITS: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];

impl<R: Rotator, S: SecretStore, C: Clock> Attempt<'_, R, S, C> {
    /// Adds to the report which replicas do not have the new value. A secret without replicas costs no call. The step stays done,
    /// whatever this finds.
    pub(super) async fn look_at_replicas(&self, report: &mut Report) {
        let description = self.knowledge.description.as_ref();
        if description.is_none_or(|description| description.replicas.is_empty()) {
            return;
        }
        let secret = &self.event.secret_id;
        match self.replicas().await {
            Ok(replicas) => {
                let told: Vec<String> = replicas.iter().filter_map(|r| behind(secret, r)).collect();
                report.copies_behind = u32::try_from(told.len()).ok();
                report.warnings.extend(told);
            }
            Err(error) => report.warnings.push(format!(
                "AWSCURRENT has moved. The replicas may lack the new value, since they could not be read: {error}"
            )),
        }
    }

    /// The replicas, as they are when no value is being copied any more, or when the waits are over.
    async fn replicas(&self) -> Result<Vec<Replica>, RotationError> {
        let mut waits = WAITS.into_iter();
        loop {
            let described = self.store.describe(&self.event.secret_id);
            let answer = self.ask("DescribeSecret", described).await?;
            let copying = |replica: &Replica| replica.status == ReplicaStatus::InProgress;
            let wait = waits.next().filter(|wait| *wait <= self.spare());
            match wait {
                Some(wait) if answer.replicas.iter().any(copying) => self.clock.sleep(wait).await,
                _ => return Ok(answer.replicas),
            }
        }
    }
}

/// What to tell about a replica that does not have the new value. `None` if it has.
fn behind(secret: &SecretId, replica: &Replica) -> Option<String> {
    let place = printable(&replica.place, 600);
    let later = || format!("Look later: aws secretsmanager describe-secret --secret-id {secret}");
    let (status, advice) = match &replica.status {
        ReplicaStatus::InSync => return None,
        ReplicaStatus::InProgress => (
            "is still being copied".to_owned(),
            format!("readers there may get the old value. {}", later()),
        ),
        ReplicaStatus::Failed => (
            "has failed".to_owned(),
            format!(
                "readers there get the old value. {}",
                again(secret, replica)
            ),
        ),
        ReplicaStatus::Detached => (
            "is detached".to_owned(),
            format!(
                "it gets no new values any more. If its owner means that, run aws secretsmanager disassociate-cross-account-replica --secret-id {secret} --cross-account-replica-arn {place}"
            ),
        ),
        ReplicaStatus::Other(status) => (
            format!("has the status {:?}", printable(status, 40)),
            format!("whether it has the new value is not known. {}", later()),
        ),
    };
    let said = replica.message.as_deref();
    let said = said.map_or_else(String::new, |said| format!(" ({})", printable(said, 400)));
    Some(format!("the replica {place} {status}{said}: {advice}"))
}

/// How a replication is tried again, after its cause was removed. Without its key, a replica would get `aws/secretsmanager`.
///
/// Sources: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets_troubleshoot.html>,
/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicaRegionType.html>,
/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_AssociateCrossAccountReplica.html>.
fn again(secret: &SecretId, replica: &Replica) -> String {
    let place = printable(&replica.place, 600);
    if SecretId::parse(&place).is_some() {
        return format!(
            "Remove the cause (the function's role needs kms:Encrypt on the replica's key), then run aws secretsmanager associate-cross-account-replica --secret-id {secret} --cross-account-replica-arn {place}"
        );
    }
    let region = Place::of(secret.as_str()).region;
    let key = replica.key.as_deref().map(|key| printable(key, 600));
    let key = key.map_or_else(String::new, |key| format!(",KmsKeyId={key}"));
    format!(
        "Remove the cause (the function's role needs kms:Encrypt and kms:GenerateDataKey on the replica's key), then run aws secretsmanager replicate-secret-to-regions --region {region} --secret-id {secret} --add-replica-regions Region={place}{key}. If another secret has that name there, add --force-overwrite-replica-secret"
    )
}
