//! The administrator's secret, which `masterarn` names.

use serde::Deserialize;

use crate::context::Context;
use crate::error::HookError;
use crate::rotator::{Payload, Verdict};
use crate::secret::Secret;

use super::field;
use super::login::{Engine, Login};

/// The administrator's secret: as AWS's standard database secret, of the same server.
#[derive(Deserialize)]
pub struct Admin {
    #[serde(deserialize_with = "field::name")]
    username: String,
    password: Secret,
    #[serde(default)]
    engine: Option<String>,
    #[serde(default)]
    host: Option<String>,
    #[serde(default, deserialize_with = "field::port")]
    port: Option<u16>,
    #[serde(default)]
    masterarn: Option<String>,
}

impl Admin {
    /// The administrator's session at the place of `child`, by the secret that the engine has read.
    ///
    /// # Errors
    /// If that secret is none for `child`, or the server refuses it.
    pub async fn enter<E: Engine, C, F>(
        cx: &Context,
        child: &Login<E>,
        open: impl FnOnce(Login<E>) -> F,
    ) -> Result<C, HookError>
    where
        F: Future<Output = Result<Verdict<C>, HookError>>,
    {
        let login = cx.admin::<Self>()?.login_for(child)?;
        match open(login).await? {
            Verdict::Accept(session) => Ok(session),
            Verdict::Reject(rejection) => Err(HookError::refused(format!(
                "unable to log in with the admin secret {}: {}",
                child.admin_secret().unwrap_or_default(),
                rejection.reason()
            ))),
        }
    }

    /// The administrator's login at the place of `child`, to its database.
    ///
    /// # Errors
    /// If it is another server's, another engine's, has an administrator of its own, or is the very user to rotate.
    fn login_for<E: Engine>(&self, child: &Login<E>) -> Result<Login<E>, HookError> {
        let refuse = |text: String| Err(HookError::refused(text));
        let (Some(engine), Some(host)) = (&self.engine, &self.host) else {
            return refuse(
                "the admin secret has no engine or host: a secret that RDS manages has none; store one with engine, host, port, username and password, and name that in masterarn".into(),
            );
        };
        if !E::NAMES.contains(&engine.as_str()) {
            return refuse(format!(
                "the admin secret's engine must be {}",
                E::NAMES.join(" or ")
            ));
        }
        let port = self.port.unwrap_or(E::PORT);
        let server = format!("{}:{port}", host.to_ascii_lowercase());
        if server != child.target() {
            return refuse(format!(
                "the admin secret is for another server: {server}, the secret for {}",
                child.target()
            ));
        }
        if self.masterarn.is_some() {
            return refuse("the admin secret has a masterarn of its own: name the administrator's secret itself".into());
        }
        if self.username == child.username {
            return refuse(format!(
                "refusing to rotate the master user {} with the alternating strategy: use a secret without masterarn",
                self.username
            ));
        }
        Ok(child.with_user(&self.username, self.password.clone()))
    }
}
