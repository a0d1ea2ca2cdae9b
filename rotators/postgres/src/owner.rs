//! The role that owns what either of two users creates: the key `owner_role`.
//!
//! Whoever may write the secret names it, so nothing is granted here. Both users hold the role already: the database's administrator
//! has granted it to the original, of which the second user is a member.

use rotation::HookError;

use crate::connection::{PostgresConnection, cell};
use crate::privileges::objects;
use crate::quoting::{identifier, literal};

/// The statements by which each session of either user starts as `owner`. A user whose sessions do so already is left alone.
///
/// # Errors
/// A refusal, if the original is no member of `owner`, if `owner` is a role that nobody should start as, or if it lacks what one of
/// the users has: the user would be cut off from that.
pub(crate) async fn statements(
    admin: &PostgresConnection,
    owner: &str,
    original: &str,
    clone: &str,
) -> Result<Vec<String>, HookError> {
    check(admin, owner, original).await?;
    let starts = starting_as_owner(admin, owner, original, clone).await?;
    let changed = [original, clone].into_iter();
    let changed = changed.filter(|user| !starts.iter().any(|starts| starts == user));
    let statement = |user| {
        format!(
            "ALTER ROLE {} SET role TO {}",
            identifier(user),
            literal(owner)
        )
    };
    Ok(changed.map(statement).collect())
}

/// Refuses a role that the server does not show as shared by agreement.
async fn check(admin: &PostgresConnection, owner: &str, original: &str) -> Result<(), HookError> {
    // Since 16, a membership may leave out the right to start as the role.
    let question = "SELECT r.rolsuper, r.rolcanlogin, pg_has_role(u.oid, r.oid, \
             CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END) \
         FROM pg_roles r, pg_roles u WHERE r.rolname::text = $1 AND u.rolname::text = $2";
    let rows = admin.rows(question, &[owner, original]).await?;
    let named = identifier(owner);
    let Some(row) = rows.first() else {
        return refuse(format!(
            "the secret's owner_role {owner} does not exist: CREATE ROLE {named}; GRANT {named} TO {}",
            identifier(original)
        ));
    };
    let (superuser, login, member): (bool, bool, bool) =
        (cell(row, 0)?, cell(row, 1)?, cell(row, 2)?);
    if superuser || login || owner.starts_with("pg_") || owner.starts_with("rds") {
        return refuse(format!(
            "the secret's owner_role {owner} is a login, a superuser or one of the server's own roles: name a role that was made to \
             own this application's objects"
        ));
    }
    if member {
        return Ok(());
    }
    refuse(format!(
        "user {original} is no member of the secret's owner_role {owner}, and this function never grants it: let the role's \
         administrator say GRANT {named} TO {}",
        identifier(original)
    ))
}

/// The users whose sessions start as `owner` already. Refuses the others if `owner` lacks something that they have.
async fn starting_as_owner(
    admin: &PostgresConnection,
    owner: &str,
    original: &str,
    clone: &str,
) -> Result<Vec<String>, HookError> {
    let question = format!(
        "SELECT u.rolname::text, \
             EXISTS (SELECT FROM pg_db_role_setting s \
                 WHERE s.setrole = u.oid AND s.setdatabase = 0 AND 'role=' || $1 = ANY (s.setconfig)), \
             {} \
         FROM pg_roles u, pg_roles o WHERE o.rolname::text = $1 AND u.rolname::text IN ($2, $3)",
        objects("u", "o")
    );
    let mut starting = Vec::new();
    for row in admin.rows(&question, &[owner, original, clone]).await? {
        let (user, starts, lacking): (String, bool, i64) =
            (cell(&row, 0)?, cell(&row, 1)?, cell(&row, 2)?);
        if starts {
            starting.push(user);
        } else if lacking > 0 {
            let (from, to) = (identifier(&user), identifier(owner));
            return refuse(format!(
                "sessions of user {user} would start as owner_role {owner}, which has no rights on {lacking} objects that {user} owns \
                 or was granted: in each database REASSIGN OWNED BY {from} TO {to}, and repeat the grants of {user} for {owner}"
            ));
        }
    }
    Ok(starting)
}

fn refuse<T>(text: String) -> Result<T, HookError> {
    Err(HookError::refused(text))
}
