// The README's links, for this page: what is defined first wins.
//! [settings]: rotation::config
//!
#![doc = include_str!("../README.md")]

mod authorization;
mod authorized_keys;
mod bastion;
mod channel;
mod connection;
mod error;
mod files;
mod fleet;
#[cfg(fuzzing)]
pub mod fuzzing;
mod host;
mod host_key;
mod identity;
mod kex;
mod key;
mod login;
mod progress;
mod session;
mod settings;

use std::sync::Arc;

use rotation::config::Config;
use rotation::network::Network;
use rotation::settings::{Setting, Shared};
use rotation::{Context, GenerateContext, HookError, Rotator, Succession, TestsAsAdmin, Verdict};

use authorization::Line;
use bastion::Bastion;
use login::SshLogin;
use settings::{KEY_FORMAT, KEY_TYPE, WITHOUT_SFTP};

pub use session::Session;

/// Rotates the key of one login at a fleet of hosts.
pub struct SshKeys {
    network: Network,
    without_sftp: bool,
}

impl SshKeys {
    /// By the function's settings.
    ///
    /// # Errors
    /// In words, if one of them does not fit.
    pub fn build(config: &Config) -> Result<Self, String> {
        settings::key_type(config.settings.get(KEY_TYPE))?;
        settings::key_format(config.settings.get(KEY_FORMAT))?;
        let without_sftp = settings::without_sftp(config.settings.get(WITHOUT_SFTP))?;
        Ok(Self {
            network: Network::new(&config.allowed_hosts),
            without_sftp,
        })
    }
}

impl Rotator for SshKeys {
    type Payload = SshLogin;
    type Session = Session;
    /// It may be the only login that opens the bastion.
    const TESTS_AS_ADMIN: TestsAsAdmin = TestsAsAdmin::Always;
    const NAME: &'static str = "ssh";
    const SHARED_SETTINGS: &'static [Shared] = &[Shared::OldCredentials, Shared::Hosts];
    const SETTINGS: &'static [Setting] = settings::ALL;

    fn succession(&self, _: &SshLogin) -> Succession {
        Succession::Coexist
    }

    async fn generate(
        &self,
        cx: &GenerateContext,
        current: &SshLogin,
    ) -> Result<SshLogin, HookError> {
        let kind = settings::key_type(cx.setting(KEY_TYPE)).map_err(HookError::refused)?;
        let format = settings::key_format(cx.setting(KEY_FORMAT)).map_err(HookError::refused)?;
        let (current, mark) = (
            current.clone(),
            format!("{}{}", login::MARK, cx.version_id()),
        );
        // RSA takes seconds, in which the deadline and the connections must be heard.
        tokio::task::spawn_blocking(move || current.with_new_key(kind, format, &mark)).await?
    }

    async fn test(
        &self,
        cx: &Context,
        login: &SshLogin,
        _: Option<&SshLogin>,
    ) -> Result<Verdict<Session>, HookError> {
        self.enter(cx, login).await
    }

    /// `set` only adds a line, and each file has a lock of its own.
    async fn lock(&self, _: &Context, _: &mut Session, _: &SshLogin) -> Result<(), HookError> {
        Ok(())
    }

    async fn set(
        &self,
        cx: &Context,
        session: &mut Session,
        current: &SshLogin,
        pending: &SshLogin,
    ) -> Result<(), HookError> {
        let until = session::end(cx);
        pending.same_way(current)?;
        let (present, new) = (current.key()?, pending.key()?);
        let line = Line::new(cx, session, current, present.public_key())?;
        let add = |held| line.add(held, new.public_key());
        session.each(until, add).await
    }

    async fn retire(
        &self,
        cx: &Context,
        session: &mut Session,
        keep: &SshLogin,
        retired: &SshLogin,
    ) -> Result<(), HookError> {
        let until = session::end(cx);
        let (keeping, key) = (keep.key()?, Arc::new(retired.retired_key()?));
        let public = key.public_key();
        if public.key_data() == keeping.public_key().key_data() {
            return Ok(());
        }
        let outlives = |bastion: &Bastion| bastion.outlives(public);
        session.bastion.as_ref().map_or(Ok(()), outlives)?;
        let path = keep.authorized_keys_path();
        let remove = |held| authorization::remove(held, path, public);
        session.each(until, remove).await?;
        let way = self.way(session);
        let prove = |held| authorization::prove_dead(held, &way, keep, retired, &key);
        session.each(until, prove).await
    }

    async fn rehearse(
        &self,
        cx: &Context,
        session: &mut Session,
        current: &SshLogin,
    ) -> Result<(), HookError> {
        let until = session::end(cx);
        let present = current.key()?;
        let line = Line::new(cx, session, current, present.public_key())?;
        for host in session.hosts() {
            let path = current.authorized_keys_path();
            cx.tell(|| format!("add the line of the new key to {path} at {host}"));
        }
        session.each(until, |held| line.check(held)).await
    }

    async fn close(&self, session: Session) {
        session.close().await;
    }
}
