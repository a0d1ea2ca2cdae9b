//! What the conformance suite must know of PostgreSQL.

use rotation::Rotator;
use rotation::config::Config;
use rotation::testing::world::{Harness, Subject};
use rotation_tests::postgres::Postgres as Server;
use rotation_tests::tls::Ca;
use rotator_postgres::Postgres;

/// One server; users who rotate alone, or take turns.
pub(crate) struct Users<'a> {
    pub(crate) server: &'a Server,
    pub(crate) two: bool,
}

pub(crate) const ADMIN: &str = "arn:aws:secretsmanager:us-east-1:012345678912:secret:admin-AbCdEf";

/// The function's settings: the tests' authority, and the way to localhost.
pub(crate) fn config() -> Config {
    let bundle = Ca::shared().pem_path().display().to_string();
    let variables = [
        ("DATABASE_CA_BUNDLE", bundle.as_str()),
        ("ALLOWED_HOSTS", "localhost"),
    ];
    let pairs = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Config::from_vars(pairs, Postgres::EXCLUDE_CHARACTERS).expect("settings that fit")
}

impl Users<'_> {
    /// The login in `secret` as the harness itself would use it.
    fn login(secret: &str) -> (String, String) {
        let json: serde_json::Value = serde_json::from_str(secret).expect("JSON");
        let text = |key: &str| json[key].as_str().expect("a text").to_owned();
        (text("username"), text("password"))
    }
}

impl Harness for Users<'_> {
    type Rotator = Postgres;

    fn rotator(&self) -> Postgres {
        Postgres::build(&self.config()).expect("settings that fit")
    }

    fn config(&self) -> Config {
        config()
    }

    async fn subject(&self) -> Subject {
        let (user, password) = self.server.fresh_user("app").await;
        let secret = self.server.secret_json(&user, &password);
        if !self.two {
            return Subject {
                secret,
                admin: None,
            };
        }
        let secret = secret.replacen('{', &format!("{{\"masterarn\": \"{ADMIN}\", "), 1);
        let admin = self.server.secret_json("postgres", "superuser-password");
        Subject {
            secret,
            admin: Some((ADMIN.to_owned(), admin)),
        }
    }

    async fn accepts(&self, secret: &str) -> bool {
        let (user, password) = Self::login(secret);
        self.server.accepts(&user, &password).await
    }

    fn wrong(&self, secret: &str) -> String {
        let (_, password) = Self::login(secret);
        secret.replace(&password, "wrong-password")
    }

    fn unreachable(&self, secret: &str) -> String {
        let port = rotation_tests::process::free_port();
        secret.replace(&self.server.port().to_string(), &port.to_string())
    }
}
