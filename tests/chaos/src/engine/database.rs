//! What PostgreSQL, MySQL and MariaDB have in common.

use futures_util::future::BoxFuture;
use rotation_kit::tls::Ca;
use rotation_tests::lab;
use serde_json::Value;

use super::{Subject, Target, Verdict, accepted, login, text};

/// A server, and how its users' passwords are changed.
pub(super) struct Database<S: 'static> {
    pub(super) server: S,
    pub(super) strategy: &'static str,
    /// Whether an administrator does it.
    pub(super) admin: bool,
    /// What user and administrator need beside what they have: their names are given.
    pub(super) rights: fn(&str, Option<&str>) -> Option<String>,
    /// Runs a statement as whoever may do everything.
    pub(super) superuser: for<'a> fn(&'a S, &'a str) -> BoxFuture<'a, ()>,
}

impl<S: lab::Target> Database<S> {
    /// The standard secret, with another port.
    fn json(&self, (user, password): &(String, String), port: u16) -> Value {
        let secret = self.server.secret_json(user, password);
        let mut secret: Value = serde_json::from_str(&secret).expect("JSON");
        secret["port"] = port.into();
        secret
    }

    async fn made(&self, through: u16) -> Subject {
        let user = self.server.user("app").await;
        let admin = match self.admin {
            true => Some(self.server.administrator().await),
            false => None,
        };
        let administrator = admin.as_ref().map(|(name, _)| name.as_str());
        if let Some(statement) = (self.rights)(&user.0, administrator) {
            (self.superuser)(&self.server, &statement).await;
        }
        if self.strategy == "alternating-users" {
            self.server.table(&user.0, administrator).await;
        }
        Subject {
            secret: self.json(&user, through),
            admin: admin.map(|admin| self.json(&admin, through)),
            variables: vec![
                (
                    "DATABASE_CA_BUNDLE",
                    Ca::shared().pem_path().display().to_string(),
                ),
                ("ROTATION_STRATEGY", self.strategy.to_owned()),
            ],
        }
    }

    async fn verdict(&self, secret: &str) -> Verdict {
        match login(secret) {
            Some((user, password)) => Verdict::of(self.server.admits(&user, &password).await),
            None => Verdict::NoAnswer,
        }
    }
}

impl<S: lab::Target + Send> Target for Database<S> {
    fn port(&self) -> u16 {
        self.server.port()
    }

    fn subject(&self, through: u16) -> BoxFuture<'_, Subject> {
        Box::pin(self.made(through))
    }

    fn login<'a>(&'a self, secret: &'a str) -> BoxFuture<'a, Verdict> {
        Box::pin(self.verdict(secret))
    }

    fn mark(&self) -> Option<usize> {
        Some(self.server.mark())
    }

    fn logins(&self, mark: usize, user: &str) -> (usize, usize) {
        self.server.logins(mark, user)
    }

    fn restart(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.server.restart())
    }

    fn end<'a>(&'a self, secret: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(async {
            let user = text(secret, "username").expect("a user");
            self.server.set_by_hand(&user).await;
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
