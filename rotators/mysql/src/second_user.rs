//! Two users who take turns: the original, and `<original>_clone`, at the same host. Whose turn it is gets what the one in
//! use may do, and its password last; the one in use is never altered.

mod password;
mod rights;

use rotation::database::{AlternatingUsers, turns};
use rotation::{Context, HookError};

use crate::account::{self, Account, Name};
use crate::connection::MysqlConnection;
use crate::dialect::{Dialect, Release};
use crate::grants::Grants;
use crate::{MysqlDatabase, MysqlLogin, MysqlSession, own, policy};

pub(crate) use password::{restore, sign_among};

/// The servers' own accounts, and those of Amazon RDS.
const RESERVED: [&str; 8] = [
    "root",
    "mysql.sys",
    "mysql.session",
    "mysql.infoschema",
    "mariadb.sys",
    "rdsadmin",
    "rdsrepladmin",
    "rds_superuser_role",
];

impl AlternatingUsers for MysqlDatabase {
    /// The most characters that any of the servers takes; what this one takes, it is asked.
    const LONGEST_USER: usize = 80;
    const LENGTH: &'static str = "characters";

    fn length(user: &str) -> usize {
        user.chars().count()
    }

    fn reserved(user: &str) -> bool {
        RESERVED.contains(&user)
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
        let found = Found::read(admin, &from, &to).await?;
        // It has the new password, if an earlier try of this rotation came as far.
        let ours = match &found.there {
            Some(there) => password::is_set(admin, &to, there, pending).await?,
            None => false,
        };
        if !ours {
            found.claimed(admin, cx).await?;
        }
        // Understood and allowed before anything is written.
        let grants = rights::rehearse(admin, cx, &found.have, &from).await?;
        let made = found.there.is_none();
        if made {
            password::create(admin, cx, &to, &from.0, &found.model).await?;
        }
        let sign = turns::is_second(&to.0, &from.0).then_some(from.0.as_str());
        rights::complete(admin, &to, made, (&found.model, &grants)).await?;
        password::set(admin, &to, pending, sign).await
    }

    async fn rehearse(
        cx: &Context,
        session: &mut MysqlSession,
        current: &MysqlLogin,
    ) -> Result<(), HookError> {
        let other = turns::next::<Self>(&current.username)?;
        let (from, to) = pair(session, &current.username, &other)?;
        own::enough(session, &current.username).await?;
        let admin = session.admin()?;
        let name = admin.account();
        if !admin.may(&["CREATE USER"]).await? {
            return Err(HookError::refused(format!(
                "the admin {name} may not create users: GRANT CREATE USER ON *.* TO {name}"
            )));
        }
        let found = Found::read(admin, &from, &to).await?;
        found.claimed(admin, cx).await?;
        let grants = rights::rehearse(admin, cx, &found.have, &from).await?;
        found.tell(cx, admin.dialect(), &grants);
        Ok(())
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

/// Both accounts, before anything is written: what can be read of them is asked for nowhere else.
struct Found<'a> {
    from: &'a Name,
    to: &'a Name,
    model: Account,
    there: Option<Account>,
    /// What the account of `to` may do.
    have: Grants,
}

impl<'a> Found<'a> {
    /// Refuses what cannot take turns.
    async fn read(
        admin: &mut MysqlConnection,
        from: &'a Name,
        to: &'a Name,
    ) -> Result<Self, HookError> {
        let most = account::longest_name(admin).await?;
        turns::fits::<MysqlDatabase>(&to.0, most)?;
        policy::takes_hashes(admin).await?;
        let model = model(admin, from, to).await?;
        password::settable(admin, from, &model).await?;
        let there = Account::read(admin, to).await?;
        let have = match &there {
            Some(there) => {
                password::settable(admin, to, there).await?;
                Grants::read(admin, to).await?
            }
            None if turns::is_second(&to.0, &from.0) => Grants::default(),
            None => {
                return Err(HookError::refused(format!(
                    "user {} does not exist at {}: only {} does. Rotate it as a single user, or create {} again",
                    to.0, to.1, from.0, to.0
                )));
            }
        };
        Ok(Self {
            from,
            to,
            model,
            there,
            have,
        })
    }

    /// Tells a plan what [`set`](AlternatingUsers::set) runs.
    fn tell(&self, cx: &Context, dialect: Dialect, grants: &Grants) {
        let name = account::name(self.to);
        if self.there.is_none() {
            cx.tell(|| format!("CREATE USER {name} …"));
        }
        cx.tell(|| format!("ALTER USER {name} {}", self.model.clauses()));
        for change in self.have.changes(grants, &name, dialect) {
            cx.tell(|| change.statement);
        }
        cx.tell(|| format!("ALTER USER {name} IDENTIFIED …"));
    }

    /// Refuses an account whose turn it would be, if nothing shows that it takes turns with the one in use.
    async fn claimed(&self, admin: &mut MysqlConnection, cx: &Context) -> Result<(), HookError> {
        let Some(there) = &self.there else {
            return Ok(());
        };
        let (from, to) = (self.from, self.to);
        let (original, clone) = if turns::is_second(&to.0, &from.0) {
            (from, (to, there))
        } else {
            (to, (from, &self.model))
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
}

/// What the user in use is.
async fn model(admin: &mut MysqlConnection, from: &Name, to: &Name) -> Result<Account, HookError> {
    Release::two_users(admin.dialect())
        .needed(admin, "two users")
        .await?;
    // A password is one account's; of two with this name, the other would refuse what AWSCURRENT says.
    for user in [&from.0, &to.0] {
        let hosts = account::hosts(admin, user).await?;
        if hosts.iter().any(|host| *host != from.1) {
            return Err(HookError::refused(format!(
                "user {user} exists with several hosts, or another than {}: {}. Two users take turns at one host",
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
    let own = own::account(session, user)?;
    let other = (other.to_owned(), own.1.clone());
    Ok((own, other))
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
        for reserved in RESERVED {
            assert!(other(reserved).is_err(), "{reserved}");
        }
        // Anybody may be called so.
        for user in ["rds_app", "rdsadmin2", "mysql.app", "rds"] {
            assert_eq!(other(user).expect(user), format!("{user}_clone"));
        }
    }
}
