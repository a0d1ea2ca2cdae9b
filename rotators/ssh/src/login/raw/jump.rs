//! The bastion as the secret has it, and what must be there of it.

use rotation::{Secret, field};
use russh::keys::ssh_key::Fingerprint;
use serde::Deserialize;

use super::{HOST_KEYS, missing, ours};
use crate::host::{Address, Host};
use crate::host_key::{HostKeys, Known};
use crate::login::SshLogin;
use crate::login::jump::{Entry, Jump, Place};

/// A bastion, as far as its own keys say.
#[derive(Deserialize)]
#[serde(try_from = "RawJump")]
pub(super) struct RawBastion {
    entry: Told,
    behind: Vec<Address>,
}

enum Told {
    /// Where nothing is said, it is as in the rest of the secret.
    Fleet(Host, Option<String>, Option<HostKeys>),
    Known(Entry),
}

#[derive(Deserialize)]
struct RawJump {
    #[serde(default, deserialize_with = "field::some_name")]
    masterarn: Option<String>,
    #[serde(default, deserialize_with = "ours::host")]
    host: Option<Address>,
    #[serde(default, deserialize_with = "field::port")]
    port: Option<u16>,
    #[serde(default, deserialize_with = "ours::username")]
    username: Option<String>,
    #[serde(default)]
    private_key: Option<Secret>,
    #[serde(default, deserialize_with = "ours::passphrase")]
    passphrase: Option<Secret>,
    #[serde(default, deserialize_with = "ours::known_hosts")]
    known_hosts: Vec<Known>,
    #[serde(default, deserialize_with = "ours::fingerprints")]
    fingerprints: Vec<Fingerprint>,
    #[serde(default, deserialize_with = "ours::hosts")]
    hosts: Vec<Address>,
}

impl TryFrom<RawJump> for RawBastion {
    type Error = String;

    fn try_from(mut raw: RawJump) -> Result<Self, String> {
        let behind = std::mem::take(&mut raw.hosts);
        let entry = match raw.masterarn.take() {
            Some(arn) => raw.alone(arn)?,
            None => raw.told()?,
        };
        Ok(Self { entry, behind })
    }
}

impl RawJump {
    /// Nothing of the login is this secret's to say, or whoever may write it would use the bastion's login elsewhere.
    fn alone(self, arn: String) -> Result<Told, String> {
        let keys = [
            ("host", self.host.is_some()),
            ("port", self.port.is_some()),
            ("username", self.username.is_some()),
            ("private_key", self.private_key.is_some()),
            ("passphrase", self.passphrase.is_some()),
            ("known_hosts", !self.known_hosts.is_empty()),
            ("fingerprints", !self.fingerprints.is_empty()),
        ];
        let beside = keys.iter().filter(|(_, there)| *there);
        let beside: Vec<&str> = beside.map(|(name, _)| *name).collect();
        if beside.is_empty() {
            return Ok(Told::Known(Entry::Admin(arn)));
        }
        Err(format!(
            "must have no more than hosts beside masterarn: that secret has the whole login. Take out {}",
            beside.join(", ")
        ))
    }

    fn told(self) -> Result<Told, String> {
        let host = self.host.map(|host| host.or(self.port));
        let host_keys = HostKeys::new(self.known_hosts, self.fingerprints);
        match (host, self.private_key, self.username, host_keys) {
            (Some(host), None, username, host_keys) if self.passphrase.is_none() => {
                Ok(Told::Fleet(host, username, host_keys))
            }
            (Some(host), Some(key), Some(username), Some(host_keys)) => {
                let place = Place {
                    host,
                    username,
                    host_keys,
                };
                Ok(Told::Known(Entry::Own(place, key, self.passphrase)))
            }
            (host, None, ..) => Err(missing(&[
                ("host", host.is_none()),
                (
                    "private_key (for its passphrase)",
                    self.passphrase.is_some(),
                ),
            ])),
            (host, Some(_), username, host_keys) => Err(missing(&[
                ("host", host.is_none()),
                ("username", username.is_none()),
                (HOST_KEYS, host_keys.is_none()),
            ])),
        }
    }
}

impl RawBastion {
    /// Those behind it are written as in `hosts`, and are some of these.
    pub(super) fn before(self, login: &SshLogin, port: Option<u16>) -> Result<Jump, String> {
        let entry = match self.entry {
            Told::Known(entry) => entry,
            Told::Fleet(host, username, host_keys) => Entry::Fleet(Place {
                host,
                username: username.unwrap_or_else(|| login.username.clone()),
                host_keys: host_keys.unwrap_or_else(|| login.host_keys.clone()),
            }),
        };
        if let Entry::Fleet(place) = &entry
            && place.username != login.username
            && login.authorized_keys_path.starts_with('/')
        {
            return Err(format!(
                "must have authorized_keys_path from the login's home: {} at the bastion is another login, with another file. Without such a path, give jump a private_key of its own",
                place.username
            ));
        }
        let mut behind = Vec::new();
        for host in self.behind.into_iter().map(|address| address.or(port)) {
            if !login.hosts.iter().any(|known| known.is(&host)) {
                return Err(format!(
                    "must have in jump.hosts only hosts that are in hosts too: {host} is not"
                ));
            }
            behind.push(host);
        }
        Ok(Jump { entry, behind })
    }
}
