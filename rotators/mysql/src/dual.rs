//! One user with two passwords: the old one works until the next rotation displaces it.

mod mariadb;
mod mysql;

use rotation::database::DualPassword;
use rotation::{Context, HookError};

use crate::dialect::{Dialect, Release};
use crate::{MysqlDatabase, MysqlLogin, MysqlSession, own, policy};

impl DualPassword for MysqlDatabase {
    async fn set(
        cx: &Context,
        session: &mut MysqlSession,
        current: &MysqlLogin,
        pending: &MysqlLogin,
    ) -> Result<(), HookError> {
        check(session, current, false).await?;
        match session.own.dialect() {
            Dialect::Mysql => mysql::set(cx, session, current, pending).await,
            Dialect::Mariadb => mariadb::set(session, current, pending).await,
        }
    }

    async fn rehearse(
        cx: &Context,
        session: &mut MysqlSession,
        current: &MysqlLogin,
    ) -> Result<(), HookError> {
        let account = session.own.account();
        cx.tell(|| format!("ALTER USER {account} … (the new password beside the present one)"));
        check(session, current, true).await?;
        own::enough(session, &current.username).await?;
        match session.own.dialect() {
            Dialect::Mysql => policy::strong(cx, &mut session.own).await,
            Dialect::Mariadb => Ok(()),
        }
    }

    async fn retire(
        cx: &Context,
        session: &mut MysqlSession,
        keep: &MysqlLogin,
        retired: &MysqlLogin,
    ) -> Result<(), HookError> {
        match session.own.dialect() {
            Dialect::Mysql => mysql::retire(cx, session, retired).await,
            Dialect::Mariadb => mariadb::retire(session, keep, retired).await,
        }
    }
}

/// What can be known before anything is written. With `warn`, the log says what cannot.
async fn check(
    session: &mut MysqlSession,
    current: &MysqlLogin,
    warn: bool,
) -> Result<(), HookError> {
    own::one_host(session, current, warn).await?;
    let dialect = session.own.dialect();
    Release::two_passwords(dialect)
        .needed(&mut session.own, "two passwords")
        .await?;
    match dialect {
        Dialect::Mysql => mysql::check(session, current).await,
        Dialect::Mariadb => {
            policy::takes_hashes(&mut session.own).await?;
            mariadb::check(session, current).await
        }
    }
}
