//! Two users who take turns, with the names that AWS's templates give them. This part does not depend on the engine.

use crate::error::HookError;
use crate::rotator::{Payload, Succession};

use super::login::{Database, Login};

/// The end of the second user's name.
pub const SUFFIX: &str = "_clone";

/// The user whose turn comes after that of `user`. It is the original user, or the second one.
pub fn other_user(user: &str) -> String {
    let original = user.strip_suffix(SUFFIX).filter(|name| !name.is_empty());
    original.map_or_else(|| format!("{user}{SUFFIX}"), ToOwned::to_owned)
}

/// The user whose password is set next. If two users take turns, it is what `other` returns for the user in use. Otherwise, it
/// is the user in use.
///
/// # Errors
/// If two users take turns and the secret names no administrator, or if `other` fails.
pub fn next_user<E: Database>(
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
/// A refusal that says what is wrong.
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

/// The refusal of a secret that names no administrator. Without one, there is no second user.
pub fn no_admin() -> HookError {
    HookError::refused(
        "the key masterarn is missing from the secret: alternating users need the administrator's secret",
    )
}
