//! What the conformance suite asks of rotations, on two live servers.

use rotation::Rotator;
use rotation::config::Config;
use rotation::testing::conformance;
use rotation::testing::world::{Harness, Subject};
use rotation_tests::process::free_port;
use rotation_tests::ssh::{Pair, Sshd, secret};
use rotator_ssh::SshKeys;
use serde_json::{Value, json};

/// Each subject has the hosts to itself: their files begin anew with its key.
struct Fleet {
    hosts: [Sshd; 2],
    variables: &'static [(&'static str, &'static str)],
}

impl Fleet {
    async fn start(variables: &'static [(&'static str, &'static str)]) -> Self {
        let hosts = [Sshd::start().await, Sshd::start().await];
        Self { hosts, variables }
    }
}

impl Harness for Fleet {
    type Rotator = SshKeys;

    fn rotator(&self) -> SshKeys {
        SshKeys::build(&self.config()).expect("settings that fit")
    }

    fn config(&self) -> Config {
        let hosts = [("ALLOWED_HOSTS", "localhost")];
        let pairs = hosts.iter().chain(self.variables);
        let pairs = pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::from_vars(pairs, SshKeys::EXCLUDE_CHARACTERS, SshKeys::SETTINGS)
            .expect("settings that fit")
    }

    async fn subject(&self) -> Subject {
        let pair = Pair::new("ed25519", &[]);
        for host in &self.hosts {
            host.authorize(&format!("{}\n", pair.public));
        }
        Subject {
            secret: secret(&self.hosts, &pair).to_string(),
            admin: None,
        }
    }

    async fn accepts(&self, secret: &str) -> bool {
        let key = json(secret)["private_key"].clone();
        let key = key.as_str().expect("a text");
        self.hosts.iter().all(|host| host.accepts(key))
    }

    fn wrong(&self, secret: &str) -> String {
        let (mut json, pair) = (json(secret), Pair::new("ed25519", &[]));
        json["private_key"] = json!(pair.private);
        json["public_key"] = json!(pair.public);
        json.to_string()
    }

    fn unreachable(&self, secret: &str) -> String {
        let port = self.hosts[1].port().to_string();
        secret.replace(&port, &free_port().to_string())
    }
}

fn json(secret: &str) -> Value {
    serde_json::from_str(secret).expect("JSON")
}

/// When the old key is retired, if ever.
const RETIRED: [&[(&str, &str)]; 3] = [
    &[],
    &[("RETIRE_PREVIOUS", "after-finish")],
    &[("RETIRE_PREVIOUS", "never")],
];

#[tokio::test]
async fn rotations_succeed_whenever_the_old_key_is_retired() {
    for variables in RETIRED {
        conformance::rotates(&Fleet::start(variables).await).await;
    }
}
