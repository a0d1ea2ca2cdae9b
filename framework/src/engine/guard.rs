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
        "secret {secret} is in another account or Region than this function ({}, {}); cross-account rotation is not configured",
        here.account, here.region
    ))
}

/// Refuses a secret that the event does not name by its full ARN, a secret whose rotation is off, a secret that names another
/// function, and a secret that is about to be deleted.
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
