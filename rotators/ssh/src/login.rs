//! The secret of a fleet of hosts: where it logs in, as whom, with which key, and how each host is known.

mod field;
mod raw;
#[cfg(test)]
mod tests;

use std::fmt;

use rotation::{HookError, Payload, Secret};
use russh::keys::PrivateKey;
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use crate::host::Host;
use crate::host_key::HostKeys;
use crate::identity::Identity;
use crate::key::{self, KeyType, Unreadable};

/// The secret of a rotator of SSH keys. AWS's sample has the keys `PrivateKey` and `PublicKey`; each is written back under
/// the name that it was read from.
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

/// The host that the others are reached through. Its key stays as it is.
#[derive(Clone)]
pub(crate) struct Jump {
    pub(crate) host: Host,
    username: String,
    host_keys: HostKeys,
    private_key: Secret,
    passphrase: Option<Secret>,
    /// Those behind it; all, if it names none.
    behind: Vec<Host>,
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
        self.key().map(|key| self.identity_with(key))
    }

    /// Who logged in before.
    ///
    /// # Errors
    /// As [`retired_key`](Self::retired_key).
    pub(crate) fn retired_identity(&self) -> Result<Identity, HookError> {
        self.retired_key().map(|key| self.identity_with(key))
    }

    fn identity_with(&self, key: PrivateKey) -> Identity {
        Identity::new(&self.username, key, &self.host_keys)
    }

    /// The key to log in with.
    ///
    /// # Errors
    /// If it cannot be read, is not the one of the secret's public key, or is of a kind that is not used.
    pub(crate) fn key(&self) -> Result<PrivateKey, HookError> {
        let key = self.retired_key()?;
        match KeyType::after(key.public_key()) {
            Ok(_) => Ok(key),
            Err(unusable) => Err(self.wrong(&unusable.into())),
        }
    }

    /// The same without a rule for its kind: also a weak key must be taken away, and tried afterwards.
    ///
    /// # Errors
    /// If it cannot be read, or is not the one of the secret's public key.
    pub(crate) fn retired_key(&self) -> Result<PrivateKey, HookError> {
        let read = key::read(self.private_key.value.expose(), self.passphrase.as_ref());
        let read = read.map_err(|problem| self.wrong(&problem))?;
        if let Some(public) = &self.public_key {
            let belongs = key::belongs(&read, &public.value);
            belongs.map_err(|problem| wrong(public.name, &problem))?;
        }
        Ok(read)
    }

    /// The same login with a new key, of the present one's type where `kind` says nothing else. RSA takes a while.
    ///
    /// # Errors
    /// As [`key`](Self::key), or if the operating system gives no random numbers.
    pub(crate) fn with_new_key(
        &self,
        kind: Option<KeyType>,
        comment: &str,
    ) -> Result<Self, HookError> {
        let present = KeyType::after(self.key()?.public_key());
        let present = present.map_err(|unusable| self.wrong(&unusable.into()))?;
        let new = key::generate(kind.unwrap_or(present), comment, self.passphrase.as_ref())?;
        let mut login = self.clone();
        login.private_key.value = new.private;
        if let Some(public) = &mut login.public_key {
            public.value = new.public.to_openssh()?;
        }
        Ok(login)
    }

    /// Refuses to take the place of `current` with other hosts, for another login or in another file.
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
        } else {
            return Ok(());
        };
        Err(HookError::refused(format!(
            "the key {key} of AWSPENDING is not as in AWSCURRENT: the secret was edited during the rotation; take AWSPENDING off that version, and start a new one"
        )))
    }

    fn wrong(&self, problem: &Unreadable) -> HookError {
        wrong(self.private_key.name, problem)
    }
}

impl Jump {
    /// Whether `host` is reached through it.
    pub(crate) fn leads_to(&self, host: &Host) -> bool {
        self.behind.is_empty() || self.behind.iter().any(|behind| behind.is(host))
    }

    /// Who logs in there.
    ///
    /// # Errors
    /// If the key cannot be read, or is of a kind that is not used.
    pub(crate) fn identity(&self) -> Result<Identity, HookError> {
        let key = self.key()?;
        Ok(Identity::new(&self.username, key, &self.host_keys))
    }

    fn key(&self) -> Result<PrivateKey, HookError> {
        let wrong = |problem: Unreadable| wrong("jump.private_key", &problem);
        let key = key::read(self.private_key.expose(), self.passphrase.as_ref()).map_err(wrong)?;
        match KeyType::after(key.public_key()) {
            Ok(_) => Ok(key),
            Err(unusable) => Err(wrong(unusable.into())),
        }
    }
}

fn wrong(name: &str, problem: &Unreadable) -> HookError {
    HookError::refused(format!("the value under the key {name} {problem}"))
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
        let jump = self.jump.iter();
        let jump = jump.flat_map(|jump| [Some(&jump.private_key), jump.passphrase.as_ref()]);
        let own = [Some(&self.private_key.value), self.passphrase.as_ref()];
        own.into_iter().chain(jump).flatten().collect()
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
