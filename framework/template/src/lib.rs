#![doc = include_str!("../README.md")]

mod secret;
pub mod server;

use rotation::config::Config;
use rotation::settings::Shared;
use rotation::{Context, GenerateContext, HookError, Rejection, Rotator, Succession, Verdict};

use secret::Login;
use server::{Connection, Server, Trouble};

/// Rotates the password of one user.
pub struct Sample {
    server: Server,
}

impl Sample {
    /// By the function's settings.
    ///
    /// # Errors
    /// In words, if a setting does not fit. As it comes, it has none of its own.
    pub fn build(_config: &Config) -> Result<Self, String> {
        Ok(Self::at(Server::default()))
    }

    /// For this server. A client library that reaches any host needs none.
    pub fn at(server: Server) -> Self {
        Self { server }
    }
}

impl Rotator for Sample {
    type Payload = Login;
    type Session = Connection;
    const NAME: &'static str = "sample";
    const EXCLUDE_CHARACTERS: &'static str = "/@\"'\\";
    const SHARED_SETTINGS: &'static [Shared] = &[Shared::Passwords];

    fn succession(&self, _: &Login) -> Succession {
        Succession::Replace
    }

    async fn generate(&self, cx: &GenerateContext, current: &Login) -> Result<Login, HookError> {
        Ok(current.with_password(cx.password()?))
    }

    async fn test(
        &self,
        _: &Context,
        login: &Login,
        _: Option<&Login>,
    ) -> Result<Verdict<Connection>, HookError> {
        match self.server.log_in(login).await {
            Ok(connection) => Ok(Verdict::Accept(connection)),
            Err(Trouble::WrongPassword) => Ok(Verdict::Reject(Rejection::new(format!(
                "the server refuses the password of user {}",
                login.username
            )))),
            Err(trouble) => Err(trouble.into()),
        }
    }

    async fn lock(
        &self,
        cx: &Context,
        connection: &mut Connection,
        _: &Login,
    ) -> Result<(), HookError> {
        if connection.lock(cx.secret_id().as_str()).await {
            Ok(())
        } else {
            Err(HookError::busy())
        }
    }

    async fn set(
        &self,
        _: &Context,
        connection: &mut Connection,
        _: &Login,
        pending: &Login,
    ) -> Result<(), HookError> {
        Ok(connection.set_password(pending.password.expose()).await?)
    }

    async fn rehearse(
        &self,
        cx: &Context,
        connection: &mut Connection,
        _: &Login,
    ) -> Result<(), HookError> {
        cx.tell(|| "set the new password".to_owned());
        Ok(connection.may_set_password().await?)
    }

    async fn close(&self, connection: Connection) {
        connection.close().await;
    }
}
