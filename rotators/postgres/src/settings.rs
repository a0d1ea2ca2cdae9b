//! What a user's sessions start with.

use rotation::HookError;

use crate::connection::Connection;
use crate::quoting::{identifier, setting};

/// `ALTER ROLE … SET` of the original, for the second user, in place of what that one had.
pub(crate) async fn copied(
    admin: &Connection,
    original: &str,
    clone: &str,
) -> Result<Vec<String>, HookError> {
    let question = "SELECT r.rolname::text, d.datname::text, unnest(s.setconfig) \
         FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole \
         LEFT JOIN pg_database d ON d.oid = s.setdatabase WHERE r.rolname::text IN ($1, $2)";
    let to = identifier(clone);
    let mut reset = Vec::new();
    let mut set = Vec::new();
    for row in admin.rows(question, &[original, clone]).await? {
        let (role, database, config): (String, Option<String>, String) =
            (row.get(0), row.get(1), row.get(2));
        let place = database
            .map(|name| format!(" IN DATABASE {}", identifier(&name)))
            .unwrap_or_default();
        if role == clone {
            reset.push(format!("ALTER ROLE {to}{place} RESET ALL"));
        } else if let Some((name, value)) = config.split_once('=') {
            let parts: Vec<String> = name.split('.').map(identifier).collect();
            set.push(format!(
                "ALTER ROLE {to}{place} SET {} TO {}",
                parts.join("."),
                setting(name, value)
            ));
        }
    }
    reset.dedup();
    reset.extend(set);
    Ok(reset)
}
