//! A login at one host, over a bastion where the secret names one.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use rotation::network::Network;
use rotation::secret::printable;
use rotation::{Rejection, Verdict};
use russh::Disconnect;
use russh::client;
use russh::kex::EXTENSION_SUPPORT_AS_CLIENT;
use russh::keys::{Algorithm, PrivateKeyWithHashAlg};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::channel;
use crate::files::{Files, Sftp, Shell};
use crate::host::Host;
use crate::identity::{Handle, Identity};
use crate::login::Jump;
use crate::problem::Problem;
use crate::progress::{Phase, Progress};

/// For the connection, the key exchange and the login.
const LOGIN: Duration = Duration::from_secs(10);
/// For one answer over SFTP.
const ANSWER: u64 = 10;
/// For a host to let go.
const CLOSE: Duration = Duration::from_millis(400);

/// How hosts are reached, and what is used there.
pub(crate) struct Way<'a> {
    pub(crate) network: &'a Network,
    pub(crate) bastion: Option<(&'a Jump, &'a Handle)>,
    /// A shell in place of SFTP.
    pub(crate) shell: bool,
}

/// A login that the host took, with a way to its files.
pub(crate) struct Connection {
    pub(crate) host: Host,
    pub(crate) files: Files,
    handle: Arc<Handle>,
}

impl Connection {
    /// After `Ok(Accept)`, the host proved its key, took ours, and opened what its files are changed by.
    pub(crate) async fn open(
        way: &Way<'_>,
        host: &Host,
        identity: &Identity,
    ) -> Result<Verdict<Self>, Problem> {
        let handle = match log_in(way, host, identity).await? {
            Verdict::Accept(handle) => Arc::new(handle),
            Verdict::Reject(rejection) => return Ok(Verdict::Reject(rejection)),
        };
        let files = if way.shell {
            Files::Shell(Shell::new(Arc::clone(&handle)))
        } else {
            Files::Sftp(Sftp::begin(channel::sftp(&handle).await?, ANSWER).await?)
        };
        Ok(Verdict::Accept(Self {
            host: host.clone(),
            files,
            handle,
        }))
    }

    pub(crate) async fn close(self) {
        close(&self.handle).await;
    }
}

/// Lets go of a session.
pub(crate) async fn close(handle: &Handle) {
    let parting = handle.disconnect(Disconnect::ByApplication, "", "");
    let _ = tokio::time::timeout(CLOSE, parting).await;
}

/// A session, or the host's refusal of the key.
pub(crate) async fn log_in(
    way: &Way<'_>,
    host: &Host,
    identity: &Identity,
) -> Result<Verdict<Handle>, Problem> {
    let progress = Progress::default();
    let begun = tokio::time::timeout(LOGIN, begin(way, host, identity, &progress));
    let late = |_| Problem::Passing("no login within ten seconds".into()).during(progress.phase());
    begun.await.map_err(late)?
}

/// A host shows one key at a time: of a fingerprint nobody knows the type, so all that could be are asked for.
async fn begin(
    way: &Way<'_>,
    host: &Host,
    identity: &Identity,
    progress: &Progress,
) -> Result<Verdict<Handle>, Problem> {
    let mut refused = Vec::new();
    loop {
        let asked = identity.trusted().algorithms(host, &refused);
        progress.reach(Phase::Connection);
        match greet(way, host, identity, asked, progress).await {
            Err(Problem::HostKey(kind, why)) => {
                refused.push(kind);
                if identity.trusted().algorithms(host, &refused).is_empty() {
                    return Err(Problem::Lasting(why));
                }
            }
            greeted => {
                let handle = greeted?;
                progress.reach(Phase::Login);
                return authenticate(handle, identity, progress).await;
            }
        }
    }
}

async fn greet(
    way: &Way<'_>,
    host: &Host,
    identity: &Identity,
    asked: Vec<Algorithm>,
    progress: &Progress,
) -> Result<Handle, Problem> {
    match way.bastion {
        Some((bastion, session)) if bastion.leads_to(host) => {
            let (name, port) = (host.name.as_str(), host.port.into());
            let opened = session.channel_open_direct_tcpip(name, port, "127.0.0.1", 0);
            let channel = opened.await.map_err(|error| {
                Problem::Passing(format!("the bastion does not reach it: {error}"))
            })?;
            exchange(channel.into_stream(), host, identity, asked, progress).await
        }
        _ => {
            let stream = way.network.open(&host.name, host.port).await?;
            exchange(stream, host, identity, asked, progress).await
        }
    }
}

/// Banners and key exchange: the host proves who it is.
async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    host: &Host,
    identity: &Identity,
    asked: Vec<Algorithm>,
    progress: &Progress,
) -> Result<Handle, Problem> {
    let mut config = client::Config::default();
    config.preferred.key = Cow::Owned(asked);
    if !identity.key().algorithm().is_rsa() {
        // Only who signs by RSA must hear of a host's hashes. OpenSSH lets nobody in before that is acknowledged: 40 ms.
        config
            .preferred
            .kex
            .to_mut()
            .retain(|name| *name != EXTENSION_SUPPORT_AS_CLIENT);
    }
    client::connect_stream(
        Arc::new(config),
        progress.watch(stream),
        identity.trust(host, progress),
    )
    .await
    .map_err(|problem| problem.during(progress.phase()))
}

async fn authenticate(
    mut handle: Handle,
    identity: &Identity,
    progress: &Progress,
) -> Result<Verdict<Handle>, Problem> {
    let failed = |error: russh::Error| Problem::from(error).during("the login");
    let hash = if identity.key().algorithm().is_rsa() {
        handle
            .best_supported_rsa_hash()
            .await
            .map_err(failed)?
            .flatten()
    } else {
        None
    };
    let key = PrivateKeyWithHashAlg::new(Arc::clone(identity.key()), hash);
    let answer = handle.authenticate_publickey(identity.user(), key).await;
    if answer.map_err(failed)?.success() {
        return Ok(Verdict::Accept(handle));
    }
    if handle.is_closed() {
        hung_up(handle, progress).await?;
    } else {
        close(&handle).await;
    }
    Ok(Verdict::Reject(Rejection::new(format!(
        "it does not accept this public key for user {}",
        identity.user()
    ))))
}

/// Of a host that was gone before it answered: after `Ok`, it had refused the key all the same. One that allows a single try
/// says so as it hangs up; of any other nobody knows.
async fn hung_up(handle: Handle, progress: &Progress) -> Result<(), Problem> {
    // What it said is known when the session has ended.
    let _ = handle.await;
    let said = printable(progress.farewell(), 200);
    if said.contains("Too many authentication failures") {
        return Ok(());
    }
    let words = format!("it hung up without an answer: {said}");
    let problem = Problem::Passing(words.trim_end_matches(": ").to_owned());
    Err(problem.during(progress.phase()))
}
