//! The account that the user's own login is, and what any strategy asks of it.

use rotation::HookError;

use crate::account::{self, Name};
use crate::connection::MysqlConnection;
use crate::failure::{self, Code};
use crate::methods;
use crate::{MysqlLogin, MysqlSession};

/// What one rotation uses of the account at most, of which the server counts an hour's.
const HOURLY: [(&str, u64); 3] = [
    ("MAX_QUERIES_PER_HOUR", 60),
    ("MAX_UPDATES_PER_HOUR", 4),
    ("MAX_CONNECTIONS_PER_HOUR", 12),
];

/// The account that the session is, which must be the user's own: no anonymous one, and no proxy's.
pub(crate) fn account(session: &MysqlSession, user: &str) -> Result<Name, HookError> {
    let account = session.own.account_parts();
    if account.0 == user {
        return Ok(account.clone());
    }
    Err(HookError::refused(format!(
        "the server takes {user} for the account {}, which is not the user's own: name that account's user in the secret, or create {user}",
        session.own.account()
    )))
}

/// Refuses a user of several hosts: each is an account with a password of its own. Who may not look is warned.
pub(crate) async fn one_host(
    session: &mut MysqlSession,
    login: &MysqlLogin,
    warn: bool,
) -> Result<(), HookError> {
    let user = &account(session, &login.username)?.0;
    let mut hosts = seen(&mut session.own, user).await?;
    if let (None, Some(admin)) = (&hosts, &mut session.admin) {
        hosts = seen(admin, user).await?;
    }
    match hosts {
        Some(hosts) if hosts.len() > 1 => Err(HookError::refused(format!(
            "user {user} exists with several hosts ({}): only one of these accounts would get the new password. Keep one of them",
            hosts.join(", ")
        ))),
        None if warn => {
            tracing::warn!(
                user,
                "nobody here may see mysql.user: if the user exists with another host too, the password of that account stays as it is"
            );
            Ok(())
        }
        _ => Ok(()),
    }
}

/// The hosts of the user's accounts; none, if the login may not see them.
async fn seen(
    connection: &mut MysqlConnection,
    user: &str,
) -> Result<Option<Vec<String>>, HookError> {
    match connection.look(&account::hosts_of(user)).await {
        Ok(hosts) => Ok(Some(hosts)),
        Err(error) if failure::code(&error) == Some(Code::Denied) => Ok(None),
        Err(error) => Err(connection.failed(&error)),
    }
}

/// Refuses an account that would be locked out for an hour in the middle of a rotation.
pub(crate) async fn enough(session: &mut MysqlSession, user: &str) -> Result<(), HookError> {
    let created = session.own.ask("SHOW CREATE USER CURRENT_USER()").await?;
    for (limit, needed) in HOURLY {
        let given = methods::number(&created, limit).filter(|given| *given > 0);
        if let Some(given) = given.filter(|given| *given < needed) {
            return Err(HookError::refused(format!(
                "user {user} has {limit} {given}, and a rotation may use up {needed}: raise it"
            )));
        }
    }
    Ok(())
}
