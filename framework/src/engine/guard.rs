//! Whether this function may rotate this secret. The engine checks the event, and every answer of DescribeSecret.

use crate::clock::date;
use crate::error::RotationError;
use crate::secret::printable;
use crate::store::Description;
use crate::version::{Place, SecretId, unqualified};

use super::report::Limits;

/// Refuses every secret but `only`, if that is given. In Lambda, it also refuses a secret in another Region, and a secret in
/// another account. If Secrets Manager has `vouched` for the call with a token, the account may differ.
pub(super) fn place(
    secret: &SecretId,
    vouched: bool,
    limits: &Limits,
    only: Option<&SecretId>,
) -> Result<(), RotationError> {
    if let Some(only) = only.filter(|only| *only != secret) {
        return refuse(format!(
            "this function rotates {only} alone (ONLY_SECRET), not {secret}"
        ));
    }
    let Some(function) = &limits.function else {
        return Ok(());
    };
    let (here, there) = (Place::of(function), secret.place());
    let same_account = here.account == there.account || vouched;
    if here.partition == there.partition && here.region == there.region && same_account {
        return Ok(());
    }
    refuse(format!(
        "secret {secret} is in another account or Region than this function ({}, {}). Cross-account rotation is not configured",
        here.account, here.region
    ))
}

/// Refuses a secret that no function can rotate: a replica, a managed external secret, and a secret that a service of AWS has made.
/// Secrets Manager takes no new value for a replica, and none from others for a service's secret.
///
/// Sources: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/standalone-secret.html>,
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/managed-external-secrets.html>,
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/service-linked-secrets.html>.
pub(crate) fn kind(secret: &SecretId, answer: &Description) -> Result<(), RotationError> {
    if let Some(primary) = primary(secret, answer) {
        let region = Place::of(&primary).region;
        return refuse(format!(
            "secret {secret} is a replica of {primary}: rotate the primary secret (aws secretsmanager rotate-secret --region {region} --secret-id {primary}). Secrets Manager copies its new value"
        ));
    }
    if let Some(kind) = &answer.external_type {
        return refuse(format!(
            "secret {secret} is a managed external secret ({}): Secrets Manager rotates it with the partner, and no function can: turn that rotation on instead (docs.aws.amazon.com/secretsmanager/latest/userguide/managed-external-secrets.html)",
            printable(kind, 100)
        ));
    }
    if let Some(service) = &answer.owning_service {
        return refuse(format!(
            "secret {secret} belongs to the AWS service {}, which alone may change it: have that service rotate it (docs.aws.amazon.com/secretsmanager/latest/userguide/service-linked-secrets.html), no function can",
            printable(service, 100)
        ));
    }
    Ok(())
}

/// The ARN of the primary secret, if `secret` is a replica. In another Region, only the Region of the ARN differs
/// (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html>).
fn primary(secret: &SecretId, answer: &Description) -> Option<String> {
    if let Some(elsewhere) = &answer.primary_elsewhere {
        return Some(printable(elsewhere, 600));
    }
    let here = secret.place().region;
    let there = answer.primary_region.as_deref();
    let there = there.filter(|there| !there.is_empty() && *there != here)?;
    let in_arn = |region: &str| format!(":secretsmanager:{region}:");
    let primary = secret.as_str().replacen(&in_arn(here), &in_arn(there), 1);
    Some(printable(&primary, 600))
}

/// Refuses these secrets:
///
/// - one that the event does not name by its full ARN;
/// - one of a [`kind`] that no function rotates;
/// - one whose rotation is off, or that names another function;
/// - one that is about to be deleted.
pub(super) fn description(
    secret: &SecretId,
    answer: &Description,
    function: Option<&str>,
) -> Result<(), RotationError> {
    if answer.arn != secret.as_str() {
        // Each spelling would be another key of the target's lock.
        return refuse(format!(
            "SecretId must be the secret's full ARN, {}, not {secret}",
            printable(&answer.arn, 200)
        ));
    }
    kind(secret, answer)?;
    if answer.rotation_enabled == Some(false) {
        return refuse(format!(
            "secret {secret} is not enabled for rotation: turn rotation on, or stop calling this function"
        ));
    }
    if let Some(function) = function {
        let named = answer.rotation_function.as_deref().map(unqualified);
        if named.as_deref() != Some(function) {
            let named = named.unwrap_or_else(|| "no function".into());
            return refuse(format!(
                "secret {secret} is rotated by another function: it names {named}, this is {function}"
            ));
        }
    }
    if let Some(deleted) = answer.deleted {
        return refuse(format!(
            "secret {secret} is scheduled for deletion (DeletedDate {}): restore it, or stop its rotation",
            date(deleted)
        ));
    }
    Ok(())
}

fn refuse(text: String) -> Result<(), RotationError> {
    Err(RotationError::NotAllowed(text))
}
