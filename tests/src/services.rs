//! Real services whose credentials are rotated over HTTP: each a process of the tests, behind TLS on localhost.

mod front;
mod jupyterhub;
mod octoprint;
mod rabbitmq;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::{Client, Method};
use rotation_kit::process::Server;
use serde_json::Value;

use self::front::Front;
use crate::setting::workspace;

pub use jupyterhub::JupyterHub;
pub use octoprint::OctoPrint;
pub use rabbitmq::RabbitMq;

/// A service that runs. What is tested reaches it through TLS; the tests' own looks are plain HTTP.
struct Service {
    server: Server,
    port: u16,
    front: Front,
}

/// Who asks.
enum Who<'a> {
    Header(&'static str, String),
    Basic(&'a str, &'a str),
}

impl Service {
    /// What `server` serves at `port`, once it answers 200 to somebody who asks for `path`.
    async fn ready(mut server: Server, port: u16, path: &str, who: &Who<'_>) -> Self {
        let mut tries = 0;
        while !matches!(
            request(port, Method::GET, path, who, None).await,
            Ok((200, _))
        ) {
            assert!(
                !server.ended() && tries < 1200,
                "no start: {}",
                server.log()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
            tries += 1;
        }
        let front = Front::before(port).await;
        Self {
            server,
            port,
            front,
        }
    }

    /// The status, and what is said with it, where that is JSON.
    async fn ask(
        &self,
        method: Method,
        path: &str,
        who: &Who<'_>,
        body: Option<Value>,
    ) -> (u16, Value) {
        let answer = request(self.port, method, path, who, body).await;
        let (status, text) =
            answer.unwrap_or_else(|error| panic!("{path}: {error}: {}", self.server.log()));
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    /// What is said when it is done.
    async fn done(&self, method: Method, path: &str, who: &Who<'_>, body: Option<Value>) -> Value {
        let (status, answer) = self.ask(method, path, who, body).await;
        assert!((200..300).contains(&status), "{path}: {status}: {answer}");
        answer
    }

    /// Whether somebody is answered, or refused with this status.
    async fn accepts(&self, path: &str, who: &Who<'_>, refused: u16) -> bool {
        let answer = self.admits(path, who, refused).await;
        answer.unwrap_or_else(|error| panic!("neither yes nor no: {error}"))
    }

    /// The same; or what is said that is neither yes nor no, or that nobody answers.
    async fn admits(&self, path: &str, who: &Who<'_>, refused: u16) -> Result<bool, String> {
        match request(self.port, Method::GET, path, who, None).await {
            Ok((200, _)) => Ok(true),
            Ok((status, _)) if status == refused => Ok(false),
            Ok((status, text)) => Err(format!("{status}: {text}")),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// By a connection of its own: each test has another runtime, and a connection ends with that.
async fn request(
    port: u16,
    method: Method,
    path: &str,
    who: &Who<'_>,
    body: Option<Value>,
) -> Result<(u16, String), reqwest::Error> {
    let request = Client::new().request(method, format!("http://127.0.0.1:{port}{path}"));
    let request = match who {
        Who::Header(name, value) => request.header(*name, value),
        Who::Basic(user, password) => request.basic_auth(user, Some(password)),
    };
    let request = match body {
        Some(body) => request
            .header("Content-Type", "application/json")
            .body(body.to_string()),
        None => request,
    };
    let answer = request.send().await?;
    let status = answer.status().as_u16();
    Ok((status, answer.text().await?))
}

/// What scripts/install has put there; if nothing, the test is counted as skipped.
fn installed(what: &str, path: &str) -> Option<PathBuf> {
    let found = workspace().join(".tools").join(path).canonicalize().ok();
    if found.is_none() {
        crate::skip::skip(what, "run scripts/install");
    }
    found
}

/// A folder for a server's files; it goes with the server.
fn folder() -> PathBuf {
    let folder = tempfile::Builder::new().prefix("rotation-").tempdir();
    folder.expect("a temporary folder").keep()
}

fn write(folder: &Path, name: &str, content: &str) {
    std::fs::write(folder.join(name), content).expect("a folder of ours");
}

/// A name that nobody has yet.
fn fresh(prefix: &str) -> String {
    static NAMES: AtomicUsize = AtomicUsize::new(0);
    format!("{prefix}{}", NAMES.fetch_add(1, Ordering::Relaxed))
}

/// A credential that nobody can guess.
fn random() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}
