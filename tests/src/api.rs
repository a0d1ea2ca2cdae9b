//! A service with tokens, of the tests' own: it does what it is told, keeps what real ones keep, and misbehaves on demand.

mod kind;
mod service;
mod wire;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use kind::Kind;
use rotation_kit::tls::{Ca, Identity};
use service::State;
pub use service::Token;
pub(crate) use wire::{Handler, Wire};
pub use wire::{Reply, Request};

/// One service, on a port of its own, behind TLS.
pub struct Api {
    wire: Wire,
    state: Arc<Mutex<State>>,
}

/// What happens to the next request that it fits.
pub struct Mishap {
    /// As in `POST /users`: the method, and what the path begins with.
    pub at: &'static str,
    /// Whether the service does first what it was asked for.
    pub done: bool,
    /// What it says; nothing, if it just hangs up.
    pub says: Reply,
}

impl Api {
    /// The administrator's token.
    pub const ADMIN: &'static str = "admin-token-of-the-tests";

    /// With nobody in it.
    pub async fn start() -> Self {
        Self::with(&Ca::shared().identity(&["localhost"])).await
    }

    /// With this certificate.
    pub async fn with(identity: &Identity) -> Self {
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        let answer = move |request: Request| lock(&shared).answer(&request);
        Self {
            wire: Wire::start(identity, Arc::new(answer)).await,
            state,
        }
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        self.wire.url()
    }

    /// A user with one token, or password: `id` and value.
    pub fn user(&self, name: &str) -> Token {
        lock(&self.state).user(name)
    }

    /// One more token of that user.
    pub fn another(&self, user: &str) {
        lock(&self.state).another(user);
    }

    /// Whether it takes this value of that user.
    pub fn accepts(&self, user: &str, value: &str) -> bool {
        lock(&self.state).accepts(user, value)
    }

    /// The user's tokens.
    pub fn tokens(&self, user: &str) -> Vec<Token> {
        lock(&self.state).tokens(user).to_vec()
    }

    /// How many tokens a user may have.
    pub fn limit(&self, most: usize) {
        lock(&self.state).limit = Some(most);
    }

    /// The date of what is made from now on; long ago, if nobody says.
    pub fn date(&self, today: &'static str) {
        lock(&self.state).today = Some(today);
    }

    /// From now on DELETE says that it has done it, and does not.
    pub fn lie(&self) {
        lock(&self.state).lies = true;
    }

    /// Each entry of a list has so many bytes more.
    pub fn pad(&self, bytes: usize) {
        lock(&self.state).padding = bytes;
    }

    /// A new token works only after it was refused that often.
    pub fn hesitate(&self, times: usize) {
        lock(&self.state).hesitates = times;
    }

    /// The next request that fits goes wrong; said twice, the next two.
    pub fn fail(&self, mishap: Mishap) {
        lock(&self.state).mishaps.push(mishap);
    }

    /// The `n`-th request from now gets no answer; whether the service does first what it was asked for.
    pub fn lose(&self, n: usize, done: bool) {
        lock(&self.state).lost = Some((n, done));
    }

    /// The `n`-th request from now waits for an answer in vain; whether the service does first what it was asked for.
    pub fn hold(&self, n: usize, done: bool) {
        let mut state = lock(&self.state);
        (state.held, state.holds) = (Some((n, done)), false);
    }

    /// Whether that one has come.
    pub fn holds(&self) -> bool {
        lock(&self.state).holds
    }

    /// From now on all are answered.
    pub fn let_go(&self) {
        let mut state = lock(&self.state);
        (state.held, state.holds) = (None, false);
    }

    /// From now on nothing is lost. Whether anything was.
    pub fn heal(&self) -> bool {
        lock(&self.state).lost.take().is_none()
    }

    /// How many mishaps met no request.
    pub fn unmet(&self) -> usize {
        lock(&self.state).mishaps.len()
    }

    /// Every request since the start: method and path.
    pub fn asked(&self) -> Vec<String> {
        lock(&self.state).asked.clone()
    }

    /// The secret of this user and token, by a profile of the tests.
    pub fn secret(&self, kind: Kind, user: &str, token: &Token) -> String {
        let (url, profile) = (self.url(), kind.profile());
        serde_json::json!({
            "profile": profile, "url": url, "user": user, "token": token.value, "token_id": token.id,
            "masterarn": "arn:aws:secretsmanager:us-east-1:012345678912:secret:admin-AbCdEf",
        })
        .to_string()
    }

    /// The secret of its administrator.
    pub fn admin_secret(&self) -> String {
        serde_json::json!({"url": self.url(), "token": Self::ADMIN}).to_string()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
