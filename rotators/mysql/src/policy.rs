//! What the server demands of a new password, asked without setting one.

use rotation::database::Connection as _;
use rotation::{Context, HookError};

use crate::connection::MysqlConnection;
use crate::dialect::Dialect;
use crate::quoting::literal;

/// What MariaDB says by a number.
pub(crate) const STRICT: &str = "it takes no hash while strict_password_validation is on, beside a plug-in that checks passwords, and it logs what is \
     no hash: set strict_password_validation=OFF";

/// After `Ok`, the server takes a password as the function draws it: as text on MySQL, as a hash on MariaDB.
pub(crate) async fn fits(cx: &Context, connection: &mut MysqlConnection) -> Result<(), HookError> {
    match connection.dialect() {
        Dialect::Mysql => strong(cx, connection).await,
        Dialect::Mariadb => takes_hashes(connection).await,
    }
}

/// MySQL alone: a password is drawn, held against validate_password, and thrown away.
pub(crate) async fn strong(
    cx: &Context,
    connection: &mut MysqlConnection,
) -> Result<(), HookError> {
    let question = "SHOW GLOBAL VARIABLES WHERE variable_name IN ('validate_password.policy', 'validate_password_policy')";
    let policies: Vec<(String, String)> = connection.rows(question).await?;
    let needed = policies.iter().map(|(_, policy)| needed(policy)).max();
    let Some(needed) = needed else {
        return Ok(());
    };
    let drawn = cx.password()?;
    let question = format!(
        "SELECT VALIDATE_PASSWORD_STRENGTH({})",
        literal(drawn.expose())
    );
    let strength: Option<Option<u32>> = connection.first(&question).await?;
    if strength.flatten().unwrap_or_default() >= needed {
        return Ok(());
    }
    let rules = "SHOW GLOBAL VARIABLES LIKE 'validate\\_password%'";
    let rules: Vec<(String, String)> = connection.rows(rules).await?;
    let rules = rules
        .iter()
        .filter(|(name, value)| !value.is_empty() && !name.contains("user_name"));
    let rules: Vec<String> = rules
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    Err(HookError::refused(format!(
        "{} would reject a password as this function draws it ({}): set PASSWORD_LENGTH and the settings after it, or the secret's tag rotation:password-length and the like",
        connection.server(),
        rules.join(", ")
    )))
}

/// What VALIDATE_PASSWORD_STRENGTH says at least of a password that the policy takes
/// (<https://dev.mysql.com/doc/refman/en/encryption-functions.html#function_validate-password-strength>).
fn needed(policy: &str) -> u32 {
    match policy {
        "LOW" | "0" => 50,
        "STRONG" | "2" => 100,
        _ => 75,
    }
}

/// MariaDB alone: a plug-in that checks passwords can check no hash.
pub(crate) async fn takes_hashes(connection: &mut MysqlConnection) -> Result<(), HookError> {
    if connection.dialect() == Dialect::Mysql {
        return Ok(());
    }
    let question = "SELECT COUNT(*) FROM information_schema.plugins WHERE plugin_type = 'PASSWORD VALIDATION' \
                    AND plugin_status = 'ACTIVE' AND @@global.strict_password_validation";
    match connection.ask(question).await?.as_str() {
        "0" => Ok(()),
        _ => Err(HookError::refused(format!(
            "{} does not allow it: {STRICT}",
            connection.server()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy() {
        for (policy, least) in [
            ("LOW", 50),
            ("0", 50),
            ("MEDIUM", 75),
            ("1", 75),
            ("STRONG", 100),
        ] {
            assert_eq!(needed(policy), least, "{policy}");
        }
    }
}
