//! What a user's sessions start with.

use std::collections::BTreeMap;

use rotation::HookError;

use crate::connection::{PostgresConnection, cell};
use crate::quoting::{identifier, setting};

/// Values by the name of the setting and the database that it is for, if it is for one alone.
type Settings = BTreeMap<(Option<String>, String), String>;

/// The statements that give the second user what `ALTER ROLE … SET` gave the original, and no more. What it has already
/// is left alone: an administrator may lack the right to set it.
pub(crate) async fn copied(
    admin: &PostgresConnection,
    original: &str,
    clone: &str,
) -> Result<Vec<String>, HookError> {
    let wanted = of(admin, original).await?;
    let has = of(admin, clone).await?;
    let place = |database: &Option<String>, name: &str| {
        let within = database
            .as_ref()
            .map(|name| format!(" IN DATABASE {}", identifier(name)));
        let parts: Vec<String> = name.split('.').map(identifier).collect();
        (within.unwrap_or_default(), parts.join("."))
    };
    let clone = identifier(clone);
    let reset = has.keys().filter(|key| !wanted.contains_key(*key));
    let reset = reset.map(|(database, name)| {
        let (within, parts) = place(database, name);
        format!("ALTER ROLE {clone}{within} RESET {parts}")
    });
    let set = wanted
        .iter()
        .filter(|(key, value)| has.get(*key) != Some(*value));
    let set = set.map(|((database, name), value)| {
        let (within, parts) = place(database, name);
        format!(
            "ALTER ROLE {clone}{within} SET {parts} TO {}",
            setting(name, value)
        )
    });
    Ok(reset.chain(set).collect())
}

async fn of(admin: &PostgresConnection, user: &str) -> Result<Settings, HookError> {
    let question = "SELECT d.datname::text, unnest(s.setconfig) \
         FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole \
         LEFT JOIN pg_database d ON d.oid = s.setdatabase WHERE r.rolname::text = $1";
    let mut settings = Settings::new();
    for row in admin.rows(question, &[user]).await? {
        let (database, config): (Option<String>, String) = (cell(&row, 0)?, cell(&row, 1)?);
        if let Some((name, value)) = config.split_once('=') {
            settings.insert((database, name.to_owned()), value.to_owned());
        }
    }
    Ok(settings)
}
