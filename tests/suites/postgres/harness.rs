//! What the conformance suite must know of PostgreSQL.

use std::collections::BTreeMap;

use rotation::Rotator;
use rotation::config::Config;
use rotation::testing::world::{Harness, Subject};
use rotation_kit::tls::Ca;
use rotation_tests::postgres::Postgres as Server;
use rotator_postgres::Postgres;

/// One server; users who rotate alone, or take turns.
pub(crate) struct Users<'a> {
    pub(crate) server: &'a Server,
    pub(crate) two: bool,
    /// What the users are called, with a number after it.
    pub(crate) name: &'static str,
    /// Name and password in the admin's secret.
    pub(crate) admin: (String, String),
    /// The port of a pooler before the server.
    pub(crate) port: Option<u16>,
    /// Settings of the function in place of the usual ones; nothing: not set.
    pub(crate) settings: &'a [(&'a str, &'a str)],
}

pub(crate) const ADMIN: &str = "arn:aws:secretsmanager:us-east-1:012345678912:secret:admin-AbCdEf";

impl<'a> Users<'a> {
    /// Each user changes its own password.
    pub(crate) fn one(server: &'a Server) -> Self {
        Self {
            server,
            two: false,
            name: "app",
            admin: ("postgres".into(), "superuser-password".into()),
            port: None,
            settings: &[],
        }
    }

    /// Each user has a second one.
    pub(crate) fn two(server: &'a Server) -> Self {
        Self::of(server, true)
    }

    /// One of the two.
    pub(crate) fn of(server: &'a Server, two: bool) -> Self {
        Self {
            two,
            ..Self::one(server)
        }
    }

    /// Each user has a second one, whom an administrator makes who may create roles, and no more.
    pub(crate) async fn two_by_administrator(server: &'a Server) -> Self {
        let admin = server.fresh_user("rotation_admin").await;
        let may = format!("ALTER ROLE {} CREATEROLE", admin.0);
        server.admin(&may).await;
        Self {
            admin,
            ..Self::two(server)
        }
    }

    /// The standard secret of this login, with the admin's named where there are two users.
    pub(crate) fn secret(&self, user: &str, password: &str) -> String {
        let secret = self.through(self.server.secret_json(user, password));
        if !self.two {
            return secret;
        }
        secret.replacen('{', &format!("{{\"masterarn\": \"{ADMIN}\", "), 1)
    }

    /// The same, at the pooler if there is one.
    fn through(&self, secret: String) -> String {
        let place = |port: u16| format!("\"port\": {port}");
        match self.port {
            Some(port) => secret.replace(&place(self.server.port()), &place(port)),
            None => secret,
        }
    }

    /// The login in `secret` as the harness itself would use it.
    pub(crate) fn login(secret: &str) -> (String, String) {
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

    /// The tests' authority, and the way to localhost, unless told otherwise.
    fn config(&self) -> Config {
        let bundle = Ca::shared().pem_path().display().to_string();
        let mut variables = BTreeMap::from([
            ("DATABASE_CA_BUNDLE", bundle.as_str()),
            ("ALLOWED_HOSTS", "localhost"),
        ]);
        variables.extend(self.settings.iter().copied());
        let pairs = variables
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        Config::from_vars(pairs, Postgres::EXCLUDE_CHARACTERS, Postgres::SETTINGS)
            .expect("settings that fit")
    }

    async fn subject(&self) -> Subject {
        let (user, password) = self.server.fresh_user(self.name).await;
        let (admin, admins) = &self.admin;
        Subject {
            secret: self.secret(&user, &password),
            admin: self.two.then(|| {
                (
                    ADMIN.to_owned(),
                    self.through(self.server.secret_json(admin, admins)),
                )
            }),
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

    /// A database that takes no connections.
    fn busy(&self, secret: &str) -> Option<String> {
        let mut json: serde_json::Value = serde_json::from_str(secret).expect("JSON");
        json["dbname"] = "template0".into();
        Some(json.to_string())
    }

    fn another_principal(&self, secret: &str) -> Option<String> {
        let mut json: serde_json::Value = serde_json::from_str(secret).expect("JSON");
        json["username"] = "postgres".into();
        Some(json.to_string())
    }

    fn unreachable(&self, secret: &str) -> String {
        let port = rotation_kit::process::free_port();
        secret.replace(&self.server.port().to_string(), &port.to_string())
    }
}
