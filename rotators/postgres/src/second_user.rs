//! Two users who take turns: the original, and `<original>_clone`, who is a member of it.

use rotation::database::Login;
use rotation::database::turns::{self, SUFFIX};
use rotation::{Context, HookError};

use crate::PostgresDatabase;
use crate::connection::{Connection, cell};
use crate::quoting::{identifier, literal};
use crate::{owner, role, settings};

const MAX_BYTES: usize = 63;
/// How a role of ours is known, whatever became of its memberships.
const COMMENT: &str = "second user of a rotation: ";

/// Whose turn is next. AWS's templates name the second user so.
pub(crate) fn other(user: &str) -> Result<String, HookError> {
    if user == "postgres" || user.starts_with("rds") || user.starts_with("pg_") {
        return Err(turns::reserved(user));
    }
    let other = turns::other_user(user);
    if other.len() <= MAX_BYTES {
        return Ok(other);
    }
    Err(HookError::refused(format!(
        "the user name {user} with {SUFFIX} would exceed {MAX_BYTES} characters (bytes): shorten it to {}",
        MAX_BYTES - SUFFIX.len()
    )))
}

/// After `Ok`, `pending` may do all that the original may, and has its password. One transaction, the password last.
pub(crate) async fn set(
    admin: &Connection,
    cx: &Context,
    current: &Login<PostgresDatabase>,
    pending: &Login<PostgresDatabase>,
) -> Result<(), HookError> {
    let expected = other(&current.username)?;
    turns::partners(&pending.username, &expected, admin.user())?;
    let (original, clone, clone_is_next) = pair(&current.username, &pending.username);
    let roles = Roles::read(admin, original, clone).await?;
    roles.check(cx, original, clone, clone_is_next)?;
    let mut statements = vec![role::bounded(cx)];
    if clone_is_next {
        statements.extend(roles.clone_statements(original, clone));
        statements.extend(settings::copied(admin, original, clone).await?);
    }
    if let Some(owner) = pending.owner_role() {
        statements.extend(owner::statements(admin, owner, original, clone).await?);
    }
    statements.push(role::password(pending)?);
    admin.commit(&statements).await
}

/// Refuses, before anything is written, what [`set`] would refuse.
pub(crate) async fn check(
    admin: &Connection,
    cx: &Context,
    current: &Login<PostgresDatabase>,
) -> Result<(), HookError> {
    let other = other(&current.username)?;
    role::may_create(admin).await?;
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

/// The original, the second user, and whether it is the second user's turn.
fn pair<'a>(current: &'a str, next: &'a str) -> (&'a str, &'a str, bool) {
    if next == format!("{current}{SUFFIX}") {
        (current, next, true)
    } else {
        (next, current, false)
    }
}

/// What the server knows of the two.
struct Roles {
    original: Option<Attributes>,
    clone: Option<Attributes>,
    member: bool,
    inherits: bool,
    commented: bool,
    version: i32,
}

struct Attributes {
    superuser: bool,
    login: bool,
    replication: bool,
    flags: [bool; 3],
    connections: i32,
}

/// In the order of [`Attributes::flags`].
const FLAGS: [&str; 3] = ["CREATEDB", "CREATEROLE", "BYPASSRLS"];

impl Roles {
    async fn read(admin: &Connection, original: &str, clone: &str) -> Result<Self, HookError> {
        let question = "SELECT rolname::text, rolsuper, rolcanlogin, rolreplication, rolcreatedb, rolcreaterole, \
             rolbypassrls, rolconnlimit, coalesce(shobj_description(oid, 'pg_authid'), ''), \
             EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid \
                     WHERE m.member = r.oid AND g.rolname::text = $1), \
             current_setting('server_version_num')::int, \
             EXISTS (SELECT FROM pg_roles g WHERE g.rolname::text = $1 AND pg_has_role(r.oid, g.oid, 'USAGE')) \
             FROM pg_roles r WHERE rolname::text IN ($1, $2)";
        let mut roles = Self {
            original: None,
            clone: None,
            member: false,
            inherits: false,
            commented: false,
            version: 0,
        };
        for row in admin.rows(question, &[original, clone]).await? {
            let attributes = Attributes {
                superuser: cell(&row, 1)?,
                login: cell(&row, 2)?,
                replication: cell(&row, 3)?,
                flags: [cell(&row, 4)?, cell(&row, 5)?, cell(&row, 6)?],
                connections: cell(&row, 7)?,
            };
            roles.version = cell(&row, 10)?;
            if cell::<String>(&row, 0)? == clone {
                roles.commented = cell::<String>(&row, 8)?.starts_with(COMMENT);
                roles.member = cell(&row, 9)?;
                roles.inherits = cell(&row, 11)?;
                roles.clone = Some(attributes);
            } else {
                roles.original = Some(attributes);
            }
        }
        Ok(roles)
    }

    /// Refuses users who cannot take turns, and a role of the second one's name that somebody else made.
    fn check(
        &self,
        cx: &Context,
        original: &str,
        clone: &str,
        clone_is_next: bool,
    ) -> Result<(), HookError> {
        let refuse = |text: String| Err(HookError::refused(text));
        let Some(found) = &self.original else {
            return refuse(format!(
                "user {original} does not exist: only {clone} does; rotate it as a single user, or create {original} again"
            ));
        };
        if found.superuser || found.replication {
            let what = if found.superuser {
                "a superuser"
            } else {
                "allowed to replicate"
            };
            return refuse(format!(
                "user {original} is {what}: it cannot take turns with another user"
            ));
        }
        if !found.login {
            return refuse(format!(
                "role {original} may not log in: ALTER ROLE {} LOGIN",
                identifier(original)
            ));
        }
        let ours = self.member || self.commented || cx.claimed();
        match &self.clone {
            Some(_) if !ours => {
                let name = if clone_is_next { clone } else { original };
                let other = if clone_is_next { original } else { clone };
                Err(HookError::unclaimed(
                    name,
                    format!(
                        "user {name} exists, and neither the server nor the secret shows that it takes turns with {other}: if it does, \
                         GRANT {} TO {}",
                        identifier(original),
                        identifier(clone)
                    ),
                ))
            }
            Some(found) if found.superuser => refuse(format!(
                "user {clone} is a superuser: it cannot be the second user"
            )),
            _ => Ok(()),
        }
    }

    /// Creates the second user if it is not there, and gives it what the original has. All of it each time.
    fn clone_statements(&self, original: &str, clone: &str) -> Vec<String> {
        let (from, to) = (identifier(original), identifier(clone));
        let mut statements = Vec::new();
        let there = self.clone.as_ref();
        if there.is_none() {
            statements.push(format!("CREATE ROLE {to} LOGIN"));
        }
        let mut changes = Vec::new();
        if let Some(original) = &self.original {
            let has = there.map_or([false; 3], |clone| clone.flags);
            for (n, flag) in FLAGS
                .iter()
                .enumerate()
                .filter(|(n, _)| original.flags[*n] != has[*n])
            {
                changes.push(if original.flags[n] {
                    (*flag).to_owned()
                } else {
                    format!("NO{flag}")
                });
            }
            if there.map_or(-1, |clone| clone.connections) != original.connections {
                changes.push(format!("CONNECTION LIMIT {}", original.connections));
            }
        }
        changes.push("LOGIN INHERIT".to_owned());
        statements.push(format!("ALTER ROLE {to} {}", changes.join(" ")));
        if !self.inherits {
            // Before 16, what is inherited was the member's matter alone.
            let inherit = if self.version >= 160_000 {
                " WITH INHERIT TRUE"
            } else {
                ""
            };
            statements.push(format!("GRANT {from} TO {to}{inherit}"));
        }
        statements.push(format!(
            "COMMENT ON ROLE {to} IS {}",
            literal(&format!("{COMMENT}{original}"))
        ));
        statements
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
