//! One role and its password.

use rotation::database::Login;
use rotation::{Context, HookError};

use crate::PostgresDatabase;
use crate::connection::{Connection, cell};
use crate::quoting::{identifier, literal};

/// After `Ok`, the password of `login` is set. The server gets a SCRAM-SHA-256 verifier (RFC 5803), never the password.
pub(crate) async fn set_password(
    connection: &Connection,
    cx: &Context,
    login: &Login<PostgresDatabase>,
) -> Result<(), HookError> {
    let statements = [bounded(cx), password(login)?];
    connection.commit(&statements).await
}

/// The statement that sets the password of `login`.
pub(crate) fn password(login: &Login<PostgresDatabase>) -> Result<String, HookError> {
    let password = login.new_password()?.expose().as_bytes();
    let verifier = postgres_protocol::password::scram_sha_256(password);
    Ok(format!(
        "ALTER ROLE {} PASSWORD {}",
        identifier(&login.username),
        literal(&verifier)
    ))
}

/// The statement by which the server itself ends a transaction before the hook's time is over.
pub(crate) fn bounded(cx: &Context) -> String {
    let left = cx.time_left().as_millis().clamp(1, 20_000);
    format!(
        "SET LOCAL statement_timeout = {left}; SET LOCAL lock_timeout = {}",
        left.min(5_000)
    )
}

/// After `Ok`, the connection's user may create roles.
pub(crate) async fn may_create(admin: &Connection) -> Result<(), HookError> {
    let question = "SELECT rolname::text, rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = session_user";
    let rows = admin.rows(question, &[]).await?;
    let row = rows
        .first()
        .ok_or_else(|| HookError::failed("the admin's own role is not in pg_roles"))?;
    let (name, may): (String, bool) = (cell(row, 0)?, cell(row, 1)?);
    if may {
        return Ok(());
    }
    Err(HookError::refused(format!(
        "the admin {name} may not create roles: ALTER ROLE {} CREATEROLE",
        identifier(&name)
    )))
}
