//! The administrator's secret, which `masterarn` names.

use serde::Deserialize;

use crate::context::Context;
use crate::error::HookError;
use crate::field;
use crate::rotator::{Payload, Verdict};
use crate::secret::Secret;

use super::connect::Connector;
use super::login::{Database, Login};
use super::rds::of_rds;

/// The administrator's secret. It has the form of AWS's standard database secret, and is for the same server. If RDS made it,
/// it has no host. Its own `ssl` and `servername` say how the administrator logs in, whatever the user's secret says.
#[derive(Deserialize)]
pub(super) struct Admin {
    #[serde(deserialize_with = "field::name")]
    username: String,
    password: Secret,
    #[serde(default)]
    engine: Option<String>,
    #[serde(default)]
    host: Option<String>,
    #[serde(default, deserialize_with = "field::port")]
    port: Option<u16>,
    #[serde(default = "field::yes", deserialize_with = "field::ssl")]
    ssl: bool,
    #[serde(default, deserialize_with = "field::some_name")]
    servername: Option<String>,
    #[serde(default, deserialize_with = "field::some_name")]
    masterarn: Option<String>,
}

impl Admin {
    /// Opens the administrator's session with the secret that the engine has read. The session is at the server of `child`, or
    /// at the writer that RDS shows behind it.
    ///
    /// # Errors
    /// If that secret does not fit `child`, or if the server refuses it.
    pub(super) async fn enter<E: Database, C, F>(
        cx: &Context,
        connector: &Connector,
        child: &Login<E>,
        open: impl FnOnce(Login<E>) -> F,
    ) -> Result<C, HookError>
    where
        F: Future<Output = Result<Verdict<C>, HookError>>,
    {
        let admin = cx.admin::<Self>()?;
        admin.fits(child)?;
        let place = match &admin.host {
            Some(host) => admin.place(connector, child, host).await?,
            None => managed(connector, child).await?,
        };
        let login = place.with_user(&admin.username, admin.password.clone());
        let verdict = open(login.over(admin.ssl)).await;
        match verdict.map_err(|error| error.within("the login in the administrator's secret"))? {
            Verdict::Accept(session) => Ok(session),
            Verdict::Reject(rejection) => Err(HookError::refused(format!(
                "unable to log in with the admin secret {}: {}",
                child.admin_secret().unwrap_or_default(),
                rejection.reason()
            ))),
        }
    }

    /// Refuses an administrator of another engine, an administrator whose secret names another administrator, and the user who
    /// is to be rotated.
    fn fits<E: Database>(&self, child: &Login<E>) -> Result<(), HookError> {
        let names = || E::NAMES.join(" or ");
        let text = match &self.engine {
            Some(engine) if !E::NAMES.contains(&engine.as_str()) => {
                format!("the admin secret's engine must be {}", names())
            }
            None if self.host.is_some() => {
                format!("the key engine is missing from the admin secret: it must be {}", names())
            }
            _ if self.masterarn.is_some() => {
                "the admin secret has a masterarn of its own: name the administrator's secret itself".into()
            }
            _ if self.username == child.username => format!(
                "masterarn names a secret of the same user {}: name the secret of an administrator",
                self.username
            ),
            _ => return Ok(()),
        };
        Err(HookError::refused(text))
    }

    /// `child`'s own server, if the administrator's secret names it too. Otherwise, it is the writer that RDS shows behind both
    /// servers.
    async fn place<E: Database>(
        &self,
        connector: &Connector,
        child: &Login<E>,
        host: &str,
    ) -> Result<Login<E>, HookError> {
        let host = host.to_ascii_lowercase();
        let server = format!("{host}:{}", self.port.unwrap_or(E::PORT));
        if server == child.target() {
            return Ok(child.at(&child.host, child.port(), self.servername.as_deref()));
        }
        let behind = connector.writer(&child.host).await?;
        if let Some(writer) = &behind
            && (writer.host == host || connector.writer(&host).await? == behind)
        {
            return Ok(child.at(&writer.host, writer.port, None));
        }
        let rds = match of_rds(&child.host) {
            true => ", and RDS shows no database behind both",
            false => "",
        };
        Err(HookError::refused(format!(
            "the admin secret is for another server: {server}, the secret for {}{rds}",
            child.target()
        )))
    }
}

/// The writer of `child`'s database, for a secret that RDS made for its master user. Such a secret has no host.
async fn managed<E: Database>(
    connector: &Connector,
    child: &Login<E>,
) -> Result<Login<E>, HookError> {
    let writer = connector.writer(&child.host).await?;
    let managed = writer
        .as_ref()
        .and_then(|writer| writer.master_secret.as_deref());
    match &writer {
        Some(writer) if managed.is_some() && managed == child.admin_secret() => {
            Ok(child.at(&writer.host, writer.port, None))
        }
        _ if of_rds(&child.host) => Err(HookError::refused(format!(
            "the key host is missing from the admin secret, and RDS did not make it for the master user of {}: name the secret that it made, or one with engine, host, username and password",
            child.host
        ))),
        _ => Err(HookError::refused(
            "the key host is missing from the admin secret: it needs engine, host, username and password",
        )),
    }
}
