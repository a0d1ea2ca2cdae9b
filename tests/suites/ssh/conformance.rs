//! The conformance suite, with faults, on live servers.

use rotation::Rotator;
use rotation::config::Config;
use rotation::event::Step;
use rotation::testing::conformance;
use rotation::testing::world::{Harness, Subject};
use rotation_kit::process::free_port;
use rotation_tests::ssh::{Pair, Sshd, secret, user};
use rotation_tests::wrong;
use rotator_ssh::SshKeys;
use serde_json::{Value, json};

use crate::faulty::stride;

/// Each subject has the hosts to itself: their files begin anew with its key.
pub(crate) struct Fleet {
    pub(crate) hosts: Vec<Sshd>,
    variables: &'static [(&'static str, &'static str)],
    over: Over,
}

/// Which bastion the others are behind.
enum Over {
    Nothing,
    /// The first host, by the fleet's key.
    First,
    /// Another, by the login of an admin secret.
    Another(Sshd, Pair),
}

const ADMIN: &str = "arn:aws:secretsmanager:us-east-1:012345678912:secret:bastion-AbCdEf";

impl Fleet {
    pub(crate) async fn of(
        size: usize,
        variables: &'static [(&'static str, &'static str)],
    ) -> Self {
        let mut hosts = Vec::new();
        for _ in 0..size {
            hosts.push(Sshd::start().await);
        }
        Self {
            hosts,
            variables,
            over: Over::Nothing,
        }
    }

    /// The secret that says how the others are reached, and the admin's.
    fn reached(&self, secret: &mut Value) -> Option<(String, String)> {
        match &self.over {
            Over::Nothing => None,
            Over::First => {
                secret["jump"] = json!({"host": self.hosts[0].host()});
                None
            }
            Over::Another(bastion, own) => {
                secret["jump"] = json!({"masterarn": ADMIN});
                let login = json!({
                    "host": bastion.host(), "username": user(), "private_key": own.private,
                    "known_hosts": bastion.known_host(), "bastion": true,
                });
                Some((ADMIN.to_owned(), login.to_string()))
            }
        }
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
        let mut secret = secret(&self.hosts, &pair);
        let admin = self.reached(&mut secret);
        Subject {
            secret: secret.to_string(),
            admin,
        }
    }

    async fn accepts(&self, secret: &str) -> bool {
        let key = json(secret)["private_key"].clone();
        let key = key.as_str().expect("a text");
        for host in &self.hosts {
            if !host.lets_in(key).await {
                return false;
            }
        }
        true
    }

    fn wrong(&self, secret: &str) -> String {
        let (mut json, pair) = (json(secret), Pair::new("ed25519", &[]));
        json["private_key"] = json!(pair.private);
        json["public_key"] = json!(pair.public);
        json.to_string()
    }

    fn another_principal(&self, secret: &str) -> Option<String> {
        let mut json = json(secret);
        json["username"] = json!("nobody");
        Some(json.to_string())
    }

    fn unreachable(&self, secret: &str) -> String {
        let last = self.hosts.last().expect("a host").port();
        secret.replace(&last.to_string(), &free_port().to_string())
    }
}

fn json(secret: &str) -> Value {
    serde_json::from_str(secret).expect("JSON")
}

/// At every which call there is a fault, where nobody asks for all by ROTATION_EVERY_REQUEST: so each call fails once.
const SAMPLE: usize = 8;

#[tokio::test]
async fn the_old_key_stays_until_the_next_rotation() {
    let fleet = Fleet::of(2, &[]).await;
    conformance::sample(&fleet, stride(SAMPLE)).await;
}

/// What breaks one promise does not pass.
#[tokio::test]
async fn wrong_rotators() {
    let fleet = Fleet::of(1, &[]).await;
    wrong::old_credentials(&fleet).await;
    wrong::answers(&fleet, Step::SetSecret).await;
}

/// What the moment of retiring makes a difference for.
#[tokio::test]
async fn the_old_key_goes_at_the_end() {
    let one = Fleet::of(1, &[("RETIRE_PREVIOUS", "after-finish")]).await;
    conformance::survives_some_faults(&one, stride(SAMPLE)).await;
}

#[tokio::test]
async fn the_old_key_stays() {
    let never = Fleet::of(2, &[("RETIRE_PREVIOUS", "never")]).await;
    conformance::rotates(&never).await;
}

/// The way to the hosts is one of those where the key changes.
#[tokio::test]
async fn over_a_bastion_with_their_key() {
    let mut fleet = Fleet::of(2, &[]).await;
    fleet.over = Over::First;
    over(&fleet).await;
}

#[tokio::test]
async fn over_a_bastion_of_another_secret() {
    let mut fleet = Fleet::of(1, &[]).await;
    let (bastion, own) = (Sshd::start().await, Pair::new("ed25519", &[]));
    bastion.authorize(&format!("{}\n", own.public));
    fleet.over = Over::Another(bastion, own);
    over(&fleet).await;
}

async fn over(fleet: &Fleet) {
    conformance::rotates(fleet).await;
    conformance::heals(fleet).await;
    conformance::survives_some_faults(fleet, stride(3 * SAMPLE)).await;
}
