//! The rotator that all databases share.

use std::marker::PhantomData;
use std::sync::Arc;

use crate::config::{Config, Strategy};
use crate::context::{Context, GenerateContext};
use crate::error::HookError;
use crate::rotator::{Payload, Rejection, Rotator, Succession, TestsAsAdmin, Verdict};
use crate::settings::Shared;

use super::admin::Admin;
use super::connect::Connector;
use super::driver::Connection;
use super::login::Login;
use super::replica::replicated;
use super::session::{Session, no_admin};
use super::strategies::{AlternatingUsers, DualPassword, SingleUser};
use super::turns;

/// Rotates the password of a database's user by one of three strategies: of one user, of two who take turns, or the two passwords
/// that one user has. `D` says how the server is told.
pub struct Rotate<D> {
    connector: Arc<Connector>,
    strategy: Option<Strategy>,
    database: PhantomData<D>,
}

impl<D> Rotate<D> {
    /// By the function's settings.
    ///
    /// # Errors
    /// In words, if DATABASE_CA_BUNDLE does not fit.
    pub fn build(config: &Config) -> Result<Self, String> {
        Ok(Self {
            connector: Arc::new(Connector::new(config)?),
            strategy: config.strategy,
            database: PhantomData,
        })
    }
}

impl<D: SingleUser + AlternatingUsers + DualPassword> Rotate<D> {
    fn strategy(&self, login: &Login<D>) -> Strategy {
        self.strategy.unwrap_or_else(|| D::strategy(login))
    }

    /// Adds the administrator's login where the strategy uses it. One user alone needs nobody else, unless the server refuses
    /// the user's own change.
    async fn add_admin(
        &self,
        cx: &Context,
        session: &mut Session<D>,
        login: &Login<D>,
    ) -> Result<(), HookError> {
        if self.strategy(login) != Strategy::SingleUser {
            session.enter_as_admin(cx, login).await?;
        }
        Ok(())
    }

    /// After `Ok`, the server that is changed accepts writes. A second password is read back where it was set, so there the secret
    /// must name that server itself.
    async fn writable(&self, session: &mut Session<D>, login: &Login<D>) -> Result<(), HookError> {
        match self.strategy(login) {
            Strategy::AlternatingUsers => session.writer().writable().await,
            _ => session.own.writable().await,
        }
    }
}

impl<D: SingleUser + AlternatingUsers + DualPassword> Rotator for Rotate<D> {
    type Payload = Login<D>;
    type Session = Session<D>;
    const NAME: &'static str = D::NAME;
    const SHARED_SETTINGS: &'static [Shared] = D::SHARED_SETTINGS;
    const STRATEGIES: &'static [Strategy] = D::STRATEGIES;
    const EXCLUDE_CHARACTERS: &'static str = D::EXCLUDE_CHARACTERS;
    const TESTS_AS_ADMIN: TestsAsAdmin = D::TESTS_AS_ADMIN;

    fn succession(&self, login: &Login<D>) -> Succession {
        match self.strategy(login) {
            Strategy::SingleUser => Succession::Replace,
            Strategy::AlternatingUsers => Succession::Alternate,
            Strategy::DualPassword => D::SUCCESSION,
        }
    }

    async fn generate(
        &self,
        cx: &GenerateContext,
        current: &Login<D>,
    ) -> Result<Login<D>, HookError> {
        let user = match self.strategy(current) {
            Strategy::AlternatingUsers if current.admin_secret().is_none() => {
                return Err(no_admin());
            }
            Strategy::AlternatingUsers => turns::next::<D>(&current.username)?,
            _ => current.username.clone(),
        };
        Ok(current.with_user(user, cx.password()?))
    }

    async fn test(
        &self,
        cx: &Context,
        login: &Login<D>,
        replaces: Option<&Login<D>>,
    ) -> Result<Verdict<Session<D>>, HookError> {
        let own = match self.connector.enter(cx, login).await? {
            Verdict::Accept(own) => own,
            Verdict::Reject(rejection) => return Ok(Verdict::Reject(rejection)),
        };
        let mut session = Session {
            own,
            admin: None,
            connector: Arc::clone(&self.connector),
        };
        let Some(replaced) = replaces else {
            return Ok(Verdict::Accept(session));
        };
        if D::TESTS_AS_ADMIN != TestsAsAdmin::Never {
            session.enter_as_admin(cx, replaced).await?;
        }
        match D::lacking(&mut session, login, replaced).await? {
            None => Ok(Verdict::Accept(session)),
            Some(what) => {
                self.close(session).await;
                Ok(Verdict::Reject(Rejection::new(what)))
            }
        }
    }

    async fn lock(
        &self,
        cx: &Context,
        session: &mut Session<D>,
        login: &Login<D>,
    ) -> Result<(), HookError> {
        self.add_admin(cx, session, login).await?;
        let key = cx.secret_id().as_str();
        if self.strategy(login) == Strategy::DualPassword {
            session.own.writable().await?;
            session.writer().lock(key).await
        } else {
            session.writer().lock_to_write(key).await
        }
    }

    async fn set(
        &self,
        cx: &Context,
        session: &mut Session<D>,
        current: &Login<D>,
        pending: &Login<D>,
    ) -> Result<(), HookError> {
        pending.same_way(current)?;
        match self.strategy(pending) {
            Strategy::SingleUser => SingleUser::set(cx, session, pending).await,
            Strategy::DualPassword => DualPassword::set(cx, session, current, pending).await,
            Strategy::AlternatingUsers => {
                let expected = turns::next::<D>(&current.username)?;
                turns::partners(&pending.username, &expected, session.admin()?.user())?;
                AlternatingUsers::set(cx, session, current, pending).await?;
                let changed = session.admin()?.server().to_owned();
                let accepts = || session.accepts(cx, pending);
                replicated(&changed, session.own.server(), accepts).await
            }
        }
    }

    async fn retire(
        &self,
        cx: &Context,
        session: &mut Session<D>,
        keep: &Login<D>,
        retired: &Login<D>,
    ) -> Result<(), HookError> {
        D::retire(cx, session, keep, retired).await
    }

    async fn rehearse(
        &self,
        cx: &Context,
        session: &mut Session<D>,
        current: &Login<D>,
    ) -> Result<(), HookError> {
        // As setSecret, which opens a second connection of this user to see whether the login still works.
        if !session.accepts(cx, current).await? {
            return Err(HookError::failed(format!(
                "{} refuses the login that it accepted a moment ago: try again",
                session.own.server()
            )));
        }
        self.add_admin(cx, session, current).await?;
        self.writable(session, current).await?;
        match self.strategy(current) {
            Strategy::SingleUser => SingleUser::rehearse(cx, session, current).await,
            Strategy::AlternatingUsers => AlternatingUsers::rehearse(cx, session, current).await,
            Strategy::DualPassword => DualPassword::rehearse(cx, session, current).await,
        }
    }

    async fn restore(&self, cx: &Context, forgotten: &Login<D>) -> Result<(), HookError> {
        let open = async |login| self.connector.enter(cx, &login).await;
        let mut admin = Admin::enter(cx, &self.connector, forgotten, open).await?;
        let restored = async {
            admin.lock_to_write(cx.secret_id().as_str()).await?;
            D::restore(cx, &self.connector, &mut admin, forgotten).await
        }
        .await;
        admin.close().await;
        restored
    }

    async fn close(&self, session: Session<D>) {
        if let Some(admin) = session.admin {
            admin.close().await;
        }
        session.own.close().await;
    }
}
