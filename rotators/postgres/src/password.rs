//! The statement that sets a password. The server gets what it keeps, never the password itself.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::{digest, hmac, pbkdf2};
use rotation::HookError;
use rotation::database::Connector;

use crate::connection::{PostgresConnection, cell};
use crate::login::asks_for_scram;
use crate::quoting::{identifier, literal};
use crate::{PostgresLogin, connection};

/// How a server keeps a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hashing {
    /// For clients that know no SCRAM.
    Md5,
    /// SCRAM-SHA-256 with so many iterations. Source: RFC 5803, RFC 7677.
    Scram(u32),
}

impl Hashing {
    /// As the session that makes the change is set, which is what the server itself would do. But an account that proves itself by
    /// SCRAM keeps to it: pg_hba.conf may ask for that.
    pub(crate) async fn of(
        connection: &PostgresConnection,
        connector: &Connector,
        login: &PostgresLogin,
    ) -> Result<Self, HookError> {
        let question = "SELECT current_setting('password_encryption') IN ('md5', 'on'), \
             coalesce(current_setting('scram_iterations', true), '4096')::int";
        let rows = connection.rows(question, &[]).await?;
        let row = rows.first().ok_or_else(connection::unexpected)?;
        let (md5, iterations): (bool, i32) = (cell(row, 0)?, cell(row, 1)?);
        let scram = asks_for_scram(connector, login).await;
        Ok(if md5 && !scram {
            Self::Md5
        } else {
            Self::Scram(iterations.unsigned_abs().max(1))
        })
    }
}

/// Sets the password of `login`.
pub(crate) fn statement(login: &PostgresLogin, hashing: Hashing) -> Result<String, HookError> {
    let password = login.new_password()?.expose();
    let kept = match hashing {
        Hashing::Md5 => postgres_protocol::password::md5(password.as_bytes(), &login.username),
        Hashing::Scram(iterations) => {
            let mut salt = [0; 16];
            getrandom::fill(&mut salt)?;
            scram(password, &salt, iterations)
        }
    };
    Ok(format!(
        "ALTER ROLE {} PASSWORD {}",
        identifier(&login.username),
        literal(&kept)
    ))
}

/// The verifier of RFC 5803, as the server writes it. postgres-protocol makes the same with 4096 iterations, and with no other number.
fn scram(password: &str, salt: &[u8], iterations: u32) -> String {
    // As libpq: what SASLprep does not allow, goes in as it is.
    let prepared = stringprep::saslprep(password).unwrap_or(password.into());
    let mut salted = [0; digest::SHA256_OUTPUT_LEN];
    let rounds = iterations.try_into().unwrap_or(std::num::NonZeroU32::MIN);
    let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
    pbkdf2::derive(algorithm, rounds, salt, prepared.as_bytes(), &mut salted);
    let key = hmac::Key::new(hmac::HMAC_SHA256, &salted);
    let client = hmac::sign(&key, b"Client Key");
    let stored = digest::digest(&digest::SHA256, client.as_ref());
    let server = hmac::sign(&key, b"Server Key");
    format!(
        "SCRAM-SHA-256${iterations}:{}${}:{}",
        STANDARD.encode(salt),
        STANDARD.encode(stored),
        STANDARD.encode(server)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verifier_is_the_drivers() {
        for password in ["secret", "I\u{AD}X", "\u{2168}", "x\u{0007}", "é"] {
            let theirs = postgres_protocol::password::scram_sha_256(password.as_bytes());
            let salt = theirs.split([':', '$']).nth(2).expect("a salt");
            let salt = STANDARD.decode(salt).expect("base64");
            assert_eq!(scram(password, &salt, 4096), theirs, "{password}");
        }
    }
}
