//! Logins at all hosts of a secret, over the bastion where there is one.

use std::sync::Arc;
use std::time::Duration;

use rotation::{Context, HookError, Rejection, Verdict};
use tokio::time::Instant;

use crate::SshKeys;
use crate::bastion::Bastion;
use crate::connection::{self, Connection, Member, Way};
use crate::error::{HostError, told};
use crate::fleet;
use crate::login::{Gate, Jump, SshLogin};

/// So much of a hook's time is left for what comes after a host that does not answer: its name in an error, and a farewell to
/// the others.
const REST: Duration = Duration::from_millis(800);

/// Logins at all hosts where the key is rotated.
pub struct Session {
    members: Vec<Connection>,
    pub(crate) bastion: Option<Bastion>,
    /// Of this step: two hosts may share one home, and then find each other's lock there.
    step: Arc<str>,
}

impl Session {
    fn begin() -> Result<Self, HookError> {
        let random = getrandom::u64();
        let random = random.map_err(|_| {
            HookError::failed("the operating system of this function gives no random bytes")
        })?;
        Ok(Self {
            members: Vec::new(),
            bastion: None,
            step: format!("{random:016x}").into(),
        })
    }

    /// The names of all hosts.
    pub(crate) fn hosts(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|held| held.member.name.as_str())
    }

    /// The same at every host. One that has not answered `until` then is an error.
    pub(crate) async fn each<'a, F>(
        &'a self,
        until: Instant,
        call: impl Fn(&'a Connection) -> F,
    ) -> Result<(), HookError>
    where
        F: Future<Output = Result<(), HostError>>,
    {
        let calls = self
            .members
            .iter()
            .map(|held| (held.member.name.as_str(), call(held)));
        fleet::each(calls, until).await.map(drop)
    }

    /// Says goodbye to all.
    pub(crate) async fn close(self) {
        let parting = self.members.into_iter().map(Connection::close);
        futures_util::future::join_all(parting).await;
        if let Some(bastion) = self.bastion {
            connection::close(&bastion.handle).await;
        }
    }
}

impl SshKeys {
    /// Logins at all of the secret's hosts, or which of them refuse the key.
    pub(crate) async fn enter(
        &self,
        cx: &Context,
        login: &SshLogin,
    ) -> Result<Verdict<Session>, HookError> {
        let (mut session, until) = (Session::begin()?, end(cx));
        if let Some(jump) = login.jump() {
            let gate = jump.gate(cx, login)?;
            let entering = self.enter_bastion(gate, jump, &mut session, until);
            if let Verdict::Reject(why) = entering.await? {
                return Ok(Verdict::Reject(why));
            }
        }
        let identity = login.identity()?;
        let entered = |held: &Connection, host| {
            held.member.host.is(host) && held.member.identity.user() == identity.user()
        };
        let others = login.hosts().iter();
        let others = others.filter(|host| !session.members.iter().any(|held| entered(held, host)));
        let others: Vec<Member> = others.map(|host| Member::new(host, &identity)).collect();
        let (mut members, mut refusals) = (Vec::new(), Vec::new());
        let verdicts = {
            let way = self.way(&session);
            let open = |member| Connection::open(&way, member, &session.step);
            let calls = others
                .iter()
                .map(|member| (member.name.as_str(), open(member)));
            fleet::each(calls, until).await?
        };
        for (member, verdict) in others.iter().zip(verdicts) {
            match verdict {
                Verdict::Accept(connection) => members.push(connection),
                Verdict::Reject(why) => refusals.push((member.name.clone(), why)),
            }
        }
        session.members.extend(members);
        if refusals.is_empty() {
            return Ok(Verdict::Accept(session));
        }
        let total = session.members.len() + refusals.len();
        session.close().await;
        Ok(Verdict::Reject(refusal(&refusals, total)))
    }

    /// After `Accept`, the session has the bastion; as one of its hosts too, if the key is rotated there.
    async fn enter_bastion(
        &self,
        gate: Gate,
        jump: &Jump,
        session: &mut Session,
        until: Instant,
    ) -> Result<Verdict<()>, HookError> {
        let member = Member {
            name: format!("the bastion {}", gate.host),
            host: gate.host,
            identity: gate.identity,
        };
        let way = self.way(session);
        let entering = connection::log_in(&way, &member.host, &member.identity);
        let handle = match fleet::one(&member.name, entering, until).await? {
            Verdict::Accept(handle) => Arc::new(handle),
            Verdict::Reject(why) if gate.rotated => {
                return Ok(Verdict::Reject(refusal(&[(member.name, why)], 1)));
            }
            Verdict::Reject(why) => {
                let text = format!("{}: {}", member.name, why.reason());
                return Err(HookError::refused(text));
            }
        };
        let own = (!gate.rotated).then(|| member.identity.key().public_key().clone());
        let bastion = Bastion::new(&member.host, jump, Arc::clone(&handle), own);
        if gate.rotated {
            let opening = Connection::over(handle, &way, &member, &session.step);
            let opened = fleet::one(&member.name, opening, until).await?;
            session.members.push(opened);
        }
        session.bastion = Some(bastion);
        Ok(Verdict::Accept(()))
    }

    /// How the hosts of a session are reached.
    pub(crate) fn way<'a>(&'a self, session: &'a Session) -> Way<'a> {
        Way {
            network: &self.network,
            bastion: session.bastion.as_ref(),
            shell: self.without_sftp,
        }
    }
}

fn refusal(refusals: &[(String, Rejection)], total: usize) -> Rejection {
    let each = refusals
        .iter()
        .map(|(host, why)| (host.as_str(), why.reason()));
    let text = told(each, total);
    Rejection::new(format!(
        "{text}. A host that is new in the list needs the line of public_key in its authorized_keys first"
    ))
}

/// When hosts that did not answer are given up, in a hook that begins now.
pub(crate) fn end(cx: &Context) -> Instant {
    Instant::now() + cx.time_left().saturating_sub(REST)
}
