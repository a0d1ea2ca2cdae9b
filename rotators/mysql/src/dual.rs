//! One user with two passwords: the old one works until the next rotation displaces it.

mod mariadb;
mod mysql;

use rotation::HookError;

use crate::dialect::Dialect;
use crate::{Mysql, MysqlLogin, Session};
use rotation::Context;

/// After `Ok`, the target accepts `pending`, and `current` still.
pub(crate) async fn set(
    rotator: &Mysql,
    cx: &Context,
    session: &mut Session,
    current: &MysqlLogin,
    pending: &MysqlLogin,
) -> Result<(), HookError> {
    check(session, current).await?;
    match session.own.dialect() {
        Dialect::Mysql => mysql::set(rotator, cx, session, current, pending).await,
        Dialect::Mariadb => mariadb::set(session, current, pending).await,
    }
}

/// After `Ok`, the target takes `keep` and no longer `retired`.
pub(crate) async fn retire(
    rotator: &Mysql,
    cx: &Context,
    session: &mut Session,
    keep: &MysqlLogin,
    retired: &MysqlLogin,
) -> Result<(), HookError> {
    match session.own.dialect() {
        Dialect::Mysql => mysql::retire(rotator, cx, session, retired).await,
        Dialect::Mariadb => mariadb::retire(session, keep, retired).await,
    }
}

/// After `Ok`, nothing that can be known beforehand keeps `set` from its work.
pub(crate) async fn check(session: &mut Session, current: &MysqlLogin) -> Result<(), HookError> {
    match session.own.dialect() {
        Dialect::Mysql => mysql::check(session, current).await,
        Dialect::Mariadb => mariadb::check(session, current).await,
    }
}
