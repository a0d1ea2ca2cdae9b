//! The server's error codes, and what they mean to an operator.
//! Source: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.

use rotation::database::Failure;
use rotation::network::Unreachable;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

/// What `error` is. Of the server's answer only the message is kept: its detail may quote a statement.
pub(crate) fn of(error: &Error) -> Failure {
    let Some(answer) = error.as_db_error() else {
        return of_driver(error);
    };
    let said = answer.message().to_owned();
    let code = answer.code();
    match *code {
        SqlState::INVALID_CATALOG_NAME => Failure::NoSuchDatabase(said),
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION => Failure::NotAdmitted(said),
        SqlState::TOO_MANY_CONNECTIONS => Failure::TooManyConnections,
        SqlState::CANNOT_CONNECT_NOW
        | SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN
        | SqlState::DATABASE_DROPPED => Failure::NotReady,
        // pgbouncer in statement mode.
        SqlState::PROTOCOL_VIOLATION if said.contains("pooling mode") => Failure::Pooler(said),
        SqlState::READ_ONLY_SQL_TRANSACTION => Failure::ReadOnly,
        SqlState::LOCK_NOT_AVAILABLE => Failure::Locked,
        SqlState::QUERY_CANCELED => Failure::Slow,
        SqlState::INSUFFICIENT_PRIVILEGE => Failure::Denied(said),
        // passwordcheck, and rds.restrict_password_commands.
        SqlState::INVALID_PARAMETER_VALUE | SqlState::INVALID_PASSWORD
            if said.contains("password") =>
        {
            Failure::PasswordPolicy(said)
        }
        _ => Failure::Other(format!("{said} ({})", code.code())),
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

fn of_driver(error: &Error) -> Failure {
    match Failure::of_connection(error) {
        // The driver's words for a server that answered "no" to the request for TLS.
        Failure::Unreachable(Unreachable::Lost(said))
            if said.contains("server does not support TLS") =>
        {
            Failure::Tls(
                "the server offers no TLS; turn it on there, or say \"ssl\": false in the secret"
                    .into(),
            )
        }
        failure => failure,
    }
}
