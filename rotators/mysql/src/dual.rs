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
        check(session, current).await?;
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
        check(session, current).await?;
        own::rehearse(session, current).await?;
        policy::fits(cx, &mut session.own).await
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

/// What can be known before anything is written.
async fn check(session: &mut MysqlSession, current: &MysqlLogin) -> Result<(), HookError> {
    own::one_host(session, current, false).await?;
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
