//! The server's error codes, and what they mean to an operator.
//! Source: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.

use rotation::Context;
use rotation::database::DatabaseError;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

/// What `error` is. Of the server's answer only the message is kept: its detail may quote a statement. But of a right that is
/// missing, the detail names the roles that have it.
pub(crate) fn of(error: &Error) -> DatabaseError {
    let Some(answer) = error.as_db_error() else {
        return DatabaseError::of_connection(error);
    };
    let said = answer.message().to_owned();
    let code = answer.code();
    match *code {
        SqlState::INVALID_CATALOG_NAME => DatabaseError::NoSuchDatabase(said),
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION => DatabaseError::NotAdmitted(said),
        SqlState::TOO_MANY_CONNECTIONS if said.contains("for role") => {
            DatabaseError::UserLimit(said)
        }
        SqlState::TOO_MANY_CONNECTIONS => DatabaseError::TooManyConnections,
        SqlState::CANNOT_CONNECT_NOW
        | SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN
        | SqlState::DATABASE_DROPPED => DatabaseError::NotReady,
        // pgbouncer in statement mode.
        SqlState::PROTOCOL_VIOLATION if said.contains("pooling mode") => {
            DatabaseError::Pooler(said)
        }
        SqlState::READ_ONLY_SQL_TRANSACTION => DatabaseError::ReadOnly,
        SqlState::LOCK_NOT_AVAILABLE => DatabaseError::Locked,
        SqlState::QUERY_CANCELED => DatabaseError::Slow,
        SqlState::INSUFFICIENT_PRIVILEGE => DatabaseError::Denied(match answer.detail() {
            Some(detail) => format!("{said}: {detail}"),
            None => said,
        }),
        // passwordcheck, and rds.restrict_password_commands.
        SqlState::INVALID_PARAMETER_VALUE | SqlState::INVALID_PASSWORD
            if said.contains("password") =>
        {
            DatabaseError::PasswordPolicy(said)
        }
        _ => DatabaseError::Other(format!("{said} ({})", code.code())),
    }
}

/// The statement, but of one that sets a password only what stands before it; and whether it is such a one.
fn before_password(statement: &str) -> (&str, bool) {
    match statement.split_once(" PASSWORD ") {
        Some((shown, _)) => (shown, true),
        None => (statement, false),
    }
}

/// The statement without what the server keeps of a password.
fn masked(statement: &str) -> String {
    match before_password(statement) {
        (shown, true) => format!("{shown} PASSWORD …"),
        (shown, false) => shown.to_owned(),
    }
}

/// Tells a plan what is run.
pub(crate) fn tell(cx: &Context, statements: &[String]) {
    for statement in statements {
        cx.tell(|| masked(statement));
    }
}

/// What the `error` of a statement is.
pub(crate) fn of_statement(error: &Error, statement: &str) -> DatabaseError {
    let (shown, sets_password) = before_password(statement);
    match of(error) {
        // The user has logged in, so the second is an extension's word, as credcheck's, which wants the password itself.
        DatabaseError::Denied(said) | DatabaseError::NotAdmitted(said) if sets_password => {
            DatabaseError::Denied(format!("{said} (in {shown} PASSWORD)"))
        }
        DatabaseError::Denied(said) => DatabaseError::Denied(format!(
            "{said} (in {shown}): a superuser can run this statement once, for good"
        )),
        other => other,
    }
}

/// Whether the server refused the password: also said of a user who does not exist, and of one whose VALID UNTIL is over.
pub(crate) fn wrong_password(error: &Error) -> bool {
    error.code() == Some(&SqlState::INVALID_PASSWORD)
}

/// Whether a transaction that may write was refused since the server is a standby.
pub(crate) fn on_standby(error: &Error) -> bool {
    error.code() == Some(&SqlState::FEATURE_NOT_SUPPORTED)
}

/// Whether the server ended a statement since it took too long.
pub(crate) fn cancelled(error: &Error) -> bool {
    error.code() == Some(&SqlState::QUERY_CANCELED)
}

/// Whether the same statement may work a moment later.
pub(crate) fn passing(error: &Error) -> bool {
    let Some(answer) = error.as_db_error() else {
        return false;
    };
    // PostgreSQL has no code of its own for two ALTER ROLE at once.
    let concurrent = answer.message().contains("concurrently updated");
    let retried = [
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::T_R_SERIALIZATION_FAILURE,
    ];
    concurrent || retried.contains(answer.code())
}
