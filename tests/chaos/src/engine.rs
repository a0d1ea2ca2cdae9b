//! Every target whose credentials are rotated here, behind one small interface.

mod database;
mod jupyterhub;
mod mysql;
mod postgres;
mod rabbitmq;
mod ssh;

use std::time::Duration;

use futures_util::future::BoxFuture;
use rotation::Succession;
use serde_json::Value;

use crate::nemesis::Pieces;

/// Starts a server; or says that it is not installed.
type Start = fn() -> BoxFuture<'static, Result<Box<dyn Target>, String>>;

/// A kind of server, and a strategy.
#[derive(Clone, Copy)]
pub struct Engine {
    /// As in `postgres/alternating-users`.
    pub name: &'static str,
    /// As in `postgres`.
    pub rotator: &'static str,
    /// What becomes of the old credential.
    pub succession: Succession,
    /// Whether the server starts again within seconds. A service that does not is never restarted here.
    pub restarts: bool,
    /// The function's time-out in seconds, as short as it can work with.
    pub timeout: u64,
    /// How many seconds the lock of a dead function keeps others out. 0, where it ends with the connection.
    pub lock: u64,
    /// How many pieces the function sends in the very first rotation, more or less.
    pub pieces: Pieces,
    start: Start,
}

/// A server that runs.
pub trait Target: Send + Sync {
    /// Where the function's proxy leads.
    fn port(&self) -> u16;

    /// Somebody whose credential nobody has rotated yet. The function reaches the server by the port `through`.
    fn subject(&self, through: u16) -> BoxFuture<'_, Subject>;

    /// What the server itself says to a credential, by a client that is not the rotator's.
    fn login<'a>(&'a self, secret: &'a str) -> BoxFuture<'a, Verdict>;

    /// Where the log of its logins ends now. None, if it has no such log.
    fn mark(&self) -> Option<usize> {
        None
    }

    /// Logins of `user` in what that log has after its first `mark` bytes: taken, and refused.
    fn logins(&self, _mark: usize, _user: &str) -> (usize, usize) {
        (0, 0)
    }

    /// It ends, and starts again with its data and at its port. Must be waited for.
    fn restart(&self) -> BoxFuture<'_, ()>;

    /// Somebody ends this credential by hand.
    fn end<'a>(&'a self, secret: &'a str) -> BoxFuture<'a, ()>;

    /// Which credentials are alive that neither these values of the secret have, nor the rotator can find by their name: each
    /// in words that tell no secret. `labelled` are the values under labels, `others` those of versions without.
    fn strays<'a>(
        &'a self,
        labelled: &'a [String],
        others: &'a [String],
    ) -> BoxFuture<'a, Vec<String>>;
}

/// What a secret holds, and how the function must be set up for it.
pub struct Subject {
    /// The secret's JSON. The key `masterarn` is put in by whoever has stored the administrator's.
    pub secret: Value,
    /// The administrator's JSON, where there is one.
    pub admin: Option<Value>,
    /// The function's variables. [`THIS_SECRET`](rotation_tests::lab::THIS_SECRET) stands for the secret's ARN.
    pub variables: Vec<(&'static str, String)>,
}

/// What a server says to a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is good.
    Accepted,
    /// It is wrong.
    Refused,
    /// Neither: the server is not there, say.
    NoAnswer,
}

impl Engine {
    /// All of them.
    pub fn all() -> Vec<Self> {
        let mut all = vec![postgres::single_user(), postgres::alternating_users()];
        all.extend(mysql::all());
        all.extend([ssh::engine(), jupyterhub::engine(), rabbitmq::engine()]);
        all
    }

    /// Those whose name begins so.
    pub fn named(name: &str) -> Vec<Self> {
        let mut all = Self::all();
        all.retain(|engine| engine.name.starts_with(name));
        all
    }

    /// The longest in which an invocation can still do something.
    pub fn horizon(&self) -> Duration {
        Duration::from_secs(self.timeout + 15)
    }

    /// Starts a server.
    ///
    /// # Errors
    /// That it is not installed, in words.
    pub async fn start(&self) -> Result<Box<dyn Target>, String> {
        (self.start)().await
    }
}

impl Verdict {
    /// Of a login that was answered with yes or no, or not at all.
    fn of(answer: Result<bool, String>) -> Self {
        match answer {
            Ok(true) => Self::Accepted,
            Ok(false) => Self::Refused,
            Err(_) => Self::NoAnswer,
        }
    }
}

/// The function's usual time-out.
const SHORT: u64 = 6;

const fn pieces(to_target: usize, to_aws: usize) -> Pieces {
    Pieces { to_target, to_aws }
}

/// One text of a secret's JSON; none, if it is no such JSON.
fn text(secret: &str, key: &str) -> Option<String> {
    let json: Value = serde_json::from_str(secret).ok()?;
    Some(json[key].as_str()?.to_owned())
}

/// User and password of a secret's JSON.
fn login(secret: &str) -> Option<(String, String)> {
    text(secret, "username").zip(text(secret, "password"))
}

/// The port of an address that ends with it.
pub(crate) fn port(url: &str) -> u16 {
    let port = url.rsplit(':').next().and_then(|port| port.parse().ok());
    port.expect("an address with a port")
}

/// Those of the values that the server accepts: for a server that does not show which credentials it has.
async fn accepted(target: &dyn Target, others: &[String]) -> Vec<String> {
    let mut strays = Vec::new();
    for (n, value) in others.iter().enumerate() {
        if target.login(value).await == Verdict::Accepted {
            strays.push(format!("value {n} of {} without a label", others.len()));
        }
    }
    strays
}
