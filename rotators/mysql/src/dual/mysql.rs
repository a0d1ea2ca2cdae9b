//! MySQL 8.0.14 and newer: `RETAIN CURRENT PASSWORD`
//! (<https://dev.mysql.com/doc/refman/en/password-management.html#dual-passwords>).

use rotation::{Context, HookError, Secret};

use crate::connection::MysqlConnection;
use crate::failure::{self, Code};
use crate::quoting::literal;
use crate::{MysqlLogin, MysqlSession, hash, methods};

const PLUGIN: &str = "caching_sha2_password";
/// Hashes are shown in hexadecimal: the salt is bytes of any kind.
const AS_HEX: &str = "SET SESSION print_identified_with_as_hex = ON";

/// After `Ok`, AWSCURRENT's password is the second one. Whoever sets it, knows first which of the two AWSCURRENT's is.
pub(super) async fn set(
    cx: &Context,
    session: &mut MysqlSession,
    current: &MysqlLogin,
    pending: &MysqlLogin,
) -> Result<(), HookError> {
    let new = pending.new_password()?;
    if session.own.password().expose() == new.expose() {
        return Ok(());
    }
    let hash = stored(session).await?;
    let holds = |password: &Secret| {
        let hash = hash.as_deref()?;
        hash::is_caching_sha2(hash, password.expose())
    };
    let set_already = match holds(new) {
        Some(set) => set,
        None if session.admin.is_none() => false,
        None => session.accepts(cx, pending).await?,
    };
    if set_already {
        return Ok(());
    }
    let at = Place::of(session, current, holds(&current.password));
    match at {
        Place::First => primary(session, new, Some(&current.password)).await,
        Place::Second => primary(session, new, None).await,
        Place::Asked => compared(cx, session, current, pending).await,
        Place::Unknown => restored(session, current, new).await,
    }
}

/// Where AWSCURRENT's password is.
enum Place {
    First,
    Second,
    /// First or second: the server compares it.
    Asked,
    /// Anywhere, or nowhere.
    Unknown,
}

impl Place {
    /// By the hash of the first, where somebody here may see it.
    fn of(session: &MysqlSession, current: &MysqlLogin, first: Option<bool>) -> Self {
        let accepted = session.own.password().expose() == current.password.expose();
        match first {
            Some(true) => Self::First,
            Some(false) if accepted => Self::Second,
            None if accepted && session.admin.is_none() => Self::Asked,
            _ => Self::Unknown,
        }
    }
}

/// The new password becomes the first. The one before becomes the second, if it is given; if not, the second stays.
async fn primary(
    session: &mut MysqlSession,
    new: &Secret,
    retained: Option<&Secret>,
) -> Result<(), HookError> {
    let before = retained.unwrap_or(session.own.password()).clone();
    let retain = retained.map_or("", |_| " RETAIN CURRENT PASSWORD");
    let new = literal(new.expose());
    let (account, writer) = writer(session);
    let statement =
        |replace: &str| format!("ALTER USER {account} IDENTIFIED BY {new}{replace}{retain}");
    let done = writer.change(&before, statement).await;
    done.map_err(|error| writer.failed(&error))
}

/// The user itself gives AWSCURRENT's password as the one before: the server takes it, if it is the first.
async fn compared(
    cx: &Context,
    session: &mut MysqlSession,
    current: &MysqlLogin,
    pending: &MysqlLogin,
) -> Result<(), HookError> {
    let new = pending.new_password()?;
    let statement = format!(
        "ALTER USER USER() IDENTIFIED BY {} REPLACE {} RETAIN CURRENT PASSWORD",
        literal(new.expose()),
        literal(current.password.expose())
    );
    let Err(error) = session.own.attempt(&statement).await else {
        return Ok(());
    };
    match failure::code(&error) {
        Some(Code::CurrentWrong) => primary(session, new, None).await,
        // Of the new one the account knows by an earlier try, which set it.
        Some(Code::History) if session.accepts(cx, pending).await? => Ok(()),
        _ => Err(session.own.failed(&error)),
    }
}

/// First the old password is the first again, whatever it was; then the new one, which retains it. Each statement is safe to repeat
/// and to stop at.
async fn restored(
    session: &mut MysqlSession,
    current: &MysqlLogin,
    new: &Secret,
) -> Result<(), HookError> {
    let before = session.own.password().clone();
    let old = literal(current.password.expose());
    let (account, writer) = writer(session);
    let statement = |replace: &str| format!("ALTER USER {account} IDENTIFIED BY {old}{replace}");
    if let Err(error) = writer.change(&before, statement).await {
        return Err(match failure::code(&error) {
            Some(Code::History) => no_way_back(&current.username),
            _ => writer.failed(&error),
        });
    }
    primary(session, new, Some(&current.password)).await
}

fn no_way_back(user: &str) -> HookError {
    HookError::refused(format!(
        "the passwords of user {user} have a history, so AWSCURRENT's cannot be set once more, and nobody here may see whether it is the first of the two: \
         GRANT SELECT ON mysql.* TO the admin, or PASSWORD HISTORY 0 PASSWORD REUSE INTERVAL 0 DAY to the user"
    ))
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
    // The user itself lets the server compare.
    if own || stored(session).await?.is_some() {
        return Ok(());
    }
    let created = created(session).await?;
    if remembers(session, &created).await? {
        return Err(no_way_back(&current.username));
    }
    if methods::failed_logins(&created) == Some(1) {
        return Err(HookError::refused(format!(
            "user {} is locked by one failed login and may not see its own hash, so whether the new password is set cannot be asked: \
             raise FAILED_LOGIN_ATTEMPTS, or GRANT SELECT ON mysql.* TO the admin",
            current.username
        )));
    }
    Ok(())
}

/// Whether the account keeps a history of its passwords.
async fn remembers(session: &mut MysqlSession, created: &str) -> Result<bool, HookError> {
    let question = "SELECT @@global.password_history, @@global.password_reuse_interval";
    let usual: Option<(u64, u64)> = session.own.first(question).await?;
    let (history, interval) = usual.unwrap_or_default();
    let history = methods::number(created, "PASSWORD HISTORY").unwrap_or(history);
    let interval = methods::number(created, "REUSE INTERVAL").unwrap_or(interval);
    Ok(history > 0 || interval > 0)
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
