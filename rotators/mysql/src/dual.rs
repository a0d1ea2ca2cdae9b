//! One user with two passwords: the old one works until the next rotation displaces it.

mod mariadb;
mod mysql;

use rotation::database::DualPassword;
use rotation::{Context, HookError};

use crate::dialect::Dialect;
use crate::{MysqlDatabase, MysqlLogin, MysqlSession};

impl DualPassword for MysqlDatabase {
    async fn set(
        cx: &Context,
        session: &mut MysqlSession,
        current: &MysqlLogin,
        pending: &MysqlLogin,
    ) -> Result<(), HookError> {
        Self::rehearse(cx, session, current).await?;
        match session.own.dialect() {
            Dialect::Mysql => mysql::set(cx, session, current, pending).await,
            Dialect::Mariadb => mariadb::set(session, current, pending).await,
        }
    }

    async fn rehearse(
        _cx: &Context,
        session: &mut MysqlSession,
        current: &MysqlLogin,
    ) -> Result<(), HookError> {
        match session.own.dialect() {
            Dialect::Mysql => mysql::check(session, current).await,
            Dialect::Mariadb => mariadb::check(session, current).await,
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
