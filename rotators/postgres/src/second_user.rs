//! Two users who take turns: the original, and `<original>_clone`, who is a member of it.

use rotation::database::{AlternatingUsers, Connection, turns};
use rotation::{Context, HookError};

use crate::connection::{PostgresConnection, cell, warn_of_trust};
use crate::quoting::identifier;
use crate::roles::Roles;
use crate::{
    PostgresDatabase, PostgresLogin, PostgresSession, owner, password, privileges, settings,
};

impl AlternatingUsers for PostgresDatabase {
    fn reserved(user: &str) -> bool {
        user == "postgres" || user.starts_with("rds") || user.starts_with("pg_")
    }

    /// One transaction, the password last.
    async fn set(
        cx: &Context,
        session: &mut PostgresSession,
        current: &PostgresLogin,
        pending: &PostgresLogin,
    ) -> Result<(), HookError> {
        warn_of_trust(session.connector(), current).await;
        let admin = session.admin()?;
        let statements = statements(admin, cx, current, pending).await?;
        admin.commit(cx, &statements).await
    }

    async fn rehearse(
        cx: &Context,
        session: &mut PostgresSession,
        current: &PostgresLogin,
    ) -> Result<(), HookError> {
        let other = turns::next::<Self>(&current.username)?;
        let admin = session.admin()?;
        may_create(admin).await?;
        let (original, clone, clone_is_next) = pair(&current.username, &other);
        let roles = Roles::read(admin, original, clone).await?;
        roles.check(cx, original, clone, clone_is_next)?;
        let Some(owner) = current.owner_role() else {
            return Ok(());
        };
        owner::statements(admin, owner, original, clone)
            .await
            .map(drop)
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

/// What gives `pending` all that the original may, and then its password.
async fn statements(
    admin: &PostgresConnection,
    cx: &Context,
    current: &PostgresLogin,
    pending: &PostgresLogin,
) -> Result<Vec<String>, HookError> {
    let (original, clone, clone_is_next) = pair(&current.username, &pending.username);
    let roles = Roles::read(admin, original, clone).await?;
    roles.check(cx, original, clone, clone_is_next)?;
    let mut statements = Vec::new();
    if clone_is_next {
        statements.extend(roles.clone_statements(original, clone));
        statements.extend(settings::copied(admin, original, clone).await?);
    }
    if let Some(owner) = pending.owner_role() {
        statements.extend(owner::statements(admin, owner, original, clone).await?);
    }
    statements.push(password::statement(pending)?);
    Ok(statements)
}

/// The original, the second user, and whether it is the second user's turn.
fn pair<'a>(current: &'a str, next: &'a str) -> (&'a str, &'a str, bool) {
    if turns::is_second(next, current) {
        (current, next, true)
    } else {
        (next, current, false)
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
