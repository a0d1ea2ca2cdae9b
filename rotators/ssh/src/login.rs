//! The secret of a fleet of hosts: where it logs in, as whom, with which key, and how each host is known.

mod field;
mod jump;
mod raw;
#[cfg(test)]
mod tests;

use std::fmt;

use rotation::{HookError, Payload, Secret};
use russh::keys::{PrivateKey, PublicKey};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use crate::host::Host;
use crate::host_key::HostKeys;
use crate::identity::Identity;
use crate::key::{self, Format, KeyType, Read, Unreadable};

pub(crate) use jump::{Gate, Jump};

/// The secret of a rotator of SSH keys. Some of its keys have several names; each value is written back under the name that it
/// was read from.
#[derive(Clone, Deserialize)]
#[serde(try_from = "raw::RawLogin")]
pub struct SshLogin {
    hosts: Vec<Host>,
    username: String,
    private_key: Named<Secret>,
    public_key: Option<Named<String>>,
    passphrase: Option<Secret>,
    host_keys: HostKeys,
    authorized_keys_path: String,
    options: Option<String>,
    jump: Option<Jump>,
}

/// A value, and the key that it is under.
#[derive(Clone)]
struct Named<T> {
    name: &'static str,
    value: T,
}

impl SshLogin {
    /// In the order of the secret; each one once, at least one.
    pub(crate) fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// The file with the keys: absolute, or from the login's home.
    pub(crate) fn authorized_keys_path(&self) -> &str {
        &self.authorized_keys_path
    }

    /// The options of a new line, maybe none; `None`: those of the present key's line.
    pub(crate) fn options(&self) -> Option<&str> {
        self.options.as_deref()
    }

    /// The way to the hosts, where there is one.
    pub(crate) fn jump(&self) -> Option<&Jump> {
        self.jump.as_ref()
    }

    /// Who logs in.
    ///
    /// # Errors
    /// As [`key`](Self::key).
    pub(crate) fn identity(&self) -> Result<Identity, HookError> {
        let key = self.key()?;
        Ok(Identity::new(&self.username, key, &self.host_keys))
    }

    /// The key to log in with.
    ///
    /// # Errors
    /// If it cannot be read, is not the one of the secret's public key, or is of a kind that is not used.
    pub(crate) fn key(&self) -> Result<PrivateKey, HookError> {
        let key = self.retired_key()?;
        self.next_type(&key).map(|_| key)
    }

    /// The same without a rule for its kind: also a weak key must be taken away, and tried afterwards.
    ///
    /// # Errors
    /// If it cannot be read, or is not the one of the secret's public key.
    pub(crate) fn retired_key(&self) -> Result<PrivateKey, HookError> {
        self.read_key().map(|read| read.key)
    }

    fn read_key(&self) -> Result<Read, HookError> {
        let read = key::read(self.private_key.value.expose(), self.passphrase.as_ref());
        let read = read.map_err(|problem| self.wrong(&problem))?;
        if let Some(public) = &self.public_key {
            let belongs = key::belongs(&read.key, &public.value);
            belongs.map_err(|problem| wrong(public.name, &problem))?;
        }
        Ok(read)
    }

    fn next_type(&self, key: &PrivateKey) -> Result<KeyType, HookError> {
        KeyType::after(key.public_key()).map_err(|unusable| self.wrong(&unusable.into()))
    }

    /// The same login with a new key, of the present one's type and in its format where nothing else is wanted. Its comment
    /// is the present one's, with `mark` at its end. RSA takes a while.
    ///
    /// # Errors
    /// As [`key`](Self::key); if the bastion's own key is the present one; if the format cannot hold the key; or if the operating system gives no random numbers.
    pub(crate) fn with_new_key(
        &self,
        kind: Option<KeyType>,
        format: Option<Format>,
        mark: &str,
    ) -> Result<Self, HookError> {
        let read = self.read_key()?;
        let present = self.next_type(&read.key)?;
        if let Some(jump) = &self.jump {
            jump.differs(read.key.public_key())?;
        }
        let kind = kind.unwrap_or(present);
        let format = format.unwrap_or(read.format.after(kind));
        let encrypted = self.passphrase.is_some();
        let fits = format.holds(kind, encrypted);
        fits.map_err(|rule| says(self.private_key.name, rule))?;
        let comment = self.comment(&read.key, mark);
        let new = key::generate(kind, format, &comment, self.passphrase.as_ref())?;
        let text = new.private.expose();
        let text = if read.ended { text } else { text.trim_end() };
        let mut login = self.clone();
        login.private_key.value = Secret::new(text);
        if let Some(public) = &mut login.public_key {
            public.value = new.public.to_openssh()?;
        }
        Ok(login)
    }

    /// What people call the key, without the mark of an earlier rotation; then this one's.
    fn comment(&self, present: &PrivateKey, mark: &str) -> String {
        let stored = self.public_key.as_ref().map(|public| &public.value);
        let stored = stored.and_then(|line| PublicKey::from_openssh(line).ok());
        let stored = stored.as_ref().unwrap_or(present.public_key());
        let comment = stored.comment().as_str_lossy().to_owned();
        let kept = comment
            .split_whitespace()
            .filter(|word| !word.starts_with(MARK));
        kept.chain([mark]).collect::<Vec<_>>().join(" ")
    }

    /// Refuses to take the place of `current` with anything but a new key: another host or bastion would be left without that key,
    /// and an edit of `known_hosts` or `options` would be lost.
    ///
    /// # Errors
    /// If somebody edited the secret during the rotation.
    pub(crate) fn same_way(&self, current: &Self) -> Result<(), HookError> {
        let key = if self.hosts != current.hosts {
            "hosts"
        } else if self.username != current.username {
            "username"
        } else if self.authorized_keys_path != current.authorized_keys_path {
            "authorized_keys_path"
        } else if self.options != current.options {
            "options"
        } else if self.host_keys != current.host_keys {
            "known_hosts (or fingerprints)"
        } else if !match (&self.jump, &current.jump) {
            (Some(jump), Some(other)) => jump.is(other),
            (jump, other) => jump.is_none() && other.is_none(),
        } {
            "jump"
        } else {
            return Ok(());
        };
        Err(HookError::refused(format!(
            "the key {key} of AWSPENDING is not as in AWSCURRENT: the secret was edited during the rotation. Take AWSPENDING off that version, and start a new rotation"
        )))
    }

    fn wrong(&self, problem: &Unreadable) -> HookError {
        wrong(self.private_key.name, problem)
    }
}

/// What the comment of a key that a rotation made begins its last word with.
pub(crate) const MARK: &str = "rotation:";

fn wrong(name: &str, problem: &Unreadable) -> HookError {
    says(name, &problem.to_string())
}

fn says(name: &str, rule: &str) -> HookError {
    HookError::refused(format!("the value under the key {name} {rule}"))
}

impl Payload for SshLogin {
    /// Not the hosts: they may change from one version to the next, and then the key of AWSPREVIOUS must still be taken
    /// away from those that remain. What keeps a key from a strange host is that the host must be known by its own key.
    fn target(&self) -> String {
        "ssh".to_owned()
    }

    fn principal(&self) -> &str {
        &self.username
    }

    fn credential(&self) -> &Secret {
        &self.private_key.value
    }

    fn secrets(&self) -> Vec<&Secret> {
        let jump = self.jump.iter().flat_map(Jump::secrets);
        self.passphrase.iter().chain(jump).collect()
    }

    /// The login of the bastion, if another secret has it.
    fn admin_secret(&self) -> Option<&str> {
        self.jump.as_ref()?.admin_secret()
    }
}

/// Only what a rotation changes.
impl Serialize for SshLogin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.private_key.name, &self.private_key.value)?;
        if let Some(public) = &self.public_key {
            map.serialize_entry(public.name, &public.value)?;
        }
        map.end()
    }
}

impl fmt::Debug for SshLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosts: Vec<String> = self.hosts.iter().map(Host::to_string).collect();
        write!(f, "{}@{}", self.username, hosts.join(","))
    }
}
