//! An OpenSSH server, whose user has a new key beside the old one.

use std::path::{Path, PathBuf};

use futures_util::future::BoxFuture;
use rotation::Succession;
use rotation_tests::ssh::{Options, Pair, Sshd, enters, secret};
use serde_json::json;
use tokio::sync::Mutex;

use super::{Engine, Subject, Target, Verdict, pieces, text};

pub(super) fn engine() -> Engine {
    Engine {
        name: "ssh",
        rotator: "ssh",
        succession: Succession::Coexist,
        restarts: true,
        timeout: 8,
        lock: 120,
        pieces: pieces(60, 10),
        start: || Box::pin(start()),
    }
}

struct Ssh {
    /// Its end is this value's; a restart needs it alone.
    server: Mutex<Sshd>,
    port: u16,
    known_host: String,
    key_file: PathBuf,
}

async fn start() -> Result<Box<dyn Target>, String> {
    if !Path::new("/usr/sbin/sshd").exists() {
        return Err("OpenSSH is not installed: run scripts/install".to_owned());
    }
    // It would otherwise turn clients away at random, where more than ten come at once.
    let options = Options {
        settings: "MaxStartups 1000\n".to_owned(),
        ..Options::default()
    };
    let server = Sshd::start_with(&options).await;
    Ok(Box::new(Ssh {
        port: server.port(),
        known_host: server.known_host(),
        key_file: server.key_file(),
        server: Mutex::new(server),
    }))
}

impl Ssh {
    async fn made(&self, through: u16) -> Subject {
        let pair = Pair::new("ed25519", &[]);
        let server = self.server.lock().await;
        server.authorize(&format!("{}\n", pair.public));
        let mut secret = secret(std::slice::from_ref(&*server), &pair);
        let (port, front) = (self.port.to_string(), through.to_string());
        secret["hosts"] = json!([format!("localhost:{front}")]);
        secret["known_hosts"] = json!(self.known_host.replace(&port, &front));
        Subject {
            secret,
            admin: None,
            variables: Vec::new(),
        }
    }

    async fn verdict(&self, secret: &str) -> Verdict {
        let Some(private) = text(secret, "private_key") else {
            return Verdict::NoAnswer;
        };
        Verdict::of(enters(self.port, &self.known_host, &private).await)
    }

    /// A line is a key's if it has the key's own text: comments change.
    async fn lines(&self, labelled: &[String]) -> Vec<String> {
        let file = tokio::fs::read_to_string(&self.key_file).await;
        let file = file.expect("an authorized_keys");
        let keys = labelled
            .iter()
            .filter_map(|secret| text(secret, "public_key"));
        let keys: Vec<String> = keys
            .filter_map(|key| key.split_whitespace().nth(1).map(ToOwned::to_owned))
            .collect();
        let lines = file.lines().filter(|line| !line.trim().is_empty());
        let strays = lines.filter(|line| !keys.iter().any(|key| line.contains(key.as_str())));
        strays.map(|line| format!("the line {line}")).collect()
    }
}

impl Target for Ssh {
    fn port(&self) -> u16 {
        self.port
    }

    fn subject(&self, through: u16) -> BoxFuture<'_, Subject> {
        Box::pin(self.made(through))
    }

    fn login<'a>(&'a self, secret: &'a str) -> BoxFuture<'a, Verdict> {
        Box::pin(self.verdict(secret))
    }

    fn restart(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            let mut server = self.server.lock().await;
            server.kill();
            server.restart().await;
        })
    }

    fn end<'a>(&'a self, secret: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(async {
            let key = text(secret, "public_key").expect("a key");
            let server = self.server.lock().await;
            server.authorize(&server.authorized_keys().replace(&key, ""));
        })
    }

    fn strays<'a>(
        &'a self,
        labelled: &'a [String],
        _others: &'a [String],
    ) -> BoxFuture<'a, Vec<String>> {
        Box::pin(self.lines(labelled))
    }
}
