//! Two users who take turns: the original, and `<original>_clone`, at the same host. Whose turn it is gets what the one in
//! use may do, and its password last; the one in use is never altered.

mod password;
mod rights;

use rotation::database::{AlternatingUsers, turns};
use rotation::{Context, HookError};

use crate::account::{self, Account, Name};
use crate::connection::MysqlConnection;
use crate::dialect::Release;
use crate::grants::Grants;
use crate::{MysqlDatabase, MysqlLogin, MysqlSession};

impl AlternatingUsers for MysqlDatabase {
    /// The most characters that any of the servers takes; what this one takes, it is asked.
    const LONGEST_USER: usize = 80;
    const LENGTH: &'static str = "characters";

    fn length(user: &str) -> usize {
        user.chars().count()
    }

    fn reserved(user: &str) -> bool {
        user == "root"
            || user == "mariadb.sys"
            || user.starts_with("mysql.")
            || user.starts_with("rds")
    }

    /// The user of `pending` may do no more than the user of `current`.
    async fn set(
        cx: &Context,
        session: &mut MysqlSession,
        current: &MysqlLogin,
        pending: &MysqlLogin,
    ) -> Result<(), HookError> {
        let (from, to) = pair(session, &current.username, &pending.username)?;
        let admin = session.admin()?;
        fits(admin, &to).await?;
        let model = model(admin, &from, &to).await?;
        password::settable(admin, &from, &model).await?;
        let clone_is_next = turns::is_second(&to.0, &from.0);
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

    async fn rehearse(
        cx: &Context,
        session: &mut MysqlSession,
        current: &MysqlLogin,
    ) -> Result<(), HookError> {
        let (from, to) = pair(
            session,
            &current.username,
            &turns::next::<Self>(&current.username)?,
        )?;
        let admin = session.admin()?;
        let name = admin.account();
        if !admin.may(&["CREATE USER"]).await? {
            return Err(HookError::refused(format!(
                "the admin {name} may not create users: GRANT CREATE USER ON *.* TO {name}"
            )));
        }
        fits(admin, &to).await?;
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

    async fn lacking(
        session: &mut MysqlSession,
        login: &MysqlLogin,
        replaced: &MysqlLogin,
    ) -> Result<Option<String>, HookError> {
        let (to, from) = pair(session, &login.username, &replaced.username)?;
        let admin = session.admin()?;
        let model = Account::read(admin, &from).await?;
        let there = Account::read(admin, &to).await?;
        let (Some(model), Some(there)) = (model, there) else {
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
}

/// Refuses a name that is too long for this server.
async fn fits(admin: &mut MysqlConnection, (user, _): &Name) -> Result<(), HookError> {
    let most = account::longest_name(admin).await?;
    turns::fits::<MysqlDatabase>(user, most)
}

/// Refuses an account whose turn it would be, if nothing shows that it takes turns with the one in use.
async fn claimed(
    admin: &mut MysqlConnection,
    cx: &Context,
    (from, model): (&Name, &Account),
    (to, there): (&Name, &Account),
) -> Result<(), HookError> {
    let (original, clone) = if turns::is_second(&to.0, &from.0) {
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

/// What the user in use is.
async fn model(admin: &mut MysqlConnection, from: &Name, to: &Name) -> Result<Account, HookError> {
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

/// The accounts of both users: the session's own, and the other's at the same host.
fn pair(session: &MysqlSession, user: &str, other: &str) -> Result<(Name, Name), HookError> {
    let own = own(session, user)?;
    let other = (other.to_owned(), own.1.clone());
    Ok((own, other))
}

/// The account that the session is, which must be the user's own: no anonymous one, and no proxy's.
fn own(session: &MysqlSession, user: &str) -> Result<Name, HookError> {
    let account = session.own.account_parts();
    if account.0 == user {
        return Ok(account.clone());
    }
    Err(HookError::refused(format!(
        "the server takes {user} for the account {}: it cannot take turns with another user",
        session.own.account()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn other(user: &str) -> Result<String, HookError> {
        turns::next::<MysqlDatabase>(user)
    }

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
