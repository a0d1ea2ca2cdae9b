//! One user with one password, which it changes itself.

use rotation::database::SingleUser;
use rotation::{Context, HookError};

use crate::dialect::Dialect;
use crate::quoting::literal;
use crate::{MysqlDatabase, MysqlLogin, MysqlSession, hash, methods};

impl SingleUser for MysqlDatabase {
    /// The account's plugin is what it was.
    async fn set(
        _cx: &Context,
        session: &mut MysqlSession,
        pending: &MysqlLogin,
    ) -> Result<(), HookError> {
        let statement = statement(session, pending).await?;
        session.own.run(&statement).await
    }

    async fn rehearse(
        _cx: &Context,
        _session: &mut MysqlSession,
        _current: &MysqlLogin,
    ) -> Result<(), HookError> {
        Ok(())
    }
}

/// MySQL takes no hash from a user who changes the own password: it gets the text, and keeps it out of its logs
/// (<https://dev.mysql.com/doc/refman/en/password-logging.html>). MariaDB does not, so it gets the hash.
async fn statement(session: &mut MysqlSession, login: &MysqlLogin) -> Result<String, HookError> {
    let password = login.new_password()?.expose();
    if session.own.dialect() == Dialect::Mysql {
        return Ok(format!("SET PASSWORD = {}", literal(password)));
    }
    let created: String = session.own.ask("SHOW CREATE USER").await?;
    match methods::mariadb(&created)?.first() {
        Some(first) if !first.is_native() => Err(HookError::refused(format!(
            "user {} proves itself by {} first: only {} can be rotated without sending the password in clear text",
            login.username,
            first.plugin(),
            methods::NATIVE
        ))),
        _ => Ok(format!(
            "SET PASSWORD = {}",
            literal(&hash::native(password))
        )),
    }
}
