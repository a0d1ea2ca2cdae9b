//! What the server knows of two users who take turns, and the statements that make the second one like the original.

use rotation::{Context, HookError};

use crate::connection::{PostgresConnection, cell};
use crate::quoting::{identifier, literal};

/// How a role of ours is known, whatever became of its memberships.
const COMMENT: &str = "second user of a rotation: ";

/// What the server knows of the two.
pub(crate) struct Roles {
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
    /// Nothing, if the password never expires.
    expires: String,
}

impl Attributes {
    /// What ALTER ROLE says to make another role's attributes the same.
    fn unlike(&self, other: Option<&Self>) -> Vec<String> {
        let has = other.map_or([false; 3], |other| other.flags);
        let flags = FLAGS.iter().zip(self.flags).zip(has);
        let mut changes: Vec<String> = flags
            .filter(|((_, wanted), has)| wanted != has)
            .map(|((flag, wanted), _)| format!("{}{flag}", if wanted { "" } else { "NO" }))
            .collect();
        if other.map_or(-1, |other| other.connections) != self.connections {
            changes.push(format!("CONNECTION LIMIT {}", self.connections));
        }
        if other.map_or("", |other| &other.expires) != self.expires {
            let until = match self.expires.as_str() {
                "" => "infinity",
                until => until,
            };
            changes.push(format!("VALID UNTIL {}", literal(until)));
        }
        changes
    }
}

/// In the order of [`Attributes::flags`].
const FLAGS: [&str; 3] = ["CREATEDB", "CREATEROLE", "BYPASSRLS"];

impl Roles {
    pub(crate) async fn read(
        admin: &PostgresConnection,
        original: &str,
        clone: &str,
    ) -> Result<Self, HookError> {
        let question = "SELECT rolname::text, rolsuper, rolcanlogin, rolreplication, rolcreatedb, rolcreaterole, \
             rolbypassrls, rolconnlimit, coalesce(nullif(rolvaliduntil, 'infinity')::text, ''), coalesce(shobj_description(oid, 'pg_authid'), ''), \
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
                expires: cell(&row, 8)?,
            };
            roles.version = cell(&row, 11)?;
            if cell::<String>(&row, 0)? == clone {
                roles.commented = cell::<String>(&row, 9)?.starts_with(COMMENT);
                roles.member = cell(&row, 10)?;
                roles.inherits = cell(&row, 12)?;
                roles.clone = Some(attributes);
            } else {
                roles.original = Some(attributes);
            }
        }
        Ok(roles)
    }

    /// Refuses users who cannot take turns, and a role of the second one's name that somebody else made.
    pub(crate) fn check(
        &self,
        cx: &Context,
        original: &str,
        clone: &str,
        clone_is_next: bool,
    ) -> Result<(), HookError> {
        let refuse = |text: String| Err(HookError::refused(text));
        let Some(found) = &self.original else {
            return refuse(format!(
                "user {original} does not exist: only {clone} does. Rotate it as a single user, or create {original} again"
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
    pub(crate) fn clone_statements(&self, original: &str, clone: &str) -> Vec<String> {
        let (from, to) = (identifier(original), identifier(clone));
        let mut statements = Vec::new();
        let there = self.clone.as_ref();
        if there.is_none() {
            statements.push(format!("CREATE ROLE {to} LOGIN"));
        }
        let model = self.original.as_ref();
        let mut changes = model.map_or_else(Vec::new, |original| original.unlike(there));
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
