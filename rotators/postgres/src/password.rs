//! The statement that sets a password. The server gets what it keeps, never the password itself.

use std::num::NonZeroU32;

use rotation::HookError;

use crate::PostgresLogin;
use crate::connection::PostgresConnection;
use crate::login::Asked;
use crate::quoting::{identifier, literal};
use crate::scram::Keys;

/// How a server keeps a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hashing {
    /// For clients that know no SCRAM.
    Md5,
    /// SCRAM-SHA-256 with so many iterations. Source: RFC 5803, RFC 7677.
    Scram(NonZeroU32),
}

impl Hashing {
    /// As the session that makes the change is set, which is what the server itself would do. But an account that is `asked` for SCRAM
    /// keeps to it: pg_hba.conf may demand SCRAM, and then a user with an MD5 hash is locked out. If nobody knows what `user` is asked
    /// for, it is SCRAM, since a SCRAM verifier fits every demand for a password.
    ///
    /// If the server lets the user in without a password, a login proves nothing. The log says so, and the password is changed all the
    /// same.
    pub(crate) fn of(connection: &PostgresConnection, asked: Asked, user: &str) -> Self {
        if asked == Asked::Nothing {
            tracing::warn!(
                user,
                "the server lets this user in without a password (trust in pg_hba.conf): a login proves nothing"
            );
        }
        let defaults = connection.defaults();
        match asked {
            Asked::Another | Asked::Nothing if defaults.md5 => Self::Md5,
            _ => Self::Scram(NonZeroU32::new(defaults.iterations).unwrap_or(NonZeroU32::MIN)),
        }
    }
}

/// Sets the password of `login`. The `connection` that runs it holds the password's keys.
pub(crate) fn statement(
    connection: &mut PostgresConnection,
    login: &PostgresLogin,
    hashing: Hashing,
) -> Result<String, HookError> {
    let password = login.new_password()?;
    let kept = match hashing {
        Hashing::Md5 => {
            postgres_protocol::password::md5(password.expose().as_bytes(), &login.username)
        }
        Hashing::Scram(iterations) => {
            let mut salt = [0; 16];
            getrandom::fill(&mut salt)?;
            let keys = Keys::of(password, &salt, iterations);
            let verifier = keys.verifier();
            connection.hold(keys);
            verifier
        }
    };
    Ok(format!(
        "ALTER ROLE {} PASSWORD {}",
        identifier(&login.username),
        literal(&kept)
    ))
}
