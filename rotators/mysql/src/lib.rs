// The README's links, for this page: what is defined first wins.
//! [settings]: rotation::config
//! [rds]: rotation::database
//!
#![doc = include_str!("../README.md")]

mod account;
mod connection;
mod dialect;
mod dual;
mod failure;
#[cfg(fuzzing)]
pub mod fuzzing;
mod grants;
mod hash;
mod methods;
pub mod quoting;
mod second_user;
mod single;
mod tokens;

use rotation::config::{Config, Strategy};
use rotation::database::{Admin, Connector, Database, Login, replicated, turns};
use rotation::{
    Context, GenerateContext, HookError, Payload, Rejection, Rotator, Succession, TestsAsAdmin,
    Verdict,
};

use connection::Connection;

/// MySQL's and MariaDB's secrets.
pub struct MysqlDatabase;

impl Database for MysqlDatabase {
    const NAMES: &'static [&'static str] = &["mysql", "aurora-mysql", "mariadb"];
    const PORT: u16 = 3306;
    /// MariaDB's limit of 80 characters, of three bytes each; MySQL's is 32.
    const USER_BYTES: usize = 240;
}

type MysqlLogin = Login<MysqlDatabase>;

/// Rotates the password of one user, or of two who take turns; or the two passwords that one user may have.
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
    /// In words, if DATABASE_CA_BUNDLE does not fit.
    pub fn build(config: &Config) -> Result<Self, String> {
        Ok(Self {
            connector: Connector::new(config)?,
            strategy: config.strategy,
        })
    }

    async fn enter(
        &self,
        cx: &Context,
        login: &MysqlLogin,
    ) -> Result<Verdict<Connection>, HookError> {
        let login = self.connector.direct(login).await?;
        Connection::open(&self.connector, &login, cx.time_left()).await
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
        let open = async |login| self.enter(cx, &login).await;
        Admin::enter(cx, &self.connector, child, open).await
    }
}

impl Rotator for Mysql {
    type Payload = MysqlLogin;
    type Session = Session;
    const NAME: &'static str = "mysql";
    const STRATEGIES: &'static [Strategy] = &[
        Strategy::SingleUser,
        Strategy::AlternatingUsers,
        Strategy::DualPassword,
    ];
    /// Only an administrator may read another user's grants.
    const TESTS_AS_ADMIN: TestsAsAdmin = TestsAsAdmin::ToCompare;

    fn succession(&self, login: &MysqlLogin) -> Succession {
        match self.strategy {
            Some(Strategy::DualPassword) => Succession::Displace,
            Some(Strategy::AlternatingUsers) => Succession::Alternate,
            None if login.admin_secret().is_some() => Succession::Alternate,
            _ => Succession::Replace,
        }
    }

    async fn generate(
        &self,
        cx: &GenerateContext,
        current: &MysqlLogin,
    ) -> Result<MysqlLogin, HookError> {
        let succession = self.succession(current);
        let user = turns::next_user(current, succession, second_user::other)?;
        Ok(current.with_user(user, cx.password()?))
    }

    async fn test(
        &self,
        cx: &Context,
        login: &MysqlLogin,
        replaces: Option<&MysqlLogin>,
    ) -> Result<Verdict<Session>, HookError> {
        let own = match self.enter(cx, login).await? {
            Verdict::Accept(own) => own,
            Verdict::Reject(rejection) => return Ok(Verdict::Reject(rejection)),
        };
        let mut session = Session { own, admin: None };
        if let Some(replaced) = replaces {
            session.admin = Some(self.enter_as_admin(cx, replaced).await?);
            let lacking = second_user::lacking(&mut session, login, replaced).await?;
            if let Some(what) = lacking {
                self.close(session).await;
                return Ok(Verdict::Reject(Rejection::new(what)));
            }
        }
        Ok(Verdict::Accept(session))
    }

    async fn lock(
        &self,
        cx: &Context,
        session: &mut Session,
        login: &MysqlLogin,
    ) -> Result<(), HookError> {
        if self.needs_admin(login) {
            session.admin = Some(self.enter_as_admin(cx, login).await?);
        }
        self.writable(session, login).await?;
        let Session { own, admin } = session;
        admin
            .as_mut()
            .unwrap_or(own)
            .lock(cx.secret_id().as_str())
            .await
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
            Succession::Alternate => {
                second_user::set(session, cx, current, pending).await?;
                self.replicated(cx, session, pending).await
            }
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

    async fn rehearse(
        &self,
        cx: &Context,
        session: &mut Session,
        current: &MysqlLogin,
    ) -> Result<(), HookError> {
        if self.needs_admin(current) {
            session.admin = Some(self.enter_as_admin(cx, current).await?);
        }
        self.writable(session, current).await?;
        match self.succession(current) {
            Succession::Displace => dual::check(session, current).await,
            Succession::Alternate => second_user::check(session, cx, current).await,
            _ => Ok(()),
        }
    }

    async fn close(&self, session: Session) {
        if let Some(admin) = session.admin {
            admin.close().await;
        }
        session.own.close().await;
    }
}

impl Mysql {
    /// After `Ok`, the server that is changed is the writer. A second password is read back where it was set, so there
    /// the secret must name it.
    async fn writable(&self, session: &mut Session, login: &MysqlLogin) -> Result<(), HookError> {
        match &mut session.admin {
            Some(admin) if self.succession(login) == Succession::Alternate => {
                admin.writable().await
            }
            _ => session.own.writable().await,
        }
    }

    /// After `Ok`, the server that the secret names takes `pending` too, if the administrator's is another.
    async fn replicated(
        &self,
        cx: &Context,
        session: &Session,
        pending: &MysqlLogin,
    ) -> Result<(), HookError> {
        let Some(admin) = &session.admin else {
            return Ok(());
        };
        let accepts = || self.accepts(cx, pending);
        replicated(admin.server(), session.own.server(), accepts).await
    }

    /// A single user needs nobody else.
    fn needs_admin(&self, login: &MysqlLogin) -> bool {
        self.succession(login) != Succession::Replace && login.admin_secret().is_some()
    }
}
