//! Two users who take turns, as AWS's templates name them: what does not depend on the engine.

use crate::error::HookError;
use crate::rotator::{Payload, Succession};

use super::login::{Engine, Login};

/// What the second user's name ends in.
pub const SUFFIX: &str = "_clone";

/// Whose turn comes after `user`'s: the original's, or the second user's.
pub fn other_user(user: &str) -> String {
    let original = user.strip_suffix(SUFFIX).filter(|name| !name.is_empty());
    original.map_or_else(|| format!("{user}{SUFFIX}"), ToOwned::to_owned)
}

/// Whose password is set next: `other`'s of the user in use where two take turns, else that user's own.
///
/// # Errors
/// If two take turns without an administrator, or there is no other user.
pub fn next_user<E: Engine>(
    current: &Login<E>,
    succession: Succession,
    other: impl Fn(&str) -> Result<String, HookError>,
) -> Result<String, HookError> {
    match succession {
        Succession::Alternate if current.admin_secret().is_none() => Err(no_admin()),
        Succession::Alternate => other(&current.username),
        _ => Ok(current.username.clone()),
    }
}

/// Refuses a pending user who is not the one whose turn it is, or who is the administrator.
///
/// # Errors
/// In words, as a hook's.
pub fn partners(pending: &str, expected: &str, admin: &str) -> Result<(), HookError> {
    if pending != expected {
        return Err(HookError::refused(format!(
            "AWSPENDING is for user {pending}, expected {expected}: the secret was edited during the rotation"
        )));
    }
    if admin == pending {
        return Err(HookError::refused(format!(
            "refusing to rotate the master user {pending}, whose turn it would be: masterarn must name a user who takes no turns"
        )));
    }
    Ok(())
}

/// The refusal of a reserved account.
pub fn reserved(user: &str) -> HookError {
    HookError::refused(format!(
        "{user} is a reserved account: it cannot take turns with another one"
    ))
}

/// The refusal of a secret that names no administrator: there is no second user without one.
pub fn no_admin() -> HookError {
    HookError::refused(
        "the key masterarn is missing from the secret: alternating users need the administrator's secret",
    )
}
