//! One user with one password, which it changes itself.

use rotation::database::SingleUser;
use rotation::{Context, HookError, Payload};

use crate::dialect::Dialect;
use crate::failure::{self, Code};
use crate::methods::{self, Method};
use crate::quoting::literal;
use crate::{MysqlDatabase, MysqlLogin, MysqlSession, hash, own, policy, second_user};

impl SingleUser for MysqlDatabase {
    /// The account's plugin is what it was. A second password that an earlier strategy left ends, or the log says how to end it.
    async fn set(
        cx: &Context,
        session: &mut MysqlSession,
        pending: &MysqlLogin,
    ) -> Result<(), HookError> {
        own::one_host(session, pending, false).await?;
        match session.own.dialect() {
            Dialect::Mysql => {
                mysql(cx, session, pending).await?;
                discard(cx, session, pending).await
            }
            Dialect::Mariadb => mariadb(cx, session, pending).await,
        }
    }

    async fn rehearse(
        cx: &Context,
        session: &mut MysqlSession,
        current: &MysqlLogin,
    ) -> Result<(), HookError> {
        own::one_host(session, current, true).await?;
        own::enough(session, &current.username).await?;
        cx.tell(|| "SET PASSWORD = …".to_owned());
        policy::fits(cx, &mut session.own).await?;
        if session.own.dialect() == Dialect::Mariadb {
            let methods = own_methods(session, current).await?;
            one_password(&methods, current)?;
        }
        Ok(())
    }
}

/// MySQL takes no hash from a user who changes the own password: it gets the text, and keeps it out of its logs
/// (<https://dev.mysql.com/doc/refman/en/password-logging.html>). What it does not let the user do, the administrator does, if the
/// secret names one.
async fn mysql(
    cx: &Context,
    session: &mut MysqlSession,
    pending: &MysqlLogin,
) -> Result<(), HookError> {
    let password = literal(pending.new_password()?.expose());
    let before = session.own.password().clone();
    let changed = session
        .own
        .change(&before, |replace| {
            format!("SET PASSWORD = {password}{replace}")
        })
        .await;
    let Err(error) = changed else {
        return Ok(());
    };
    let refused = matches!(
        failure::code(&error),
        Some(Code::Denied | Code::CurrentWrong | Code::CurrentNeeded)
    );
    let why = session.own.failed(&error);
    if !refused {
        return Err(why);
    }
    let statement = format!(
        "ALTER USER {} IDENTIFIED BY {password}",
        session.own.account()
    );
    match session.enter_as_admin(cx, pending).await? {
        Some(admin) => admin.run(&statement).await,
        None => Err(why),
    }
}

/// After it, the new password is the only one, if the user or the administrator may say so.
async fn discard(
    cx: &Context,
    session: &mut MysqlSession,
    pending: &MysqlLogin,
) -> Result<(), HookError> {
    let statement = format!("ALTER USER {} DISCARD OLD PASSWORD", session.own.account());
    let done = session
        .own
        .attempt("ALTER USER USER() DISCARD OLD PASSWORD")
        .await;
    let Err(error) = done else {
        return Ok(());
    };
    // An older release knows no second password.
    if failure::code(&error) == Some(Code::Unknown) {
        return Ok(());
    }
    let entered = session.enter_as_admin(cx, pending).await;
    if let Ok(Some(admin)) = entered
        && admin.attempt(&statement).await.is_ok()
    {
        return Ok(());
    }
    // It is so for most users who rotate alone, so it is no warning.
    tracing::info!(
        user = pending.username,
        "if the strategy was dual-password once, the user has a second password, which still works, and which nobody here may end: {statement}"
    );
    Ok(())
}

/// MariaDB logs a text, so it gets the hash. The user's own statement changes the account's first password alone.
async fn mariadb(
    cx: &Context,
    session: &mut MysqlSession,
    pending: &MysqlLogin,
) -> Result<(), HookError> {
    policy::takes_hashes(&mut session.own).await?;
    let before = own_methods(session, pending).await?;
    one_password(&before, pending)?;
    let hash = hash::native(pending.new_password()?.expose());
    let statement = format!("SET PASSWORD = {}", literal(&hash));
    session.own.run(&statement).await?;
    if seconds(&before, &pending.username).next().is_none() {
        return Ok(());
    }
    let account = session.own.account();
    let there = own_methods(session, pending).await?;
    let sign = second_user::sign_among(&there, &pending.username);
    let statement = methods::identified_via(&account, [hash].into_iter().chain(sign), there);
    match session.enter_as_admin(cx, pending).await? {
        Some(admin) => {
            admin
                .go_on(&statement, "Grant CREATE USER to the administrator")
                .await
        }
        None => Ok(()),
    }
}

/// Of the account that the session is.
async fn own_methods(
    session: &mut MysqlSession,
    login: &MysqlLogin,
) -> Result<Vec<Method>, HookError> {
    let created: String = session.own.ask("SHOW CREATE USER").await?;
    let methods = methods::mariadb(&created)?;
    match methods.first() {
        Some(first) if !first.is_native() => Err(HookError::refused(format!(
            "user {} proves itself by {} first: only {} can be rotated without sending the password in clear text",
            login.username,
            first.plugin(),
            methods::NATIVE
        ))),
        _ => Ok(methods),
    }
}

/// Refuses an account with a second password, if there is nobody to end it.
fn one_password(methods: &[Method], login: &MysqlLogin) -> Result<(), HookError> {
    if seconds(methods, &login.username).next().is_none() || login.admin_secret().is_some() {
        return Ok(());
    }
    Err(HookError::refused(format!(
        "user {} has a second password, which would go on working, and which only an administrator can end: name one by masterarn, \
         or give the user one password alone (ALTER USER … IDENTIFIED BY …), and store it as AWSCURRENT",
        login.username
    )))
}

/// The passwords after the first, the sign of a second user left out.
fn seconds<'m>(methods: &'m [Method], user: &str) -> impl Iterator<Item = &'m Method> {
    let sign = second_user::sign_among(methods, user);
    let natives = methods.iter().filter(|method| method.is_native()).skip(1);
    natives.filter(move |method| !sign.as_deref().is_some_and(|sign| method.holds(sign)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_is_no_password() {
        let sign =
            |user: &str| Method::native(hash::sign(&format!("second user of a rotation: {user}")));
        let methods = [Method::native("*24".into()), sign("app")];
        assert_eq!(seconds(&methods, "app_clone").count(), 0);
        assert_eq!(seconds(&methods, "other_clone").count(), 1);
        assert_eq!(seconds(&methods, "app").count(), 1);
        let methods = [
            Method::native("*24".into()),
            Method::native("*25".into()),
            sign("app"),
        ];
        assert_eq!(seconds(&methods, "app_clone").count(), 1);
    }
}
