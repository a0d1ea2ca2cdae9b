//! A service of the tests' own, for the conformance suite.

use std::sync::atomic::{AtomicUsize, Ordering};

use rotation::Rotator;
use rotation::config::Config;
use rotation::testing::world::{Harness, Subject};
use rotation_kit::process::free_port;
use rotation_kit::tls::Ca;
use rotation_tests::api::{Api, Kind};
use rotation_tests::setting::workspace;
use rotator_token::ApiToken;
use serde_json::Value;

/// The service, and how its credentials are changed.
pub(crate) struct Users {
    pub(crate) api: Api,
    kind: Kind,
    variables: &'static [(&'static str, &'static str)],
    count: AtomicUsize,
}

impl Users {
    pub(crate) async fn start(
        kind: Kind,
        variables: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self::at(Api::start().await, kind, variables)
    }

    pub(crate) fn at(
        api: Api,
        kind: Kind,
        variables: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self {
            api,
            kind,
            variables,
            count: AtomicUsize::new(0),
        }
    }
}

/// The settings of a rotator that knows the tests' own profiles, and trusts the tests' own servers.
pub(crate) fn settings(more: &[(&str, &str)]) -> Config {
    let profiles = workspace().join("tests/profiles").display().to_string();
    let bundle = Ca::shared().pem_path().display().to_string();
    let usual = [
        ("ALLOWED_HOSTS", "localhost"),
        ("TOKEN_PROFILES", &profiles),
        ("API_CA_BUNDLE", &bundle),
    ];
    let pairs = usual.iter().chain(more);
    let pairs = pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::from_vars(pairs, ApiToken::EXCLUDE_CHARACTERS, ApiToken::SETTINGS)
        .expect("settings that fit")
}

impl Harness for Users {
    type Rotator = ApiToken;

    fn rotator(&self) -> ApiToken {
        ApiToken::build(&self.config()).expect("settings that fit")
    }

    fn config(&self) -> Config {
        settings(self.variables)
    }

    async fn subject(&self) -> Subject {
        let user = format!("user{}", self.count.fetch_add(1, Ordering::Relaxed));
        let secret = self.api.secret(self.kind, &user, &self.api.user(&user));
        let admin = json(&secret)["masterarn"].as_str().map(ToOwned::to_owned);
        Subject {
            secret,
            admin: admin.map(|arn| (arn, self.api.admin_secret())),
        }
    }

    async fn accepts(&self, secret: &str) -> bool {
        let secret = json(secret);
        let text = |key: &str| secret[key].as_str().expect(key).to_owned();
        self.api.accepts(&text("user"), &text("token"))
    }

    fn wrong(&self, secret: &str) -> String {
        let mut secret = json(secret);
        secret["token"] = "value-that-nobody-knows".into();
        secret.to_string()
    }

    /// A service that fails.
    fn busy(&self, secret: &str) -> Option<String> {
        let mut secret = json(secret);
        secret["url"] = format!("{}/busy", self.api.url()).into();
        Some(secret.to_string())
    }

    fn another_principal(&self, secret: &str) -> Option<String> {
        let mut secret = json(secret);
        self.api.user("somebody-else");
        secret["user"] = "somebody-else".into();
        Some(secret.to_string())
    }

    /// Where a service keeps one token, nothing can be locked.
    fn has_lock(&self) -> bool {
        false
    }

    fn unreachable(&self, secret: &str) -> String {
        let nobody = format!("https://localhost:{}", free_port());
        secret.replace(self.api.url(), &nobody)
    }
}

pub(crate) fn json(secret: &str) -> Value {
    serde_json::from_str(secret).expect("JSON")
}
