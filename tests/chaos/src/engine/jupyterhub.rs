//! JupyterHub, whose users have a new token beside the old one. It takes too long to start again.

use futures_util::future::BoxFuture;
use rotation::Succession;
use rotation_kit::tls::Ca;
use rotation_tests::services::JupyterHub;
use serde_json::json;

use super::{Engine, Subject, Target, Verdict, pieces, port, text};

pub(super) fn engine() -> Engine {
    Engine {
        name: "jupyterhub",
        rotator: "token",
        succession: Succession::Coexist,
        restarts: false,
        // A token is made only while there are 8 s to store it.
        timeout: 14,
        lock: 0,
        pieces: pieces(20, 12),
        start: || Box::pin(start()),
    }
}

/// The one that all lanes share.
struct Hub(&'static JupyterHub);

async fn start() -> Result<Box<dyn Target>, String> {
    match JupyterHub::shared().await {
        Some(hub) => Ok(Box::new(Hub(hub))),
        None => Err("JupyterHub is not installed: run scripts/install".to_owned()),
    }
}

impl Hub {
    async fn made(&self, through: u16) -> Subject {
        let user = self.0.user("app").await;
        let (id, token) = self.0.issue(&user, "by hand").await;
        let url = format!("https://localhost:{through}");
        Subject {
            secret: json!({
                "profile": "jupyterhub", "url": url, "user": user, "token": token, "token_id": id,
            }),
            admin: Some(json!({"url": url, "token": self.0.admin_token()})),
            variables: vec![(
                "API_CA_BUNDLE",
                Ca::shared().pem_path().display().to_string(),
            )],
        }
    }

    async fn verdict(&self, secret: &str) -> Verdict {
        match text(secret, "token") {
            Some(token) => Verdict::of(self.0.admits(&token).await),
            None => Verdict::NoAnswer,
        }
    }

    /// The rotator finds a token whose note is our name for it.
    async fn tokens(&self, labelled: &[String]) -> Vec<String> {
        let Some(user) = labelled.first().and_then(|secret| text(secret, "user")) else {
            return Vec::new();
        };
        let ids: Vec<String> = labelled
            .iter()
            .filter_map(|secret| text(secret, "token_id"))
            .collect();
        let tokens = self.0.tokens(&user).await.into_iter();
        let strays = tokens.filter(|(id, note)| !ids.contains(id) && !note.starts_with("rotation"));
        strays
            .map(|(id, note)| format!("the token {id}, called {note}"))
            .collect()
    }
}

impl Target for Hub {
    fn port(&self) -> u16 {
        port(self.0.url())
    }

    fn subject(&self, through: u16) -> BoxFuture<'_, Subject> {
        Box::pin(self.made(through))
    }

    fn login<'a>(&'a self, secret: &'a str) -> BoxFuture<'a, Verdict> {
        Box::pin(self.verdict(secret))
    }

    fn restart(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }

    fn end<'a>(&'a self, secret: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(async {
            let (user, id) = (text(secret, "user"), text(secret, "token_id"));
            let (user, id) = user.zip(id).expect("a user's token");
            self.0.revoke(&user, &id).await;
        })
    }

    fn strays<'a>(
        &'a self,
        labelled: &'a [String],
        _others: &'a [String],
    ) -> BoxFuture<'a, Vec<String>> {
        Box::pin(self.tokens(labelled))
    }
}
