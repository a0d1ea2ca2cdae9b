//! The ways in which a server fails, each with its sentence.

use std::error::Error;

use super::tls::uncovered;
use crate::error::HookError;
use crate::network::NetworkError;
use crate::rotator::Rejection;
use crate::tls;

/// The rejection of a login because of its password. Servers also say this of a user who does not exist.
pub fn wrong_password(user: &str) -> Rejection {
    Rejection::new(format!("the server refuses the password of user {user}"))
}

/// Why a server could not be used. For each variant, an operator must look at something else.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DatabaseError {
    /// The server could not be reached, or the connection broke.
    Network(NetworkError),
    /// There is no TLS, or not with a certificate that can be verified.
    Tls(String),
    /// Nobody who is trusted vouches for the server's certificate.
    UnknownAuthority,
    /// The database does not exist.
    NoSuchDatabase(String),
    /// The server's rules keep this user or host out, or the account may not log in.
    NotAdmitted(String),
    /// The server takes no writes: it is a standby, or a reader endpoint.
    ReadOnly,
    /// No connection is free.
    TooManyConnections,
    /// The user's own limit of connections is reached.
    UserLimit(String),
    /// The server starts, stops or recovers.
    NotReady,
    /// Another transaction holds what is to be changed.
    Locked,
    /// A connection pooler before the server allows no transactions.
    Pooler(String),
    /// The server took the login, and then said nothing.
    Stalled,
    /// A statement took too long.
    Slow,
    /// The account's rights do not suffice.
    Denied(String),
    /// The server's own rules refuse the password.
    PasswordPolicy(String),
    /// Any other failure, in the server's words.
    Other(String),
}

impl From<NetworkError> for DatabaseError {
    fn from(why: NetworkError) -> Self {
        Self::Network(why)
    }
}

impl DatabaseError {
    /// The error for `server`. `server` is host and port, as in `db.example:5432`.
    pub fn at(&self, server: &str) -> HookError {
        let text = match self {
            Self::Network(why) => return why.at(server),
            Self::Tls(said) => {
                format!("no verified TLS with {server}: {said}. Nothing was sent in plaintext")
            }
            Self::UnknownAuthority => {
                let host = server.rsplit_once(':').map_or(server, |(host, _)| host);
                let way_out = match uncovered(host) {
                    Some(region) => format!(
                        "Amazon RDS's root certificates for {region} are not compiled in. Set DATABASE_CA_BUNDLE to the file of AWS's bundle for {region}"
                    ),
                    None => "Name the PEM file of that authority in DATABASE_CA_BUNDLE".to_owned(),
                };
                format!(
                    "no verified TLS with {server}: its certificate comes from an unknown authority. {way_out}. Nothing was sent in plaintext"
                )
            }
            Self::NoSuchDatabase(said) => {
                format!("{server} has no such database: {said}. Check the key dbname")
            }
            Self::NotAdmitted(said) => {
                format!("{server} does not let this login in, whatever its password: {said}")
            }
            Self::ReadOnly => format!("{server} is read-only: the writer endpoint is needed"),
            Self::TooManyConnections => {
                format!("{server} has too many connections: try again later")
            }
            Self::UserLimit(said) => format!(
                "{server} gives this user no further connection: {said}. A rotation needs two connections of the user at a time: raise the limit"
            ),
            Self::NotReady => {
                format!("{server} is starting, stopping or recovering: try again later")
            }
            Self::Locked => {
                format!("{server} is busy: another transaction holds a lock. Nothing was changed")
            }
            Self::Pooler(said) => format!(
                "a connection pooler stands before {server}, which cannot be used for a rotation: {said}. \
                 Name the server itself as host, or a pool in transaction or session mode"
            ),
            Self::Stalled => format!(
                "{server} took the login and did not answer after it: it is overloaded, or a connection pooler before it has no \
                 free connection (a rotation needs two)"
            ),
            Self::Slow => format!("{server} took too long for a statement. It was cancelled there"),
            Self::Denied(said) => format!("{server} does not allow it: {said}"),
            Self::PasswordPolicy(said) => {
                return HookError::unfit(format!(
                    "the password policy of {server} rejects the generated value: {said}. Ask for another one by the function's settings \
                     (PASSWORD_LENGTH and those after it) or by the secret's tags (rotation:password-length and the like)"
                ));
            }
            Self::Other(said) => format!("{server} said: {said}"),
        };
        if self.passes() {
            HookError::failed(text)
        } else {
            HookError::refused(text)
        }
    }

    /// Returns true if another try may succeed though nobody changes anything.
    fn passes(&self) -> bool {
        matches!(
            self,
            Self::TooManyConnections
                | Self::NotReady
                | Self::Locked
                | Self::Stalled
                | Self::Slow
                | Self::Other(_)
        )
    }

    /// The failure behind a driver's error that has no code of the server. It is a failure of TLS or of the network.
    pub fn of_connection(error: &(dyn Error + 'static)) -> Self {
        if tls::is_unknown_authority(error) {
            return Self::UnknownAuthority;
        }
        if let Some(reason) =
            tls::refusal(error, "DATABASE_CA_BUNDLE", ", or give it as servername")
        {
            return Self::Tls(reason);
        }
        Self::Network(NetworkError::of(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_without_a_root_is_named() {
        for (server, words) in [
            (
                "db.abc.us-gov-west-1.rds.amazonaws.com:5432",
                "Amazon RDS's root certificates for us-gov-west-1 are not compiled in. Set DATABASE_CA_BUNDLE",
            ),
            (
                "db.abc.rds.cn-north-1.amazonaws.com.cn:3306",
                "Amazon RDS's root certificates for cn-north-1 are not compiled in",
            ),
            (
                "db.abc.eu-west-1.rds.amazonaws.com:5432",
                "Name the PEM file of that authority in DATABASE_CA_BUNDLE",
            ),
            (
                "db.example:5432",
                "Name the PEM file of that authority in DATABASE_CA_BUNDLE",
            ),
        ] {
            let said = DatabaseError::UnknownAuthority.at(server);
            assert!(said.text().contains(words), "{}", said.text());
        }
    }
}
