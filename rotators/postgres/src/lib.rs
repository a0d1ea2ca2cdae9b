// The README's links, for this page: what is defined first wins.
//! [settings]: rotation::config
//! [rds]: rotation::database
//!
#![doc = include_str!("../README.md")]

mod connection;
mod failure;
mod owner;
mod privileges;
pub mod quoting;
mod role;
mod second_user;
mod settings;

use rotation::config::{Config, Strategy};
use rotation::database::{Admin, Connector, Database, Login, replicated, turns};
use rotation::settings::Shared;
use rotation::{
    Context, GenerateContext, HookError, Payload, Rejection, Rotator, Succession, Verdict,
};

use connection::Connection;

/// PostgreSQL's secrets.
pub struct PostgresDatabase;

impl Database for PostgresDatabase {
    const NAMES: &'static [&'static str] = &["postgres", "aurora-postgresql"];
    const PORT: u16 = 5432;
    /// NAMEDATALEN less one. Source: <https://www.postgresql.org/docs/current/sql-syntax-lexical.html>.
    const USER_BYTES: usize = 63;
}

type PostgresLogin = Login<PostgresDatabase>;

/// Rotates the password of one user, or of two who take turns.
pub struct Postgres {
    connector: Connector,
    strategy: Option<Strategy>,
}

/// A login, and the administrator's beside it where two users take turns.
pub struct Session {
    own: Connection,
    admin: Option<Connection>,
}

impl Postgres {
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
        login: &PostgresLogin,
    ) -> Result<Verdict<Connection>, HookError> {
        let login = self.connector.direct(login).await?;
        Connection::open(&self.connector, &login, cx.time_left()).await
    }

    /// Whether the server takes this login now.
    async fn accepts(&self, cx: &Context, login: &PostgresLogin) -> Result<bool, HookError> {
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
        child: &PostgresLogin,
    ) -> Result<Connection, HookError> {
        let open = async |login| self.enter(cx, &login).await;
        Admin::enter(cx, &self.connector, child, open).await
    }
}

impl Rotator for Postgres {
    type Payload = PostgresLogin;
    type Session = Session;
    const NAME: &'static str = "postgres";
    const SHARED_SETTINGS: &'static [Shared] =
        &[Shared::Passwords, Shared::Hosts, Shared::Databases];
    const STRATEGIES: &'static [Strategy] = &[Strategy::SingleUser, Strategy::AlternatingUsers];
    const EXCLUDE_CHARACTERS: &'static str = ":/@\"'\\";

    fn succession(&self, login: &PostgresLogin) -> Succession {
        let two = match self.strategy {
            Some(strategy) => strategy == Strategy::AlternatingUsers,
            None => login.admin_secret().is_some(),
        };
        if two {
            Succession::Alternate
        } else {
            Succession::Replace
        }
    }

    async fn generate(
        &self,
        cx: &GenerateContext,
        current: &PostgresLogin,
    ) -> Result<PostgresLogin, HookError> {
        let succession = self.succession(current);
        let user = turns::next_user(current, succession, second_user::other)?;
        Ok(current.with_user(user, cx.password()?))
    }

    async fn test(
        &self,
        cx: &Context,
        login: &PostgresLogin,
        replaces: Option<&PostgresLogin>,
    ) -> Result<Verdict<Session>, HookError> {
        let own = match self.enter(cx, login).await? {
            Verdict::Accept(own) => own,
            Verdict::Reject(rejection) => return Ok(Verdict::Reject(rejection)),
        };
        if let Some(replaced) = replaces {
            let lacking = privileges::lacking(&own, &login.username, &replaced.username).await?;
            if let Some(what) = lacking {
                own.close().await;
                return Ok(Verdict::Reject(Rejection::new(what)));
            }
        }
        Ok(Verdict::Accept(Session { own, admin: None }))
    }

    async fn lock(
        &self,
        cx: &Context,
        session: &mut Session,
        login: &PostgresLogin,
    ) -> Result<(), HookError> {
        connection::warn_of_trust(&self.connector, login).await;
        let holder = match self.succession(login) {
            Succession::Alternate => session.admin.insert(self.enter_as_admin(cx, login).await?),
            _ => &mut session.own,
        };
        holder.writable().await?;
        holder.lock(cx.secret_id().as_str()).await
    }

    async fn set(
        &self,
        cx: &Context,
        session: &mut Session,
        current: &PostgresLogin,
        pending: &PostgresLogin,
    ) -> Result<(), HookError> {
        pending.same_way(current)?;
        let Some(admin) = &session.admin else {
            return role::set_password(&session.own, cx, pending).await;
        };
        second_user::set(admin, cx, current, pending).await?;
        let accepts = || self.accepts(cx, pending);
        replicated(admin.server(), session.own.server(), accepts).await
    }

    async fn rehearse(
        &self,
        cx: &Context,
        session: &mut Session,
        current: &PostgresLogin,
    ) -> Result<(), HookError> {
        if self.succession(current) != Succession::Alternate {
            return session.own.writable().await;
        }
        let admin = self.enter_as_admin(cx, current).await?;
        let admin = session.admin.insert(admin);
        admin.writable().await?;
        second_user::check(admin, cx, current).await
    }

    async fn close(&self, session: Session) {
        if let Some(admin) = session.admin {
            admin.close().await;
        }
        session.own.close().await;
    }
}
