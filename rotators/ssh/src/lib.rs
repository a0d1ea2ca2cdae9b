#![doc = include_str!("../README.md")]

mod authorization;
mod authorized_keys;
mod channel;
mod connection;
mod files;
mod fleet;
mod host_key;
mod hosts;
mod jump;
mod key;
mod login;
mod problem;
#[cfg(test)]
mod samples;
mod trust;

use rotation::config::Config;
use rotation::network::Network;
use rotation::{Context, HookError, Rejection, Rotator, Succession, Verdict};

use channel::Handle;
use connection::{Connection, Way};
use hosts::Host;
use jump::Bastion;
use key::{KeyPair, KeyType};
use login::{Access, SshLogin};
use problem::Problem;

const KEY_TYPE: &str = "SSH_KEY_TYPE";
const WITHOUT_SFTP: &str = "SSH_WITHOUT_SFTP";

/// Rotates the key of one login at a fleet of hosts.
pub struct SshKeys {
    network: Network,
    without_sftp: bool,
}

/// Logins at all hosts, over the bastion where there is one.
pub struct Session {
    hosts: Vec<Connection>,
    bastion: Option<Handle>,
}

impl Session {
    /// The same at every host.
    async fn each<'a, F>(&'a self, call: impl Fn(&'a Connection) -> F) -> Result<(), HookError>
    where
        F: Future<Output = Result<(), Problem>>,
    {
        let calls = self.hosts.iter().map(|held| (&held.host, call(held)));
        fleet::each(calls).await.map(drop)
    }
}

impl SshKeys {
    /// By the function's settings.
    ///
    /// # Errors
    /// In words, if SSH_KEY_TYPE or SSH_WITHOUT_SFTP does not fit.
    pub fn build(config: &Config) -> Result<Self, String> {
        key_type(config.settings.get(KEY_TYPE))?;
        let without_sftp = match config.settings.get(WITHOUT_SFTP) {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => return Err(format!("{WITHOUT_SFTP} must be true or false")),
        };
        Ok(Self {
            network: Network::new(&config.allowed_hosts),
            without_sftp,
        })
    }

    /// Logins at these of the secret's hosts, or which of them refuse the key.
    async fn enter(&self, access: &Access, hosts: &[Host]) -> Result<Verdict<Session>, HookError> {
        let bastion = self.enter_bastion(access).await?;
        let way = self.way(access, bastion.as_ref());
        let open = |host| Connection::open(&way, host, &access.identity);
        let entered = fleet::each(hosts.iter().map(|host| (host, open(host)))).await;
        let (mut connections, mut refusals) = (Vec::new(), Vec::new());
        for (host, verdict) in hosts.iter().zip(entered?) {
            match verdict {
                Verdict::Accept(connection) => connections.push(connection),
                Verdict::Reject(why) => refusals.push(format!("{host}: {}", why.reason())),
            }
        }
        let session = Session {
            hosts: connections,
            bastion,
        };
        if refusals.is_empty() {
            return Ok(Verdict::Accept(session));
        }
        self.close(session).await;
        refusals.push("a host that is new in the list needs the line of public_key in its authorized_keys first".into());
        Ok(Verdict::Reject(Rejection::new(refusals.join("; "))))
    }

    async fn enter_bastion(&self, access: &Access) -> Result<Option<Handle>, HookError> {
        let Some(Bastion { host, identity, .. }) = &access.bastion else {
            return Ok(None);
        };
        let named = |problem| Problem::of_all(&[(format!("the bastion {host}"), problem)]);
        match connection::log_in(&self.way(access, None), host, identity)
            .await
            .map_err(named)?
        {
            Verdict::Accept(handle) => Ok(Some(handle)),
            Verdict::Reject(why) => Err(HookError::refused(format!(
                "the bastion {host}: {}",
                why.reason()
            ))),
        }
    }

    fn way<'a>(&'a self, access: &'a Access, session: Option<&'a Handle>) -> Way<'a> {
        Way {
            network: &self.network,
            bastion: access.bastion.as_ref().zip(session),
            shell: self.without_sftp,
        }
    }
}

impl Rotator for SshKeys {
    type Payload = SshLogin;
    type Session = Session;
    const NAME: &'static str = "ssh";
    const SETTINGS: &'static [(&'static str, &'static str)] = &[
        (
            KEY_TYPE,
            "ed25519, ecdsa-p256, ecdsa-p384, rsa-3072 or rsa-4096 [default: as now]",
        ),
        (WITHOUT_SFTP, "true: by a shell, at hosts without SFTP"),
    ];

    fn succession(&self, _: &SshLogin) -> Succession {
        Succession::Coexist
    }

    async fn generate(&self, cx: &Context, current: &SshLogin) -> Result<SshLogin, HookError> {
        let access = current.access()?;
        let kind = key_type(cx.setting(KEY_TYPE)).map_err(HookError::refused)?;
        let comment = format!("rotation:{}", cx.version_id());
        let made = KeyPair::generate(kind.unwrap_or(access.key.kind()), &comment);
        let new = made.and_then(|key| current.with_key(&key));
        new.map_err(HookError::failed)
    }

    async fn test(
        &self,
        _: &Context,
        login: &SshLogin,
        _: Option<&SshLogin>,
    ) -> Result<Verdict<Session>, HookError> {
        let access = login.access()?;
        self.enter(&access, &access.hosts).await
    }

    async fn set(
        &self,
        _: &Context,
        session: &mut Session,
        current: &SshLogin,
        pending: &SshLogin,
    ) -> Result<(), HookError> {
        let (current, pending) = (current.access()?, pending.access()?);
        pending.same_way(&current)?;
        let add = |held| authorization::add(held, &current, &pending.key);
        session.each(add).await
    }

    async fn retire(
        &self,
        _: &Context,
        session: &mut Session,
        keep: &SshLogin,
        retired: &SshLogin,
    ) -> Result<(), HookError> {
        let (keep, retired) = (keep.access()?, retired.access()?);
        if retired.key.public().key_data() == keep.key.public().key_data() {
            return Ok(());
        }
        let remove = |held| authorization::remove(held, &keep.path, &retired.key);
        session.each(remove).await?;
        let way = self.way(&keep, session.bastion.as_ref());
        session
            .each(|held| authorization::prove_dead(held, &way, &retired))
            .await
    }

    async fn check(
        &self,
        _: &Context,
        session: &mut Session,
        current: &SshLogin,
    ) -> Result<(), HookError> {
        let access = current.access()?;
        session
            .each(|held| authorization::check(held, &access))
            .await
    }

    async fn close(&self, session: Session) {
        let parting = session.hosts.into_iter().map(Connection::close);
        futures_util::future::join_all(parting).await;
        if let Some(bastion) = session.bastion {
            connection::close(&bastion).await;
        }
    }
}

fn key_type(word: Option<&str>) -> Result<Option<KeyType>, String> {
    let parsed = word.map(KeyType::parse).transpose();
    parsed.map_err(|rule| format!("{KEY_TYPE} {rule}"))
}
