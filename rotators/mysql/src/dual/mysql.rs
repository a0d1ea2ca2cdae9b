//! MySQL 8.0.14 and newer: `RETAIN CURRENT PASSWORD`
//! (<https://dev.mysql.com/doc/refman/en/password-management.html#dual-passwords>).

use rotation::{Context, HookError};

use crate::connection::MysqlConnection;
use crate::quoting::literal;
use crate::{MysqlLogin, MysqlSession, hash, methods};

const PLUGIN: &str = "caching_sha2_password";
/// Hashes are shown in hexadecimal: the salt is bytes of any kind.
const AS_HEX: &str = "SET SESSION print_identified_with_as_hex = ON";

/// Two statements, each safe to repeat and to stop at: the primary password becomes AWSCURRENT's, whatever it was; then
/// the new one, which retains it. Done again, the second would throw AWSCURRENT's away: so it is not, if the new one is set.
pub(super) async fn set(
    cx: &Context,
    session: &mut MysqlSession,
    current: &MysqlLogin,
    pending: &MysqlLogin,
) -> Result<(), HookError> {
    let new = pending.new_password()?.expose();
    let set_already = match stored(session)
        .await?
        .and_then(|hash| hash::is_caching_sha2(&hash, new))
    {
        Some(set) => set,
        None => session.accepts(cx, pending).await?,
    };
    if set_already {
        return Ok(());
    }
    let (account, writer) = writer(session);
    let old = literal(current.password.expose());
    writer
        .run(&format!("ALTER USER {account} IDENTIFIED BY {old}"))
        .await?;
    let statement = format!(
        "ALTER USER {account} IDENTIFIED BY {} RETAIN CURRENT PASSWORD",
        literal(new)
    );
    writer.run(&statement).await
}

/// Of the two passwords only one can be thrown away: the older. It is, if that is `retired`.
pub(super) async fn retire(
    cx: &Context,
    session: &mut MysqlSession,
    retired: &MysqlLogin,
) -> Result<(), HookError> {
    if !session.accepts(cx, retired).await? {
        return Ok(());
    }
    let (account, writer) = writer(session);
    writer
        .run(&format!("ALTER USER {account} DISCARD OLD PASSWORD"))
        .await
}

pub(super) async fn check(
    session: &mut MysqlSession,
    current: &MysqlLogin,
) -> Result<(), HookError> {
    let own = session.admin.is_none();
    let (_, writer) = writer(session);
    let needed = if own {
        "APPLICATION_PASSWORD_ADMIN"
    } else {
        "CREATE USER"
    };
    if !writer.may(&[needed, "CREATE USER"]).await? {
        let name = writer.account();
        return Err(HookError::refused(format!(
            "{name} may not keep two passwords: GRANT {needed} ON *.* TO {name}"
        )));
    }
    let locks = methods::failed_logins(&created(session).await?) == Some(1);
    if locks && stored(session).await?.is_none() {
        return Err(HookError::refused(format!(
            "user {} is locked by one failed login and may not see its own hash, so whether the new password is set cannot be asked: \
             raise FAILED_LOGIN_ATTEMPTS, or GRANT SELECT ON mysql.user to it",
            current.username
        )));
    }
    Ok(())
}

/// Who writes, and the account as that one names it: the administrator, or the user itself.
fn writer(session: &mut MysqlSession) -> (String, &mut MysqlConnection) {
    match &mut session.admin {
        Some(admin) => (session.own.account(), admin),
        None => ("USER()".to_owned(), &mut session.own),
    }
}

/// The hash of the account's primary password; none, if nobody here may see it.
async fn stored(session: &mut MysqlSession) -> Result<Option<String>, HookError> {
    if let Some(hash) = methods::mysql_hash(&created(session).await?, PLUGIN) {
        return Ok(Some(hash));
    }
    let question = format!("SHOW CREATE USER {}", session.own.account());
    let Some(admin) = &mut session.admin else {
        return Ok(None);
    };
    admin.run(AS_HEX).await?;
    // An administrator who may alter users need not be one who may see them.
    let created = admin.ask(&question).await.ok();
    Ok(created.and_then(|created| methods::mysql_hash(&created, PLUGIN)))
}

/// A user may always see its own account, if not its hash.
async fn created(session: &mut MysqlSession) -> Result<String, HookError> {
    session.own.run(AS_HEX).await?;
    session.own.ask("SHOW CREATE USER CURRENT_USER()").await
}
