//! A target in memory that can do every succession: for faults and orders by the thousand.

mod forgetful;
mod harness;
mod rotator;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use rotation::clock::Clock;
use rotation::config::Config;
use rotation::testing::TestClock;
use rotation::version::{SecretId, VersionId};
use rotation::{Context, HookError, Payload, Secret, Succession};
use serde::{Deserialize, Serialize};

pub use forgetful::Forgetful;

/// The target: its users, the passwords each of them has now, and its locks. Clones share it. One that `ISSUES` makes
/// the passwords itself. One that is `BEHIND` another server lets nobody in without the administrator's login.
#[derive(Clone, Debug, Default)]
pub struct Toy<const ISSUES: bool = false, const BEHIND: bool = false> {
    state: Arc<Mutex<State>>,
    succession: Option<Succession>,
    /// The function's settings in the [`Harness`](rotation::testing::world::Harness).
    pub config: Config,
    /// `set` says that it worked, and did nothing: a verifier with a typo.
    pub deaf: bool,
    /// This hook fails, and repeats every secret that it was given, each on a line: a driver that quotes its statement.
    /// `test` does so only where it refuses.
    pub blabs: Option<&'static str>,
    /// How it then writes a secret; as it is, otherwise.
    pub writes: Option<fn(&str) -> String>,
    /// The password of each new account, with the word `first` in it.
    pub first_password: Option<&'static str>,
    /// `set` finds no sign that a user is ours, and wants to be told.
    pub unclaimed: bool,
    /// These hooks never answer.
    pub hangs: Vec<&'static str>,
}

#[derive(Debug, Default)]
struct State {
    users: BTreeMap<String, Vec<String>>,
    locks: HashSet<SecretId>,
    /// How often it was started again: a session of an earlier time is closed.
    starts: usize,
    /// Of the passwords that it made itself: for which version, and when. The name of each says so.
    names: HashMap<String, (VersionId, SystemTime)>,
    statements: usize,
    hooks: Vec<Hook>,
    clock: TestClock,
}

/// A call of a hook.
#[derive(Clone, Copy, Debug)]
pub struct Hook {
    /// Its name.
    pub name: &'static str,
    /// By the clock that the toy watches.
    pub began: SystemTime,
    /// What it was told of the time.
    pub time_left: Duration,
}

/// The secret of a [`Toy`].
#[derive(Deserialize, Serialize)]
pub struct ToyLogin {
    host: String,
    username: String,
    password: Secret,
    #[serde(skip_serializing_if = "Option::is_none")]
    masterarn: Option<String>,
    /// Secret, and no credential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pin: Option<Secret>,
}

impl Payload for ToyLogin {
    fn target(&self) -> String {
        self.host.clone()
    }

    fn principal(&self) -> &str {
        &self.username
    }

    fn credential(&self) -> &Secret {
        &self.password
    }

    fn secrets(&self) -> Vec<&Secret> {
        self.pin.iter().collect()
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
        Self::of(succession)
    }
}

impl Toy<true> {
    /// One that makes the passwords itself, and compares privileges as the admin.
    pub fn issuing(succession: Succession) -> Self {
        Self::of(succession)
    }
}

impl Toy<false, true> {
    /// One that is behind another server.
    pub fn behind(succession: Succession) -> Self {
        Self::of(succession)
    }
}

impl<const ISSUES: bool, const BEHIND: bool> Toy<ISSUES, BEHIND> {
    /// A target of this kind, whoever makes the credentials, and wherever it is.
    pub fn of(succession: Succession) -> Self {
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

    /// Each user with each password that works.
    pub fn live(&self) -> Vec<(String, String)> {
        let state = self.state();
        let users = state.users.iter();
        let each = users.flat_map(|(user, known)| known.iter().map(move |one| (user, one)));
        each.map(|(user, one)| (user.clone(), one.clone()))
            .collect()
    }

    /// Whether it made this password itself, under a name that says for which version.
    pub fn is_named(&self, password: &str) -> bool {
        self.state().names.contains_key(password)
    }

    /// Ends all sessions, and so all locks.
    pub fn restart(&self) {
        let mut state = self.state();
        state.starts += 1;
        state.locks.clear();
    }

    /// Changes a password behind everybody's back.
    pub fn set_password(&self, user: &str, password: &str) {
        self.state()
            .users
            .insert(user.to_owned(), vec![password.to_owned()]);
    }

    /// The hooks that are called from now on have their time by this clock.
    pub fn watch(&self, clock: &TestClock) {
        let mut state = self.state();
        state.clock = clock.clone();
        state.hooks.clear();
    }

    /// The hooks that were called.
    pub fn hooks(&self) -> Vec<Hook> {
        self.state().hooks.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        held(&self.state)
    }

    fn change(&self, user: &str, change: impl FnOnce(&mut Vec<String>)) {
        let mut state = self.state();
        state.statements += 1;
        change(state.users.entry(user.to_owned()).or_default());
    }

    fn record(&self, name: &'static str, time_left: Duration) {
        let mut state = self.state();
        let began = state.clock.now();
        state.hooks.push(Hook {
            name,
            began,
            time_left,
        });
    }

    /// Every hook begins here.
    async fn enter(
        &self,
        hook: &'static str,
        cx: &Context,
        given: &[&ToyLogin],
    ) -> Result<(), HookError> {
        self.record(hook, cx.time_left());
        if self.hangs.contains(&hook) {
            pending::<()>().await;
        }
        if self.blabs == Some(hook) && hook != "test" {
            return Err(HookError::failed(self.blab(cx, given)));
        }
        Ok(())
    }

    /// All that is secret in a call.
    fn blab(&self, cx: &Context, given: &[&ToyLogin]) -> String {
        let given = given.iter().map(|login| login.password.expose());
        let mut secrets: Vec<String> = given.map(ToOwned::to_owned).collect();
        let admin = cx.admin::<HashMap<String, String>>().unwrap_or_default();
        secrets.extend(admin.get("password").cloned());
        let write = self.writes.unwrap_or(ToOwned::to_owned);
        let written = secrets.iter().map(|secret| format!("'{}'", write(secret)));
        format!("near {}", written.collect::<Vec<_>>().join("\n"))
    }
}

fn held(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
