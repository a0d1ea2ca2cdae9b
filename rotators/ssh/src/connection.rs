//! A login at one host, over a bastion where the secret names one.

use std::sync::Arc;
use std::time::Duration;

use rotation::network::Network;
use rotation::secret::printable;
use rotation::{Rejection, Verdict};
use russh::client::{self, AuthResult};
use russh::keys::{Algorithm, PrivateKeyWithHashAlg};
use russh::{Disconnect, MethodKind};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::bastion::Bastion;
use crate::channel;
use crate::error::HostError;
use crate::files::{Files, Sftp, Shell};
use crate::host::Host;
use crate::identity::{Handle, Identity};
use crate::kex;
use crate::progress::{Phase, Progress};

/// For the connection, the key exchange and the login.
const LOGIN: Duration = Duration::from_secs(10);
/// For a host to let go.
const CLOSE: Duration = Duration::from_millis(400);

/// How hosts are reached, and what is used there.
pub(crate) struct Way<'a> {
    pub(crate) network: &'a Network,
    pub(crate) bastion: Option<&'a Bastion>,
    /// A shell in place of SFTP.
    pub(crate) shell: bool,
}

/// A host where the key is rotated, and who logs in there.
#[derive(Clone)]
pub(crate) struct Member {
    pub(crate) host: Host,
    /// What errors call it.
    pub(crate) name: String,
    pub(crate) identity: Identity,
}

impl Member {
    pub(crate) fn new(host: &Host, identity: &Identity) -> Self {
        Self {
            host: host.clone(),
            name: host.to_string(),
            identity: identity.clone(),
        }
    }
}

/// A login that the host took, with a way to its files.
pub(crate) struct Connection {
    pub(crate) member: Member,
    pub(crate) files: Files,
    /// Which step it belongs to.
    pub(crate) step: Arc<str>,
    handle: Arc<Handle>,
}

impl Connection {
    /// After `Ok(Accept)`, the host proved its key, took ours, and opened what its files are changed by.
    pub(crate) async fn open(
        way: &Way<'_>,
        member: &Member,
        step: &Arc<str>,
    ) -> Result<Verdict<Self>, HostError> {
        Ok(match log_in(way, &member.host, &member.identity).await? {
            Verdict::Accept(handle) => {
                let opened = Self::over(Arc::new(handle), way, member, step);
                Verdict::Accept(opened.await?)
            }
            Verdict::Reject(rejection) => Verdict::Reject(rejection),
        })
    }

    /// The same, where the login is there already.
    pub(crate) async fn over(
        handle: Arc<Handle>,
        way: &Way<'_>,
        member: &Member,
        step: &Arc<str>,
    ) -> Result<Self, HostError> {
        let files = if way.shell {
            Files::Shell(Shell::new(Arc::clone(&handle)))
        } else {
            let begun = async { Sftp::begin(channel::sftp(&handle).await?).await };
            Files::Sftp(channel::answered("opening SFTP", begun).await?)
        };
        Ok(Self {
            member: member.clone(),
            files,
            step: Arc::clone(step),
            handle,
        })
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
) -> Result<Verdict<Handle>, HostError> {
    let progress = Progress::default();
    let begun = tokio::time::timeout(LOGIN, begin(way, host, identity, &progress));
    let late =
        |_| HostError::Passing("no login within ten seconds".into()).during(progress.phase());
    begun.await.map_err(late)?
}

/// A host shows one key at a time: of a fingerprint nobody knows the type, so all that could be are asked for.
async fn begin(
    way: &Way<'_>,
    host: &Host,
    identity: &Identity,
    progress: &Progress,
) -> Result<Verdict<Handle>, HostError> {
    let mut refused = Vec::new();
    loop {
        let asked = identity.trusted().algorithms(host, &refused);
        progress.reach(Phase::Connection);
        match greet(way, host, identity, asked, progress).await {
            Err(HostError::HostKey(kind, why)) => {
                refused.push(kind);
                if identity.trusted().algorithms(host, &refused).is_empty() {
                    return Err(HostError::Lasting(why));
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
) -> Result<Handle, HostError> {
    match way.bastion {
        Some(bastion) if bastion.leads_to(host) => {
            way.network.names(&host.name)?;
            let (name, port) = (host.name.as_str(), host.port.into());
            let opened = bastion
                .handle
                .channel_open_direct_tcpip(name, port, "127.0.0.1", 0);
            let channel = opened.await.map_err(|error| {
                HostError::Passing(format!("the bastion does not reach it: {error}"))
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
) -> Result<Handle, HostError> {
    let config = kex::config(asked, identity.key().algorithm());
    client::connect_stream(
        Arc::new(config?),
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
) -> Result<Verdict<Handle>, HostError> {
    let failed = |error: russh::Error| HostError::from(error).during("the login");
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
    match answer.map_err(failed)? {
        AuthResult::Success => return Ok(Verdict::Accept(handle)),
        AuthResult::Failure {
            remaining_methods,
            partial_success: true,
        } => {
            close(&handle).await;
            return Err(wants_more(&remaining_methods));
        }
        AuthResult::Failure { .. } => {}
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

/// By AuthenticationMethods, say. It is no refusal: the key is one that the host takes.
fn wants_more(methods: &[MethodKind]) -> HostError {
    let names: Vec<&str> = methods.iter().map(Into::into).collect();
    HostError::Lasting(format!(
        "it takes the key, and wants more after it ({}): for this login the key alone must do, by AuthenticationMethods in sshd_config",
        names.join(", ")
    ))
}

/// Of a host that was gone before it answered: after `Ok`, it had refused the key all the same. One that allows a single try
/// says so as it hangs up; of any other nobody knows.
async fn hung_up(handle: Handle, progress: &Progress) -> Result<(), HostError> {
    // What it said is known when the session has ended.
    let _ = handle.await;
    let said = printable(progress.farewell(), 200);
    if said.contains("Too many authentication failures") {
        return Ok(());
    }
    let words = format!("it hung up without an answer: {said}");
    let problem = HostError::Passing(words.trim_end_matches(": ").to_owned());
    Err(problem.during(progress.phase()))
}
