//! Two users who take turns: the original, and `<original>_clone`, who is a member of it.

use rotation::database::{AlternatingUsers, Connection, turns};
use rotation::{Context, HookError};

use crate::connection::{PostgresConnection, cell};
use crate::password::{self, Hashing};
use crate::quoting::identifier;
use crate::roles::Roles;
use crate::{
    PostgresDatabase, PostgresLogin, PostgresSession, failure, owner, privileges, settings,
};

/// The server's own superuser, and RDS's own roles. Names that begin with `pg_` are the server's, too. Source:
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.html>.
const RESERVED: [&str; 11] = [
    "postgres",
    "rdsadmin",
    "rdsrepladmin",
    "rdstopmgr",
    "rds_ad",
    "rds_extension",
    "rds_iam",
    "rds_password",
    "rds_replication",
    "rds_reserved",
    "rds_superuser",
];

impl AlternatingUsers for PostgresDatabase {
    fn reserved(user: &str) -> bool {
        RESERVED.contains(&user) || user.starts_with("pg_")
    }

    /// One transaction, the password last.
    async fn set(
        cx: &Context,
        session: &mut PostgresSession,
        current: &PostgresLogin,
        pending: &PostgresLogin,
    ) -> Result<(), HookError> {
        change(cx, session, current, pending).await?;
        session.admin()?.commit().await
    }

    /// The transaction of [`set`](Self::set), which is not committed. If it is the original's turn, then also what the second user will
    /// get at its next one: nobody wants to learn of that a rotation later.
    async fn rehearse(
        cx: &Context,
        session: &mut PostgresSession,
        current: &PostgresLogin,
    ) -> Result<(), HookError> {
        let next = turns::next::<Self>(&current.username)?;
        let pending = current.with_user(next, cx.password()?);
        may_create(session.admin()?).await?;
        let turn = change(cx, session, current, &pending).await?;
        if turn.clone_is_next {
            return Ok(());
        }
        let admin = session.admin()?;
        let statements = turn.rights(admin).await?;
        let ran = admin.attempt(cx, &statements).await;
        ran.map_err(|why| why.at(admin.server()))
    }

    /// The user itself is asked: the catalogs are public.
    async fn lacking(
        session: &mut PostgresSession,
        login: &PostgresLogin,
        replaced: &PostgresLogin,
    ) -> Result<Option<String>, HookError> {
        privileges::lacking(&session.own, &login.username, &replaced.username).await
    }
}

/// Whose turn it is.
struct Turn<'a> {
    original: &'a str,
    clone: &'a str,
    clone_is_next: bool,
    roles: Roles,
}

impl<'a> Turn<'a> {
    /// Refuses users who cannot take turns.
    async fn read(
        admin: &PostgresConnection,
        cx: &Context,
        current: &'a str,
        next: &'a str,
    ) -> Result<Self, HookError> {
        let clone_is_next = turns::is_second(next, current);
        let (original, clone) = match clone_is_next {
            true => (current, next),
            false => (next, current),
        };
        let roles = Roles::read(admin, original, clone).await?;
        roles.check(cx, original, clone, clone_is_next)?;
        Ok(Self {
            original,
            clone,
            clone_is_next,
            roles,
        })
    }

    /// What makes the second user, and gives it all that the original may.
    async fn rights(&self, admin: &PostgresConnection) -> Result<Vec<String>, HookError> {
        let mut statements = self.roles.clone_statements(self.original, self.clone);
        statements.extend(settings::copied(admin, self.original, self.clone).await?);
        Ok(statements)
    }
}

/// Gives the user of `pending` all that the other may, and then its password, in the administrator's transaction.
async fn change<'a>(
    cx: &Context,
    session: &mut PostgresSession,
    current: &'a PostgresLogin,
    pending: &'a PostgresLogin,
) -> Result<Turn<'a>, HookError> {
    let asked = session.own.asked();
    let admin = session.admin()?;
    let turn = Turn::read(admin, cx, &current.username, &pending.username).await?;
    let mut statements = Vec::new();
    if turn.clone_is_next {
        statements.extend(turn.rights(admin).await?);
    }
    if let Some(owner) = pending.owner_role() {
        statements.extend(owner::statements(admin, owner, turn.original, turn.clone).await?);
    }
    let hashing = Hashing::of(admin, asked, &current.username);
    statements.push(password::statement(admin, pending, hashing)?);
    failure::tell(cx, &statements);
    let ran = admin.attempt(cx, &statements).await;
    ran.map_err(|why| why.at(admin.server()))?;
    // Asked in the transaction: whoever would not be promoted keeps the password that works.
    match privileges::lacking(admin, &pending.username, &current.username).await? {
        Some(what) => Err(HookError::refused(format!("{what}: nothing was changed"))),
        None => Ok(turn),
    }
}

/// After `Ok`, the connection's user may create roles.
async fn may_create(admin: &PostgresConnection) -> Result<(), HookError> {
    let question = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = session_user";
    let rows = admin.rows(question, &[]).await?;
    let row = rows
        .first()
        .ok_or_else(|| HookError::failed("the admin's own role is not in pg_roles"))?;
    if cell(row, 0)? {
        return Ok(());
    }
    let name = admin.user();
    Err(HookError::refused(format!(
        "the admin {name} may not create roles: ALTER ROLE {} CREATEROLE",
        identifier(name)
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn other(user: &str) -> Result<String, HookError> {
        turns::next::<PostgresDatabase>(user)
    }

    #[test]
    fn users_take_turns() {
        assert_eq!(other("app").expect("fits"), "app_clone");
        assert_eq!(other("app_clone").expect("fits"), "app");
        assert_eq!(other(&"x".repeat(57)).expect("fits").len(), 63);
        let long = other(&"x".repeat(58)).expect_err("too long");
        assert!(
            long.text().contains("would exceed 63 characters"),
            "{}",
            long.text()
        );
        assert!(
            other(&"é".repeat(29)).is_err(),
            "bytes count, not characters"
        );
        for reserved in ["postgres", "rdsadmin", "pg_monitor"] {
            assert!(other(reserved).is_err(), "{reserved}");
        }
    }
}
