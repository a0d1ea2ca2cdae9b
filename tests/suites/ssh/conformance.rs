//! The conformance suite, faults included, on two live servers.

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

#[tokio::test]
async fn the_old_key_lives_until_the_next_rotation() {
    conformance::all(&Fleet::start(&[]).await).await;
}

#[tokio::test]
async fn the_old_key_is_retired_at_the_end() {
    conformance::all(&Fleet::start(&[("RETIRE_PREVIOUS", "after-finish")]).await).await;
}

#[tokio::test]
async fn the_old_key_is_never_retired() {
    let fleet = Fleet::start(&[("RETIRE_PREVIOUS", "never")]).await;
    conformance::rotates(&fleet).await;
}
