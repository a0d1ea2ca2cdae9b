//! Two users who take turns, with the names that AWS's templates give them. This part does not depend on the engine.

use crate::error::HookError;

use super::strategies::AlternatingUsers;

/// The end of the second user's name.
pub(super) const SUFFIX: &str = "_clone";

/// The user whose turn comes after that of `user`. It is the original user, or the second one.
pub fn other_user(user: &str) -> String {
    let original = user.strip_suffix(SUFFIX).filter(|name| !name.is_empty());
    original.map_or_else(|| format!("{user}{SUFFIX}"), ToOwned::to_owned)
}

/// The user whose turn comes after that of `user`, the original user's or the second one's, whose name ends with `_clone`.
///
/// # Errors
/// If `user` is the server's own account, or if the second user's name would be too long.
pub fn next<D: AlternatingUsers>(user: &str) -> Result<String, HookError> {
    if D::reserved(user) {
        return Err(HookError::refused(format!(
            "{user} is a reserved account: it cannot take turns with another one"
        )));
    }
    let other = other_user(user);
    fits::<D>(&other, D::LONGEST_USER)?;
    Ok(other)
}

/// Refuses the name of a second user that is longer than `most`.
///
/// # Errors
/// A refusal that says how long the original's name may be.
pub fn fits<D: AlternatingUsers>(user: &str, most: usize) -> Result<(), HookError> {
    if D::length(user) <= most {
        return Ok(());
    }
    let original = user.strip_suffix(SUFFIX).unwrap_or(user);
    Err(HookError::refused(format!(
        "the user name {original} with {SUFFIX} would exceed {most} {}: shorten it to {}",
        D::LENGTH,
        most.saturating_sub(SUFFIX.len())
    )))
}

/// Returns true if `user` is the second user, and `other` is the original one.
pub fn is_second(user: &str, other: &str) -> bool {
    user.strip_suffix(SUFFIX) == Some(other)
}

/// Refuses a pending user who is not the one whose turn it is, or who is the administrator.
///
/// # Errors
/// A refusal that says what is wrong.
pub(super) fn partners(pending: &str, expected: &str, admin: &str) -> Result<(), HookError> {
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
