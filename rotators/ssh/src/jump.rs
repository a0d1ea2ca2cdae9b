//! A bastion in front of some hosts, or of all.

use std::sync::Arc;

use rotation::{Secret, field};
use serde::Deserialize;

use crate::connection::Identity;
use crate::hosts::{Host, PORT, Spelled};
use crate::key::KeyPair;
use crate::trust::{Lines, trusted};

/// A bastion, with a login of its own, which is not rotated here.
#[derive(Clone, Deserialize)]
pub(crate) struct Jump {
    #[serde(deserialize_with = "field::host")]
    host: String,
    #[serde(default, deserialize_with = "field::port")]
    port: Option<u16>,
    #[serde(deserialize_with = "field::name")]
    username: String,
    /// Those behind it; all, if it names none.
    #[serde(default)]
    hosts: Option<Spelled>,
    private_key: Secret,
    #[serde(default)]
    passphrase: Option<Secret>,
    #[serde(default)]
    known_hosts: Option<Lines>,
    #[serde(default)]
    fingerprints: Option<Lines>,
}

/// What a secret says of a bastion, checked.
pub(crate) struct Bastion {
    pub(crate) host: Host,
    pub(crate) identity: Identity,
    behind: Option<Vec<Host>>,
}

impl Bastion {
    /// Whether `host` is reached through it.
    pub(crate) fn leads_to(&self, host: &Host) -> bool {
        self.behind
            .as_ref()
            .is_none_or(|behind| behind.contains(host))
    }
}

impl Jump {
    /// `port` is that of hosts that name none.
    pub(crate) fn checked(&self, port: u16) -> Result<Bastion, String> {
        let phrase = self.passphrase.as_ref().map(Secret::expose);
        let key = KeyPair::read(self.private_key.expose(), phrase);
        let host = Host {
            name: self.host.to_ascii_lowercase(),
            port: self.port.unwrap_or(PORT),
        };
        let identity = Identity {
            user: self.username.clone(),
            key: key.map_err(|why| format!("private_key {why}"))?.private(),
            trusted: Arc::new(trusted(
                self.known_hosts.as_ref(),
                self.fingerprints.as_ref(),
            )?),
        };
        let behind = self.hosts.as_ref().map(|hosts| hosts.hosts(port));
        Ok(Bastion {
            host,
            identity,
            behind: behind
                .transpose()
                .map_err(|why| format!("hosts cannot be used: {why}"))?,
        })
    }
}

impl Jump {
    /// What must not be told of it.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        std::iter::once(&self.private_key).chain(&self.passphrase)
    }
}
