//! The secret of one login at a fleet.

use std::sync::Arc;

use rotation::field;
use rotation::{HookError, Payload, Secret};
use serde::{Deserialize, Serialize};

use crate::connection::Identity;
use crate::hosts::{Host, PORT, Spelled};
use crate::jump::{Bastion, Jump};
use crate::key::KeyPair;
use crate::trust::{Lines, trusted};

const PATH: &str = ".ssh/authorized_keys";

/// A login's key, and where it opens. Two spellings of the key's names: ours, and those of AWS's sample, which are written
/// back as they were read.
#[derive(Clone, Serialize, Deserialize)]
pub struct SshLogin {
    #[serde(default, skip_serializing)]
    host: Option<String>,
    #[serde(default, skip_serializing)]
    hosts: Option<Spelled>,
    #[serde(default, skip_serializing, deserialize_with = "field::port")]
    port: Option<u16>,
    #[serde(skip_serializing, deserialize_with = "field::name")]
    username: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    private_key: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    public_key: Option<String>,
    #[serde(
        default,
        rename = "PrivateKey",
        skip_serializing_if = "Option::is_none"
    )]
    sample_private_key: Option<Secret>,
    #[serde(default, rename = "PublicKey", skip_serializing_if = "Option::is_none")]
    sample_public_key: Option<String>,
    #[serde(default, skip_serializing)]
    passphrase: Option<Secret>,
    #[serde(default, skip_serializing)]
    known_hosts: Option<Lines>,
    #[serde(default, skip_serializing)]
    fingerprints: Option<Lines>,
    #[serde(default, skip_serializing)]
    authorized_keys_path: Option<String>,
    #[serde(default, skip_serializing)]
    options: Option<String>,
    #[serde(default, skip_serializing)]
    jump: Option<Jump>,
}

/// What a secret says, checked as a whole.
pub(crate) struct Access {
    pub(crate) hosts: Vec<Host>,
    pub(crate) identity: Identity,
    pub(crate) bastion: Option<Bastion>,
    pub(crate) key: KeyPair,
    /// Of the authorized_keys: from the root, or from the login's home.
    pub(crate) path: String,
    /// Of the new line; otherwise those of the present key's line.
    pub(crate) options: Option<String>,
}

impl SshLogin {
    /// All of it, or what is wrong, by its key.
    pub(crate) fn access(&self) -> Result<Access, HookError> {
        self.checked()
            .map_err(|text| HookError::refused(format!("the secret's key {text}")))
    }

    fn checked(&self) -> Result<Access, String> {
        let key = self.key()?;
        let trusted = trusted(self.known_hosts.as_ref(), self.fingerprints.as_ref())?;
        let port = self.port.unwrap_or(PORT);
        let jump = self.jump.as_ref().map(|jump| jump.checked(port));
        Ok(Access {
            hosts: self.hosts()?,
            identity: Identity {
                user: self.username.clone(),
                key: key.private(),
                trusted: Arc::new(trusted),
            },
            bastion: jump.transpose().map_err(|text| format!("jump: {text}"))?,
            key,
            path: self.path()?,
            options: self.own_options()?,
        })
    }

    /// The same with another key. Public keys are kept where there was one.
    pub(crate) fn with_key(&self, key: &KeyPair) -> Result<Self, String> {
        let private = key.to_openssh(self.passphrase.as_ref().map(Secret::expose))?;
        let line = key.line()?;
        let mut new = self.clone();
        for old in [&mut new.private_key, &mut new.sample_private_key] {
            *old = old.as_ref().map(|_| private.clone());
        }
        for old in [&mut new.public_key, &mut new.sample_public_key] {
            *old = old.as_ref().map(|_| line.clone());
        }
        Ok(new)
    }

    fn key(&self) -> Result<KeyPair, String> {
        let (private, name) = match (&self.private_key, &self.sample_private_key) {
            (Some(key), None) => (key, "private_key"),
            (None, Some(key)) => (key, "PrivateKey"),
            (None, None) => return Err("private_key is missing".into()),
            (Some(_), Some(_)) => {
                return Err("private_key is there as PrivateKey too: remove one".into());
            }
        };
        let phrase = self.passphrase.as_ref().map(Secret::expose);
        let key = KeyPair::read(private.expose(), phrase).map_err(|why| format!("{name} {why}"))?;
        let publics = [
            (&self.public_key, "public_key"),
            (&self.sample_public_key, "PublicKey"),
        ];
        for (public, name) in publics {
            let fits = public.as_ref().map_or(Ok(()), |public| key.is_of(public));
            fits.map_err(|why| format!("{name} {why}"))?;
        }
        Ok(key)
    }

    fn hosts(&self) -> Result<Vec<Host>, String> {
        let port = self.port.unwrap_or(PORT);
        match (&self.host, &self.hosts) {
            (Some(_), Some(_)) => Err("hosts is there beside host: keep one".into()),
            (None, None) => Err("host or hosts is missing".into()),
            (None, Some(hosts)) => hosts
                .hosts(port)
                .map_err(|why| format!("hosts cannot be used: {why}")),
            (Some(host), None) => Host::parse(host, port)
                .map(|host| vec![host])
                .ok_or_else(|| {
                    "host must be a DNS name or an address, with a port if it has one".into()
                }),
        }
    }

    fn path(&self) -> Result<String, String> {
        let path = self.authorized_keys_path.as_deref().unwrap_or(PATH);
        let odd = |c: char| c.is_control() || "~%\\*?".contains(c);
        let climbs = path.split('/').any(|part| part == "..");
        if path.is_empty() || path.ends_with('/') || climbs || path.contains(odd) {
            return Err("authorized_keys_path is not allowed: a path from the root, or from the login's home, without .. ~ and %".into());
        }
        Ok(path.to_owned())
    }

    fn own_options(&self) -> Result<Option<String>, String> {
        let options = self.options.clone();
        if options
            .as_ref()
            .is_some_and(|text| text.contains(char::is_control))
        {
            return Err("options must be one line, as in authorized_keys".into());
        }
        Ok(options)
    }
}

impl Access {
    /// Refuses a pending version that is for other hosts, another login or another file: somebody edited it.
    pub(crate) fn same_way(&self, current: &Self) -> Result<(), HookError> {
        let key = if self.hosts != current.hosts {
            "hosts"
        } else if self.identity.user != current.identity.user {
            "username"
        } else if self.path != current.path {
            "authorized_keys_path"
        } else {
            return Ok(());
        };
        Err(HookError::refused(format!(
            "the key {key} of AWSPENDING is not as in AWSCURRENT: the secret was edited during the rotation; take AWSPENDING off that version, and start a new one"
        )))
    }
}

impl Payload for SshLogin {
    /// The same for all: which hosts there are may change between two versions, and a key is retired at those that
    /// remain.
    fn target(&self) -> String {
        "ssh".into()
    }

    fn principal(&self) -> &str {
        &self.username
    }

    fn secrets(&self) -> Vec<&Secret> {
        let own = [
            &self.private_key,
            &self.sample_private_key,
            &self.passphrase,
        ];
        let bastions = self.jump.iter().flat_map(Jump::secrets);
        own.into_iter().flatten().chain(bastions).collect()
    }
}
