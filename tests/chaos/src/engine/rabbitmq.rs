//! RabbitMQ, whose user has one password. It takes too long to start again.

use futures_util::future::BoxFuture;
use rotation::Succession;
use rotation_kit::tls::Ca;
use rotation_tests::services::RabbitMq;
use serde_json::json;

use super::{Engine, SHORT, Subject, Target, Verdict, accepted, login, pieces, port, text};

pub(super) fn engine() -> Engine {
    Engine {
        name: "rabbitmq",
        rotator: "token",
        succession: Succession::Replace,
        restarts: false,
        timeout: SHORT,
        lock: 0,
        pieces: pieces(16, 12),
        start: || Box::pin(start()),
    }
}

/// The one that all lanes share.
struct Broker(&'static RabbitMq);

async fn start() -> Result<Box<dyn Target>, String> {
    match RabbitMq::shared().await {
        Some(broker) => Ok(Box::new(Broker(broker))),
        None => Err("RabbitMQ is not installed: run scripts/install".to_owned()),
    }
}

impl Broker {
    async fn made(&self, through: u16) -> Subject {
        let (user, password) = self.0.user("app").await;
        let (admin, admin_password) = self.0.admin();
        let url = format!("https://localhost:{through}");
        Subject {
            secret: json!({
                "profile": "rabbitmq", "url": url, "username": user, "password": password,
            }),
            admin: Some(json!({"url": url, "username": admin, "password": admin_password})),
            variables: vec![(
                "API_CA_BUNDLE",
                Ca::shared().pem_path().display().to_string(),
            )],
        }
    }

    async fn verdict(&self, secret: &str) -> Verdict {
        match login(secret) {
            Some((user, password)) => Verdict::of(self.0.admits(&user, &password).await),
            None => Verdict::NoAnswer,
        }
    }
}

impl Target for Broker {
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
            let user = text(secret, "username").expect("a user");
            let whole = json!({"password": "by-hand", "tags": "management"});
            self.0.put(&user, whole).await;
        })
    }

    fn strays<'a>(
        &'a self,
        _labelled: &'a [String],
        others: &'a [String],
    ) -> BoxFuture<'a, Vec<String>> {
        Box::pin(accepted(self, others))
    }
}
