//! The servers' error codes, and what they mean to an operator. The text of a syntax error quotes the statement, and with it
//! a password: so only the texts of the codes below are passed on.
//! Sources: <https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html>,
//! <https://mariadb.com/kb/en/mariadb-error-code-reference/>.

use mysql_async::{DriverError, Error, ServerError};
use rotation::Rejection;
use rotation::database::{DatabaseError, wrong_password};

/// What `error` is.
pub(crate) fn of(error: &Error) -> DatabaseError {
    match error {
        Error::Server(answer) => of_server(answer),
        // The driver's words for a server that offers no TLS.
        Error::Driver(driver) if driver.to_string().contains("SSL") => DatabaseError::Tls(
            "the server offers no TLS; turn it on there, or say \"ssl\": false in the secret"
                .into(),
        ),
        // For a user who does not exist MySQL makes one up.
        Error::Driver(DriverError::UnknownAuthPlugin { name }) => DatabaseError::NotAdmitted(format!(
            "it asks for {name}: there is no such user, or it proves itself in a way that this rotator does not know"
        )),
        Error::Driver(DriverError::CleartextPluginDisabled) => DatabaseError::NotAdmitted(
            "it asks for mysql_clear_password, as for users of PAM, LDAP or AWS's IAM: they have no password that could be rotated here".into(),
        ),
        Error::Driver(DriverError::MysqlOldPasswordDisabled) => DatabaseError::NotAdmitted(
            "it asks for mysql_old_password, which is not safe: give the user another plug-in".into(),
        ),
        other => DatabaseError::of_connection(other),
    }
}

/// What a server says of a statement for an account that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rehearsed {
    /// Nothing, but that there is no such account.
    Allowed,
    /// That the session may not.
    Denied,
    /// That the table, the column or the routine is not there.
    Gone,
}

/// What `error` says of such a statement; none, if it says something else.
pub(crate) fn rehearsed(error: &Error) -> Option<Rehearsed> {
    let Error::Server(answer) = error else {
        return None;
    };
    match (answer.code, of_server(answer)) {
        // The statement would have created the account.
        (1410, _) => Some(Rehearsed::Allowed),
        (1049 | 1054 | 1146 | 1305, _) => Some(Rehearsed::Gone),
        (_, DatabaseError::Denied(_)) => Some(Rehearsed::Denied),
        // In each product and for each kind of grant it is another code.
        (_, DatabaseError::Other(_)) => Some(Rehearsed::Allowed),
        _ => None,
    }
}

/// What a login's `error` is: there, a database that the user may not enter is the secret's fault.
pub(crate) fn of_login(error: &Error) -> DatabaseError {
    match error {
        Error::Server(answer) if matches!(answer.code, 1044 | 1049) => {
            DatabaseError::NoSuchDatabase(answer.message.clone())
        }
        other => of(other),
    }
}

/// Why the server does not take a login of `user`, if it is for the password: also said of a user who does not exist.
pub(crate) fn rejection(error: &Error, user: &str) -> Option<Rejection> {
    match error {
        // The second code, where the last way in which the account may prove itself needs no password.
        Error::Server(answer) if matches!(answer.code, 1045 | 1698) => Some(wrong_password(user)),
        // MySQL hides that a user does not exist behind a plugin that it picks by the name: among them this one.
        Error::Driver(DriverError::UnknownAuthPlugin { name }) if name == "sha256_password" => {
            Some(Rejection::new(format!(
                "the server wants {name} of user {user}, which it also says of users who do not exist: create the user, or let it prove itself by caching_sha2_password"
            )))
        }
        _ => None,
    }
}

fn of_server(answer: &ServerError) -> DatabaseError {
    let said = || answer.message.clone();
    match answer.code {
        // Locked, blocked after failed logins, expired, from a host that may not, or blocked as a host.
        3118 | 4151 | 3955 | 4150 | 1820 | 1862 | 1130 | 1129 => DatabaseError::NotAdmitted(said()),
        1040 | 1203 => DatabaseError::TooManyConnections,
        // Of the account's limits, it names the one that is reached.
        1226 => DatabaseError::Other(said()),
        1053 | 1152 | 1317 | 1927 => DatabaseError::NotReady,
        1290 if answer.message.contains("strict-password-validation") => {
            DatabaseError::PasswordPolicy(
                "it takes no hash while strict_password_validation is on".into(),
            )
        }
        1290 | 1792 | 1836 => DatabaseError::ReadOnly,
        1205 | 1213 | 3572 => DatabaseError::Locked,
        1969 | 3024 => DatabaseError::Slow,
        1044 | 1045 | 1142 | 1143 | 1227 | 1370 | 1410 | 1698 => DatabaseError::Denied(said()),
        1819 | 3638 => DatabaseError::PasswordPolicy(said()),
        code => DatabaseError::Other(format!("error {code} ({})", answer.state)),
    }
}
