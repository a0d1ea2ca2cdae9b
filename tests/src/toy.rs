//! A target in memory that can do every succession: for faults and orders by the thousand.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rotation::config::Config;
use rotation::testing::world::{Harness, Subject};
use rotation::version::SecretId;
use rotation::{Context, HookError, Payload, Rejection, Rotator, Secret, Succession, Verdict};
use serde::{Deserialize, Serialize};

/// The target: its users, the passwords each of them has now, and its locks. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Toy {
    state: Arc<Mutex<State>>,
    succession: Option<Succession>,
    /// The function's settings in the [`Harness`].
    pub config: Config,
    /// `set` says that it worked, and did nothing: a verifier with a typo.
    pub deaf: bool,
}

#[derive(Debug, Default)]
struct State {
    users: HashMap<String, Vec<String>>,
    locks: HashSet<SecretId>,
    statements: usize,
}

/// The secret of a [`Toy`].
#[derive(Deserialize, Serialize)]
pub struct ToyLogin {
    host: String,
    username: String,
    password: Secret,
    #[serde(skip_serializing_if = "Option::is_none")]
    masterarn: Option<String>,
}

impl Payload for ToyLogin {
    fn target(&self) -> String {
        self.host.clone()
    }

    fn principal(&self) -> &str {
        &self.username
    }

    fn secrets(&self) -> Vec<&Secret> {
        vec![&self.password]
    }

    fn admin_secret(&self) -> Option<&str> {
        self.masterarn.as_deref()
    }
}

impl Toy {
    /// Every kind of target.
    pub const SUCCESSIONS: [Succession; 4] = [
        Succession::Replace,
        Succession::Alternate,
        Succession::Displace,
        Succession::Coexist,
    ];

    /// A target of this kind.
    pub fn new(succession: Succession) -> Self {
        Self {
            succession: Some(succession),
            ..Self::default()
        }
    }

    /// How many statements have changed it.
    pub fn statements(&self) -> usize {
        self.state().statements
    }

    /// The passwords that `user` has now.
    pub fn passwords(&self, user: &str) -> Vec<String> {
        self.state().users.get(user).cloned().unwrap_or_default()
    }

    /// Changes a password behind everybody's back.
    pub fn set_password(&self, user: &str, password: &str) {
        self.state()
            .users
            .insert(user.to_owned(), vec![password.to_owned()]);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, user: &str, change: impl FnOnce(&mut Vec<String>)) {
        let mut state = self.state();
        state.statements += 1;
        change(state.users.entry(user.to_owned()).or_default());
    }
}

/// A login, and the lock that it holds.
#[derive(Debug)]
pub struct ToySession {
    locked: Option<SecretId>,
}

impl Rotator for Toy {
    type Payload = ToyLogin;
    type Session = ToySession;
    const NAME: &'static str = "toy";

    fn succession(&self, _: &ToyLogin) -> Succession {
        self.succession.unwrap_or(Succession::Replace)
    }

    async fn generate(&self, cx: &Context, current: &ToyLogin) -> Result<ToyLogin, HookError> {
        let user = &current.username;
        let username = match self.succession(current) {
            Succession::Alternate => match user.strip_suffix("_clone") {
                Some(original) => original.to_owned(),
                None => format!("{user}_clone"),
            },
            _ => user.clone(),
        };
        let (host, masterarn) = (current.host.clone(), current.masterarn.clone());
        Ok(ToyLogin {
            host,
            username,
            password: cx.password()?,
            masterarn,
        })
    }

    async fn test(
        &self,
        _: &Context,
        payload: &ToyLogin,
        _: Option<&ToyLogin>,
    ) -> Result<Verdict<ToySession>, HookError> {
        if payload.host != "toy" {
            return Err(HookError::failed("nobody answers"));
        }
        let known = self.passwords(&payload.username);
        if known
            .iter()
            .any(|password| password == payload.password.expose())
        {
            return Ok(Verdict::Accept(ToySession { locked: None }));
        }
        Ok(Verdict::Reject(Rejection::new("the password is wrong")))
    }

    async fn lock(
        &self,
        cx: &Context,
        session: &mut ToySession,
        payload: &ToyLogin,
    ) -> Result<(), HookError> {
        if payload.masterarn.is_some() {
            cx.admin::<HashMap<String, String>>()?;
        }
        if !self.state().locks.insert(cx.secret_id().clone()) {
            return Err(HookError::busy());
        }
        session.locked = Some(cx.secret_id().clone());
        Ok(())
    }

    async fn set(
        &self,
        _: &Context,
        session: &mut ToySession,
        current: &ToyLogin,
        pending: &ToyLogin,
    ) -> Result<(), HookError> {
        if session.locked.is_none() {
            return Err(HookError::refused("set was called without the lock"));
        }
        if self.deaf {
            return Ok(());
        }
        let (new, old) = (pending.password.expose(), current.password.expose());
        match self.succession(pending) {
            Succession::Replace | Succession::Alternate => {
                self.change(&pending.username, |known| *known = vec![new.to_owned()]);
            }
            Succession::Displace => {
                if !self
                    .passwords(&pending.username)
                    .iter()
                    .any(|known| known == new)
                {
                    self.change(&pending.username, |known| {
                        *known = vec![new.into(), old.into()]
                    });
                }
            }
            Succession::Coexist => self.change(&pending.username, |known| known.push(new.into())),
        }
        Ok(())
    }

    async fn retire(
        &self,
        _: &Context,
        session: &mut ToySession,
        keep: &ToyLogin,
        retired: &ToyLogin,
    ) -> Result<(), HookError> {
        if session.locked.is_none() {
            return Err(HookError::refused("retire was called without the lock"));
        }
        let old = retired.password.expose();
        self.change(&keep.username, |known| {
            known.retain(|password| password != old)
        });
        Ok(())
    }

    async fn close(&self, session: ToySession) {
        if let Some(secret) = session.locked {
            self.state().locks.remove(&secret);
        }
    }
}

impl Harness for Toy {
    type Rotator = Self;

    fn rotator(&self) -> Self {
        self.clone()
    }

    fn config(&self) -> Config {
        self.config.clone()
    }

    async fn subject(&self) -> Subject {
        let mut state = self.state();
        // The worlds of a suite share the lock's key, not the users.
        state.locks.clear();
        let (user, password) = (format!("user{}", state.users.len()), "first-password");
        state.users.insert(user.clone(), vec![password.to_owned()]);
        let admin = "arn:aws:secretsmanager:us-east-1:012345678912:secret:admin-AbCdEf";
        let alternate = self.succession == Some(Succession::Alternate);
        let masterarn = if alternate {
            format!(",\"masterarn\":\"{admin}\"")
        } else {
            String::new()
        };
        Subject {
            secret: format!(
                "{{\"host\":\"toy\", \"username\":\"{user}\",\"password\":\"{password}\"{masterarn}}}"
            ),
            admin: alternate.then(|| (admin.into(), "{\"password\":\"admin-password\"}".into())),
        }
    }

    async fn accepts(&self, secret: &str) -> bool {
        let login: ToyLogin = serde_json::from_str(secret).expect("a toy's secret");
        self.passwords(&login.username)
            .iter()
            .any(|known| known == login.password.expose())
    }

    fn wrong(&self, secret: &str) -> String {
        secret.replace("first-password", "wrong-password")
    }

    fn unreachable(&self, secret: &str) -> String {
        secret.replace("\"host\":\"toy\"", "\"host\":\"nowhere\"")
    }
}
