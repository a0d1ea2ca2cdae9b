// The README's links, for this page: what is defined first wins.
//! [settings]: rotation::config
//!
#![doc = include_str!("../README.md")]

mod authorization;
mod authorized_keys;
mod channel;
mod connection;
mod files;
mod fleet;
mod host;
mod host_key;
mod identity;
mod key;
mod login;
mod problem;
mod progress;

use rotation::config::Config;
use rotation::network::Network;
use rotation::settings::Setting;
use rotation::{Context, GenerateContext, HookError, Rejection, Rotator, Succession, Verdict};
use russh::keys::PublicKey;

use authorization::Line;
use connection::{Connection, Way};
use identity::Handle;
use key::KeyType;
use login::SshLogin;
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

    /// Logins at all of the secret's hosts, or which of them refuse the key.
    async fn enter(&self, login: &SshLogin) -> Result<Verdict<Session>, HookError> {
        let identity = login.identity()?;
        let bastion = self.enter_bastion(login).await?;
        let way = self.way(login, bastion.as_ref());
        let open = |host| Connection::open(&way, host, &identity);
        let entered = fleet::each(login.hosts().iter().map(|host| (host, open(host)))).await;
        let (mut hosts, mut refusals) = (Vec::new(), Vec::new());
        for (host, verdict) in login.hosts().iter().zip(entered?) {
            match verdict {
                Verdict::Accept(connection) => hosts.push(connection),
                Verdict::Reject(why) => refusals.push(format!("{host}: {}", why.reason())),
            }
        }
        let session = Session { hosts, bastion };
        if refusals.is_empty() {
            return Ok(Verdict::Accept(session));
        }
        self.close(session).await;
        refusals.push("a host that is new in the list needs the line of public_key in its authorized_keys first".into());
        Ok(Verdict::Reject(Rejection::new(refusals.join("; "))))
    }

    async fn enter_bastion(&self, login: &SshLogin) -> Result<Option<Handle>, HookError> {
        let Some(jump) = login.jump() else {
            return Ok(None);
        };
        let name = format!("the bastion {}", jump.host);
        let way = self.way(login, None);
        match connection::log_in(&way, &jump.host, &jump.identity()?).await {
            Ok(Verdict::Accept(handle)) => Ok(Some(handle)),
            Ok(Verdict::Reject(why)) => {
                Err(HookError::refused(format!("{name}: {}", why.reason())))
            }
            Err(problem) => Err(Problem::of_all(&[(name, problem)])),
        }
    }

    fn way<'a>(&'a self, login: &'a SshLogin, bastion: Option<&'a Handle>) -> Way<'a> {
        Way {
            network: &self.network,
            bastion: login.jump().zip(bastion),
            shell: self.without_sftp,
        }
    }
}

impl Rotator for SshKeys {
    type Payload = SshLogin;
    type Session = Session;
    const NAME: &'static str = "ssh";
    const SETTINGS: &'static [Setting] = &[
        Setting::by_tag(
            KEY_TYPE,
            "ed25519, ecdsa-p256, ecdsa-p384, rsa-3072 or rsa-4096 [default: as now]",
        ),
        Setting::of_function(WITHOUT_SFTP, "true: by a shell, at hosts without SFTP"),
    ];

    fn succession(&self, _: &SshLogin) -> Succession {
        Succession::Coexist
    }

    async fn generate(
        &self,
        cx: &GenerateContext,
        current: &SshLogin,
    ) -> Result<SshLogin, HookError> {
        let kind = key_type(cx.setting(KEY_TYPE)).map_err(HookError::refused)?;
        let (current, comment) = (current.clone(), format!("rotation:{}", cx.version_id()));
        // RSA takes seconds, in which the deadline and the connections must be heard.
        tokio::task::spawn_blocking(move || current.with_new_key(kind, &comment)).await?
    }

    async fn test(
        &self,
        _: &Context,
        login: &SshLogin,
        _: Option<&SshLogin>,
    ) -> Result<Verdict<Session>, HookError> {
        self.enter(login).await
    }

    /// `set` only adds a line, and each file has a lock of its own.
    async fn lock(&self, _: &Context, _: &mut Session, _: &SshLogin) -> Result<(), HookError> {
        Ok(())
    }

    async fn set(
        &self,
        _: &Context,
        session: &mut Session,
        current: &SshLogin,
        pending: &SshLogin,
    ) -> Result<(), HookError> {
        pending.same_way(current)?;
        let (present, new) = (current.key()?, pending.key()?);
        let line = line(current, present.public_key());
        session.each(|held| line.add(held, new.public_key())).await
    }

    async fn retire(
        &self,
        _: &Context,
        session: &mut Session,
        keep: &SshLogin,
        retired: &SshLogin,
    ) -> Result<(), HookError> {
        let (keeping, identity) = (keep.key()?, retired.retired_identity()?);
        let key = identity.key().public_key();
        if key.key_data() == keeping.public_key().key_data() {
            return Ok(());
        }
        let path = keep.authorized_keys_path();
        session
            .each(|held| authorization::remove(held, path, key))
            .await?;
        let way = self.way(keep, session.bastion.as_ref());
        session
            .each(|held| authorization::prove_dead(held, &way, &identity))
            .await
    }

    async fn rehearse(
        &self,
        _: &Context,
        session: &mut Session,
        current: &SshLogin,
    ) -> Result<(), HookError> {
        let present = current.key()?;
        let line = line(current, present.public_key());
        session.each(|held| line.check(held)).await
    }

    async fn close(&self, session: Session) {
        let parting = session.hosts.into_iter().map(Connection::close);
        futures_util::future::join_all(parting).await;
        if let Some(bastion) = session.bastion {
            connection::close(&bastion).await;
        }
    }
}

fn line<'a>(login: &'a SshLogin, present: &'a PublicKey) -> Line<'a> {
    Line {
        path: login.authorized_keys_path(),
        options: login.options(),
        present,
    }
}

fn key_type(name: Option<&str>) -> Result<Option<KeyType>, String> {
    let Some(name) = name else {
        return Ok(None);
    };
    KeyType::parse(name).map(Some).ok_or_else(|| {
        let names = KeyType::NAMES.map(|(name, _)| name);
        format!("{KEY_TYPE} must be one of {}", names.join(", "))
    })
}
