#![doc = include_str!("../README.md")]

mod connection;
mod dialect;
mod dual;
mod failure;
mod hash;
mod methods;
pub mod quoting;
mod single;

use rotation::config::{Config, Strategy};
use rotation::database::{Admin, Connector, Engine, Login};
use rotation::{Context, HookError, Payload, Rotator, Succession, Verdict};

use connection::Connection;

/// MySQL's and MariaDB's secrets.
pub struct MysqlEngine;

impl Engine for MysqlEngine {
    const NAMES: &'static [&'static str] = &["mysql", "aurora-mysql", "mariadb"];
    const PORT: u16 = 3306;
    /// MariaDB's limit of 80 characters, of three bytes each; MySQL's is 32.
    const USER_BYTES: usize = 240;
}

type MysqlLogin = Login<MysqlEngine>;

/// Rotates the password of one user; or the two passwords that one user may have.
pub struct Mysql {
    connector: Connector,
    strategy: Option<Strategy>,
}

/// A login, and the administrator's beside it where one is needed.
pub struct Session {
    own: Connection,
    admin: Option<Connection>,
}

impl Mysql {
    /// By the function's settings.
    ///
    /// # Errors
    /// In words, if ROTATION_STRATEGY or DATABASE_CA_BUNDLE does not fit.
    pub fn build(config: &Config) -> Result<Self, String> {
        if config.strategy == Some(Strategy::AlternatingUsers) {
            return Err("ROTATION_STRATEGY: alternating users are not there yet for MySQL and MariaDB; use single-user or dual-password".into());
        }
        let bundle = config.database_ca_bundle.as_deref();
        let connector = Connector::new(bundle, &config.allowed_hosts)?;
        Ok(Self {
            connector,
            strategy: config.strategy,
        })
    }

    async fn enter(
        &self,
        cx: &Context,
        login: &MysqlLogin,
    ) -> Result<Verdict<Connection>, HookError> {
        Connection::open(&self.connector, login, cx.time_left()).await
    }

    /// Whether the server takes this login now.
    async fn accepts(&self, cx: &Context, login: &MysqlLogin) -> Result<bool, HookError> {
        match self.enter(cx, login).await? {
            Verdict::Accept(connection) => {
                connection.close().await;
                Ok(true)
            }
            Verdict::Reject(_) => Ok(false),
        }
    }

    async fn enter_as_admin(
        &self,
        cx: &Context,
        child: &MysqlLogin,
    ) -> Result<Connection, HookError> {
        Admin::enter(cx, child, async |login| self.enter(cx, &login).await).await
    }
}

impl Rotator for Mysql {
    type Payload = MysqlLogin;
    type Session = Session;
    const NAME: &'static str = "mysql";

    fn succession(&self, _: &MysqlLogin) -> Succession {
        match self.strategy {
            Some(Strategy::DualPassword) => Succession::Displace,
            _ => Succession::Replace,
        }
    }

    async fn generate(&self, cx: &Context, current: &MysqlLogin) -> Result<MysqlLogin, HookError> {
        if self.strategy.is_none() && current.admin_secret().is_some() {
            return Err(HookError::refused(
                "masterarn asks for two users who take turns, which are not there yet for MySQL and MariaDB: \
                 set ROTATION_STRATEGY to dual-password, or to single-user",
            ));
        }
        Ok(current.with_user(&current.username, cx.password()?))
    }

    async fn test(
        &self,
        cx: &Context,
        login: &MysqlLogin,
        _: Option<&MysqlLogin>,
    ) -> Result<Verdict<Session>, HookError> {
        Ok(match self.enter(cx, login).await? {
            Verdict::Accept(own) => Verdict::Accept(Session { own, admin: None }),
            Verdict::Reject(rejection) => Verdict::Reject(rejection),
        })
    }

    async fn lock(
        &self,
        cx: &Context,
        session: &mut Session,
        login: &MysqlLogin,
    ) -> Result<(), HookError> {
        let holder = if self.needs_admin(login) {
            session.admin.insert(self.enter_as_admin(cx, login).await?)
        } else {
            &mut session.own
        };
        holder.writable().await?;
        holder.lock(cx.secret_id().as_str()).await
    }

    async fn set(
        &self,
        cx: &Context,
        session: &mut Session,
        current: &MysqlLogin,
        pending: &MysqlLogin,
    ) -> Result<(), HookError> {
        pending.same_way(current)?;
        match self.succession(pending) {
            Succession::Displace => dual::set(self, cx, session, current, pending).await,
            _ => single::set_password(&mut session.own, pending).await,
        }
    }

    async fn retire(
        &self,
        cx: &Context,
        session: &mut Session,
        keep: &MysqlLogin,
        retired: &MysqlLogin,
    ) -> Result<(), HookError> {
        dual::retire(self, cx, session, keep, retired).await
    }

    async fn check(
        &self,
        cx: &Context,
        session: &mut Session,
        current: &MysqlLogin,
    ) -> Result<(), HookError> {
        session.own.writable().await?;
        if self.succession(current) != Succession::Displace {
            return Ok(());
        }
        if self.needs_admin(current) {
            session.admin = Some(self.enter_as_admin(cx, current).await?);
        }
        dual::check(session, current).await
    }

    async fn close(&self, session: Session) {
        if let Some(admin) = session.admin {
            admin.close().await;
        }
        session.own.close().await;
    }
}

impl Mysql {
    /// A single user needs nobody else.
    fn needs_admin(&self, login: &MysqlLogin) -> bool {
        self.succession(login) == Succession::Displace && login.admin_secret().is_some()
    }
}
