//! Two users who take turns: the original, and `<original>_clone`, at the same host. Whose turn it is gets what the one in
//! use may do, and its password last; the one in use is never altered.

mod password;
mod rights;

use rotation::database::turns::{self, SUFFIX};
use rotation::{Context, HookError};

use crate::account::{self, Account, Name};
use crate::connection::Connection;
use crate::dialect::Release;
use crate::grants::Grants;
use crate::{MysqlLogin, Session};

/// The most characters that any of the servers takes; what this one takes, it is asked in setSecret.
const MAX_CHARACTERS: usize = 80;

/// Whose turn is next. AWS's templates name the second user so.
pub(crate) fn other(user: &str) -> Result<String, HookError> {
    if user == "root"
        || user == "mariadb.sys"
        || user.starts_with("mysql.")
        || user.starts_with("rds")
    {
        return Err(turns::reserved(user));
    }
    let other = turns::other_user(user);
    fits(&other, MAX_CHARACTERS)?;
    Ok(other)
}

fn fits(user: &str, most: usize) -> Result<(), HookError> {
    if user.chars().count() <= most {
        return Ok(());
    }
    Err(HookError::refused(format!(
        "the user name {user} would exceed {most} characters: shorten the original's to {}",
        most - SUFFIX.len()
    )))
}

/// After `Ok`, the user of `pending` may do all that the user of `current` may, and no more, and has its password.
pub(crate) async fn set(
    session: &mut Session,
    cx: &Context,
    current: &MysqlLogin,
    pending: &MysqlLogin,
) -> Result<(), HookError> {
    let (from, to) = pair(session, current, pending)?;
    let admin = admin(session)?;
    let expected = other(&current.username)?;
    turns::partners(&pending.username, &expected, &admin.account_parts().0)?;
    fits(&to.0, account::longest_name(admin).await?)?;
    let model = model(admin, &from, &to).await?;
    password::settable(admin, &from, &model).await?;
    let clone_is_next = clone_is_next(&from, &to);
    let there = Account::read(admin, &to).await?;
    let have = match &there {
        Some(there) => {
            if !password::is_set(admin, &to, there, pending).await? {
                claimed(admin, cx, (&from, &model), (&to, there)).await?;
            }
            password::settable(admin, &to, there).await?;
            Grants::read(admin, &to).await?
        }
        None if clone_is_next => Grants::default(),
        None => {
            return Err(HookError::refused(format!(
                "user {} does not exist at {}: only {} does; rotate it as a single user, or create {} again",
                to.0, to.1, from.0, to.0
            )));
        }
    };
    // Understood and allowed before anything is written.
    let grants = rights::rehearse(admin, cx, &have, &from).await?;
    if there.is_none() {
        password::create(admin, cx, &to, &from.0, &model).await?;
    }
    let sign = clone_is_next.then_some(from.0.as_str());
    rights::complete(admin, &to, (&model, &grants)).await?;
    password::set(admin, &to, pending, sign).await
}

/// Refuses an account whose turn it would be, if nothing shows that it takes turns with the one in use.
async fn claimed(
    admin: &mut Connection,
    cx: &Context,
    (from, model): (&Name, &Account),
    (to, there): (&Name, &Account),
) -> Result<(), HookError> {
    let (original, clone) = if clone_is_next(from, to) {
        (from, (to, there))
    } else {
        (to, (from, model))
    };
    if cx.claimed() || password::signed(admin, clone.0, clone.1, &original.0).await? {
        return Ok(());
    }
    Err(HookError::unclaimed(
        &to.0,
        format!(
            "user {} exists, and neither the server nor the secret shows that it takes turns with {}{}",
            to.0,
            from.0,
            password::how_to_sign(admin.dialect(), clone.0, &original.0)
        ),
    ))
}

fn clone_is_next(from: &Name, to: &Name) -> bool {
    to.0 == format!("{}{SUFFIX}", from.0)
}

/// In what the user of `login`, logged in as `session`, is not as the user that it replaces; none, if in nothing.
pub(crate) async fn lacking(
    session: &mut Session,
    login: &MysqlLogin,
    replaced: &MysqlLogin,
) -> Result<Option<String>, HookError> {
    let (to, from) = pair(session, login, replaced)?;
    let admin = admin(session)?;
    let accounts = (
        Account::read(admin, &from).await?,
        Account::read(admin, &to).await?,
    );
    let (Some(model), Some(there)) = accounts else {
        return Ok(Some(format!(
            "users {} and {} are not both accounts at {}",
            from.0, to.0, to.1
        )));
    };
    let grants = Grants::read(admin, &to).await?;
    let wanted = Grants::read(admin, &from).await?;
    let what = grants
        .difference(&wanted)
        .or_else(|| there.difference(&model));
    Ok(what.map(|what| format!("user {} {what}, unlike {}", to.0, from.0)))
}

/// After `Ok`, nothing that can be known beforehand keeps `set` from its work.
pub(crate) async fn check(
    session: &mut Session,
    cx: &Context,
    current: &MysqlLogin,
) -> Result<(), HookError> {
    let user = &current.username;
    let from = own(session, user)?;
    let to = (other(user)?, from.1.clone());
    let admin = admin(session)?;
    let name = admin.account();
    if !admin.may(&["CREATE USER"]).await? {
        return Err(HookError::refused(format!(
            "the admin {name} may not create users: GRANT CREATE USER ON *.* TO {name}"
        )));
    }
    fits(&to.0, account::longest_name(admin).await?)?;
    let found = model(admin, &from, &to).await?;
    password::settable(admin, &from, &found).await?;
    let have = match Account::read(admin, &to).await? {
        Some(there) => {
            claimed(admin, cx, (&from, &found), (&to, &there)).await?;
            Grants::read(admin, &to).await?
        }
        None => Grants::default(),
    };
    rights::rehearse(admin, cx, &have, &from).await.map(|_| ())
}

/// What the user in use is.
async fn model(admin: &mut Connection, from: &Name, to: &Name) -> Result<Account, HookError> {
    let version = admin.ask("SELECT VERSION()").await?;
    let oldest = admin.dialect().oldest();
    if Release::parse(&version).is_some_and(|release| release < oldest) {
        return Err(HookError::refused(format!(
            "two users need {} {oldest} or newer, and this is {version}: rotate {} as a single user",
            admin.dialect().name(),
            from.0
        )));
    }
    // A password is one account's; of two with this name, the other would refuse what AWSCURRENT says.
    for user in [&from.0, &to.0] {
        let hosts = account::hosts(admin, user).await?;
        if hosts.iter().any(|host| *host != from.1) {
            return Err(HookError::refused(format!(
                "user {user} exists with several hosts, or another than {}: {}; two users take turns at one host",
                from.1,
                hosts.join(", ")
            )));
        }
    }
    let found = Account::read(admin, from).await?;
    found.ok_or_else(|| HookError::refused(format!("user {} does not exist at {}", from.0, from.1)))
}

/// The accounts of both logins: the session's own, and the other's at the same host.
fn pair(
    session: &Session,
    own_login: &MysqlLogin,
    other_login: &MysqlLogin,
) -> Result<(Name, Name), HookError> {
    let from = own(session, &own_login.username)?;
    let to = (other_login.username.clone(), from.1.clone());
    Ok((from, to))
}

/// The account that the session is, which must be the user's own: no anonymous one, and no proxy's.
fn own(session: &Session, user: &str) -> Result<Name, HookError> {
    let account = session.own.account_parts();
    if account.0 == user {
        return Ok(account.clone());
    }
    Err(HookError::refused(format!(
        "the server takes {user} for the account {}: it cannot take turns with another user",
        session.own.account()
    )))
}

fn admin(session: &mut Session) -> Result<&mut Connection, HookError> {
    session.admin.as_mut().ok_or_else(turns::no_admin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_take_turns() {
        assert_eq!(other("app").expect("fits"), "app_clone");
        assert_eq!(other("app_clone").expect("fits"), "app");
        assert_eq!(other("_clone").expect("fits"), "_clone_clone");
        assert!(
            other(&"é".repeat(74)).is_ok(),
            "characters count, not bytes"
        );
        let long = other(&"x".repeat(75)).expect_err("too long");
        assert!(
            long.text().contains("would exceed 80 characters"),
            "{}",
            long.text()
        );
        for reserved in ["root", "mysql.sys", "mariadb.sys", "rdsadmin"] {
            assert!(other(reserved).is_err(), "{reserved}");
        }
    }
}
