//! The statement that sets a password.

use rotation::HookError;

use crate::PostgresLogin;
use crate::quoting::{identifier, literal};

/// Sets the password of `login`. The server gets a SCRAM-SHA-256 verifier (RFC 5803), never the password.
pub(crate) fn statement(login: &PostgresLogin) -> Result<String, HookError> {
    let password = login.new_password()?.expose().as_bytes();
    let verifier = postgres_protocol::password::scram_sha_256(password);
    Ok(format!(
        "ALTER ROLE {} PASSWORD {}",
        identifier(&login.username),
        literal(&verifier)
    ))
}
