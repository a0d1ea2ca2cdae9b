//! The logins that a step holds, and the way to more.

use std::sync::Arc;

use crate::context::Context;
use crate::error::HookError;
use crate::rotator::{Payload, Verdict};

use super::admin::Admin;
use super::connect::Connector;
use super::driver::{Connection, Driver};
use super::login::Login;

/// The user's own login, and the administrator's beside it where one is needed.
pub struct Session<D: Driver> {
    /// The user's.
    pub own: D::Connection,
    /// The administrator's. Once the session is locked, and in `rehearse`, it is there if the secret names one and the strategy is
    /// another than `single-user`. With `single-user`, [`enter_as_admin`](Self::enter_as_admin) opens it.
    pub admin: Option<D::Connection>,
    pub(super) connector: Arc<Connector>,
}

impl<D: Driver> Session<D> {
    /// The administrator's login.
    ///
    /// # Errors
    /// If the secret names no administrator.
    pub fn admin(&mut self) -> Result<&mut D::Connection, HookError> {
        self.admin.as_mut().ok_or_else(no_admin)
    }

    /// The administrator's login, or `None` if the secret names no administrator. The first call opens the login. It is for work that
    /// the server does not let the user do. Once the session is locked, and in `rehearse`, the engine has read the administrator's
    /// secret.
    ///
    /// # Errors
    /// If that secret does not fit `login`, or if the server refuses it.
    pub async fn enter_as_admin(
        &mut self,
        cx: &Context,
        login: &Login<D>,
    ) -> Result<Option<&mut D::Connection>, HookError> {
        if self.admin.is_none() && login.admin_secret().is_some() {
            let connector = &self.connector;
            let open = async |login| connector.enter(cx, &login).await;
            self.admin = Some(Admin::enter(cx, connector, login, open).await?);
        }
        Ok(self.admin.as_mut())
    }

    /// The login that makes the change and holds the lock: the administrator's, if there is one.
    pub fn writer(&mut self) -> &mut D::Connection {
        self.admin.as_mut().unwrap_or(&mut self.own)
    }

    /// Opens further connections.
    pub fn connector(&self) -> &Arc<Connector> {
        &self.connector
    }

    /// Asks the server by a new connection, and returns true if the server accepts this login now.
    ///
    /// # Errors
    /// If there is no answer.
    pub async fn accepts(&self, cx: &Context, login: &Login<D>) -> Result<bool, HookError> {
        match self.connector.enter(cx, login).await? {
            Verdict::Accept(connection) => {
                connection.close().await;
                Ok(true)
            }
            Verdict::Reject(_) => Ok(false),
        }
    }
}

impl Connector {
    /// Says whether the server accepts `login`: the server itself, if the secret names an RDS Proxy before it.
    pub(super) async fn enter<D: Driver>(
        &self,
        cx: &Context,
        login: &Login<D>,
    ) -> Result<Verdict<D::Connection>, HookError> {
        let login = self.direct(login).await?;
        D::open(self, &login, cx.time_left()).await
    }
}

/// The refusal of a secret that names no administrator. Without one, there is no second user.
pub(super) fn no_admin() -> HookError {
    HookError::refused(
        "the key masterarn is missing from the secret: alternating users need the administrator's secret",
    )
}
