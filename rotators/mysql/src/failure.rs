//! The servers' error codes, and what they mean to an operator. The text of a syntax error quotes the statement, and with it
//! a password: so only the texts of the codes below are passed on.
//! Sources: <https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html>,
//! <https://mariadb.com/kb/en/mariadb-error-code-reference/>.

use mysql_async::{DriverError, Error, ServerError};
use rotation::Rejection;
use rotation::database::{DatabaseError, wrong_password};

use crate::MysqlLogin;

/// What `error` is.
pub(crate) fn of(error: &Error) -> DatabaseError {
    match error {
        Error::Server(answer) => of_server(answer),
        // The driver's words for a server that offers no TLS.
        Error::Driver(driver) if driver.to_string().contains("SSL") => DatabaseError::Tls(
            "the server offers no TLS. Turn it on there, or say \"ssl\": false in the secret"
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
        other if other.to_string().contains("max_allowed_packet") => DatabaseError::Other(
            "something that is not MySQL's protocol. Check the keys host and port".into(),
        ),
        other => DatabaseError::of_connection(other),
    }
}

/// Errors of a server on which this rotator goes another way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// Who changes the own password must give the one before.
    CurrentNeeded,
    /// That one was given, and it is another.
    CurrentWrong,
    /// The account had the password already, and keeps a history.
    History,
    /// The user's rights do not suffice.
    Denied,
    /// The release knows no such statement.
    Unknown,
    /// A cluster that knows no locks of sessions.
    NoLocks,
}

/// Which of them `error` is.
pub(crate) fn code(error: &Error) -> Option<Code> {
    let Error::Server(answer) = error else {
        return None;
    };
    Some(match answer.code {
        3892 => Code::CurrentNeeded,
        3891 => Code::CurrentWrong,
        3638 => Code::History,
        1044 | 1131 | 1142 | 1143 | 1227 => Code::Denied,
        1064 => Code::Unknown,
        1105 | 1235 => Code::NoLocks,
        _ => return None,
    })
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
        // It quotes no statement: there is none.
        Error::Server(answer) => match of_server(answer) {
            DatabaseError::Other(_) => DatabaseError::Other(answer.message.clone()),
            other => other,
        },
        other => of(other),
    }
}

/// Why the server does not take `login`, if it is for the password: also said of a user who does not exist.
pub(crate) fn rejection(error: &Error, login: &MysqlLogin) -> Option<Rejection> {
    let user = &login.username;
    match error {
        Error::Server(answer) if answer.code == 1045 && !login.tls() => {
            Some(Rejection::new(format!(
                "{}, or the account requires TLS: take \"ssl\": false out of the secret then",
                wrong_password(user).reason()
            )))
        }
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

/// What to do about an account whose password has expired.
const EXPIRED: &str =
    "As an administrator, give the user a new password, and store it as AWSCURRENT";

fn of_server(answer: &ServerError) -> DatabaseError {
    let said = || answer.message.clone();
    let and = |hint: &str| format!("{}. {hint}", answer.message.trim_end_matches('.'));
    match answer.code {
        1820 | 1862 => DatabaseError::NotAdmitted(and(EXPIRED)),
        // Locked, blocked after failed logins, from a host that may not, or blocked as a host; by a plug-in that is not there,
        // or that this client does not know; offline.
        3118 | 4151 | 3955 | 4150 | 1130 | 1129 | 1251 | 1524 | 3032 => {
            DatabaseError::NotAdmitted(said())
        }
        3159 => DatabaseError::NotAdmitted(and("Take \"ssl\": false out of the secret")),
        1040 => DatabaseError::TooManyConnections,
        // Of the account's limits, it names the one that is reached. The others are for an hour.
        1203 | 1226 if answer.message.contains("max_user_connections") => {
            DatabaseError::UserLimit(said())
        }
        1203 | 1226 => DatabaseError::Other(said()),
        1053 | 1152 | 1317 | 1927 => DatabaseError::NotReady,
        1290 if answer.message.contains("strict-password-validation") => {
            DatabaseError::Denied(crate::policy::STRICT.into())
        }
        1290 | 1792 | 1836 => DatabaseError::ReadOnly,
        1205 | 1213 | 3572 => DatabaseError::Locked,
        1969 | 3024 => DatabaseError::Slow,
        1044 | 1045 | 1131 | 1142 | 1143 | 1227 | 1370 | 1396 | 1410 | 1698 => {
            DatabaseError::Denied(said())
        }
        1819 => DatabaseError::PasswordPolicy(said()),
        3638 => DatabaseError::PasswordPolicy(and("It had this password before")),
        3891 | 3892 => DatabaseError::Denied(and(
            "The password of this login is not the account's first one: as an administrator, ALTER USER … PASSWORD REQUIRE CURRENT OPTIONAL",
        )),
        1064 => DatabaseError::Denied(
            "it knows no statement of this kind: its release is older than this strategy needs"
                .into(),
        ),
        code => DatabaseError::Other(format!("error {code} ({})", answer.state)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: u16, message: &str) -> (DatabaseError, String) {
        let answer = ServerError {
            code,
            message: message.to_owned(),
            state: "HY000".to_owned(),
        };
        let error = of_login(&Error::Server(answer));
        let text = error.at("db.example:3306").text().to_owned();
        (error, text)
    }

    /// None of them is a bare number, and each is for a person.
    #[test]
    fn codes_have_words() {
        for (code, message, words) in [
            (
                3892,
                "Current password needs to be specified",
                "REQUIRE CURRENT OPTIONAL",
            ),
            (
                1396,
                "Operation ALTER USER failed for 'a'@'%'",
                "ALTER USER failed",
            ),
            (
                3159,
                "Connections using insecure transport are prohibited",
                "Take \"ssl\": false out",
            ),
            (
                1251,
                "Client does not support authentication protocol",
                "does not let this login in",
            ),
            (1524, "Plugin 'x' is not loaded", "Plugin 'x'"),
            (
                3032,
                "The server is currently in offline mode",
                "offline mode",
            ),
            (
                3638,
                "Cannot use these credentials for 'a@%'",
                "had this password before",
            ),
            (
                1819,
                "Your password does not satisfy",
                "rotation:password-length",
            ),
            (
                1820,
                "You must SET PASSWORD",
                "give the user a new password",
            ),
            (1064, "You have an error near 'secret'", "is older than"),
            (
                1226,
                "User 'a' has exceeded the 'max_user_connections' resource",
                "needs two connections",
            ),
            (
                1203,
                "User a already has more than 'max_user_connections'",
                "needs two connections",
            ),
        ] {
            let (error, text) = said(code, message);
            assert!(
                !matches!(error, DatabaseError::Other(_)),
                "{code}: it passes by itself"
            );
            assert!(text.contains(words), "{text}");
            assert!(!text.contains(&code.to_string()), "{text}");
            assert!(!text.contains("try again later"), "{text}");
        }
        assert!(!said(1064, "near 'secret'").1.contains("secret"));
        // What a login is refused for is said, whatever it is.
        assert!(said(4242, "in words").1.ends_with("said: in words"));
    }

    #[test]
    fn clusters_without_locks() {
        let answer = |code| {
            Error::Server(ServerError {
                code,
                message: String::new(),
                state: "HY000".into(),
            })
        };
        assert_eq!(code(&answer(1105)), Some(Code::NoLocks));
        assert_eq!(code(&answer(1235)), Some(Code::NoLocks));
        assert_eq!(code(&answer(1)), None);
    }
}
