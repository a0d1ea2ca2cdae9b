//! MariaDB 10.4 and newer: an account may have several methods, so the administrator gives it two passwords.

use rotation::HookError;

use crate::connection::MysqlConnection;
use crate::methods::{self, Method};
use crate::{MysqlLogin, MysqlSession, hash};

/// Both passwords, and every other method that the account has. The statement may be repeated.
pub(super) async fn set(
    session: &mut MysqlSession,
    current: &MysqlLogin,
    pending: &MysqlLogin,
) -> Result<(), HookError> {
    let new = hash::native(pending.new_password()?.expose());
    let old = hash::native(current.password.expose());
    let there = methods_of(session).await?;
    replace(session, [new, old], there).await
}

/// The password of `keep` alone, and every other method, if the account still holds `retired`.
pub(super) async fn retire(
    session: &mut MysqlSession,
    keep: &MysqlLogin,
    retired: &MysqlLogin,
) -> Result<(), HookError> {
    let ended = hash::native(retired.password.expose());
    let there = methods_of(session).await?;
    if !there.iter().any(|method| method.holds(&ended)) {
        return Ok(());
    }
    replace(session, [hash::native(keep.password.expose())], there).await
}

pub(super) async fn check(
    session: &mut MysqlSession,
    current: &MysqlLogin,
) -> Result<(), HookError> {
    let admin = admin(session)?;
    if !admin.may(&["CREATE USER"]).await? {
        let name = admin.account();
        return Err(HookError::refused(format!(
            "the admin {name} may not alter users: GRANT CREATE USER ON *.* TO {name}"
        )));
    }
    let methods = methods_of(session).await?;
    if methods.iter().any(Method::is_native) {
        return Ok(());
    }
    let plugins: Vec<&str> = methods.iter().map(Method::plugin).collect();
    Err(HookError::refused(format!(
        "user {} proves itself by {}: two passwords need {}",
        current.username,
        plugins.join(" or "),
        methods::NATIVE
    )))
}

async fn replace<const N: usize>(
    session: &mut MysqlSession,
    hashes: [String; N],
    there: Vec<Method>,
) -> Result<(), HookError> {
    let statement = methods::identified_via(&session.own.account(), hashes, there);
    admin(session)?.run(&statement).await
}

/// A user may see its own.
async fn methods_of(session: &mut MysqlSession) -> Result<Vec<Method>, HookError> {
    let created: String = session.own.ask("SHOW CREATE USER CURRENT_USER()").await?;
    methods::mariadb(&created)
}

fn admin(session: &mut MysqlSession) -> Result<&mut MysqlConnection, HookError> {
    let none = || {
        HookError::refused(
            "the key masterarn is missing from the secret: the two passwords of a MariaDB user are set by an administrator",
        )
    };
    session.admin.as_mut().ok_or_else(none)
}
