//! One user with one password, which it changes itself.

use rotation::HookError;

use crate::MysqlLogin;
use crate::connection::Connection;
use crate::dialect::Dialect;
use crate::quoting::literal;
use crate::{hash, methods};

/// After `Ok`, the password of the connection's own account is set; its plugin is what it was.
///
/// MySQL takes no hash from a user who changes the own password: it gets the text, and keeps it out of its logs
/// (<https://dev.mysql.com/doc/refman/en/password-logging.html>). MariaDB does not, so it gets the hash.
pub(crate) async fn set_password(
    own: &mut Connection,
    login: &MysqlLogin,
) -> Result<(), HookError> {
    let password = login.new_password()?.expose();
    let statement = match own.dialect() {
        Dialect::Mysql => format!("SET PASSWORD = {}", literal(password)),
        Dialect::Mariadb => {
            let created: String = own.ask("SHOW CREATE USER").await?;
            match methods::mariadb(&created)?.first() {
                Some(first) if !first.is_native() => {
                    return Err(HookError::refused(format!(
                        "user {} proves itself by {} first: only {} can be rotated without sending the password in clear text",
                        login.username,
                        first.plugin(),
                        methods::NATIVE
                    )));
                }
                _ => format!("SET PASSWORD = {}", literal(&hash::native(password))),
            }
        }
    };
    own.run(&statement).await
}
