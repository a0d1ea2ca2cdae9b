//! The bastion of a secret: whose login enters it, and which hosts are behind it.

use rotation::{Context, HookError, Secret};
use russh::keys::{PrivateKey, PublicKey};
use serde::Deserialize;

use super::SshLogin;
use crate::host::Host;
use crate::host_key::HostKeys;
use crate::identity::Identity;
use crate::key::{self, KeyType, Unreadable};

/// The host that the others are reached through.
#[derive(Clone)]
pub(crate) struct Jump {
    pub(super) entry: Entry,
    /// Those behind it; all, if it names none.
    pub(super) behind: Vec<Host>,
}

/// Whose login enters it.
#[derive(Clone)]
pub(super) enum Entry {
    /// The secret's own key, which is rotated there as at every host.
    Fleet(Place),
    /// A key of its own, which stays as it is.
    Own(Place, Secret, Option<Secret>),
    /// The login that the secret of this ARN has, and nothing else.
    Admin(String),
}

/// A login without its key.
#[derive(Clone, PartialEq)]
pub(super) struct Place {
    pub(super) host: Host,
    pub(super) username: String,
    pub(super) host_keys: HostKeys,
}

/// A login at a bastion.
pub(crate) struct Gate {
    pub(crate) host: Host,
    pub(crate) identity: Identity,
    /// Whether the key is the fleet's: then it is rotated there too.
    pub(crate) rotated: bool,
}

impl Jump {
    /// Whether it is the way to `host`, as far as the secret says.
    pub(crate) fn leads_to(&self, host: &Host) -> bool {
        self.behind.is_empty() || self.behind.iter().any(|behind| behind.is(host))
    }

    /// Who logs in there. `login` is the secret that names it.
    ///
    /// # Errors
    /// If a key cannot be read, or is of a kind that is not used, or if the admin secret is no login at one host.
    pub(crate) fn gate(&self, cx: &Context, login: &SshLogin) -> Result<Gate, HookError> {
        let (host, identity) = match &self.entry {
            Entry::Fleet(place) => (&place.host, place.identity(login.key()?)),
            Entry::Own(place, ..) => (&place.host, place.identity(self.own_key()?)),
            Entry::Admin(_) => return admins(cx),
        };
        Ok(Gate {
            host: host.clone(),
            identity,
            rotated: matches!(self.entry, Entry::Fleet(_)),
        })
    }

    /// Refuses a key of the bastion's own that is the secret's present key. An admin secret's key is looked at once it was read.
    ///
    /// # Errors
    /// In words, with the way out.
    pub(crate) fn differs(&self, present: &PublicKey) -> Result<(), HookError> {
        match self.entry {
            Entry::Own(..) if self.own_key()?.public_key().key_data() == present.key_data() => {
                Err(self.is_the_fleets())
            }
            _ => Ok(()),
        }
    }

    /// The bastion is entered with a key of its own, and that is the secret's present one.
    pub(crate) fn is_the_fleets(&self) -> HookError {
        let (what, fix) = self.own();
        HookError::refused(format!(
            "{what} is the secret's own key: the next rotation would retire it at the bastion, or leave it valid there. To prevent that, {fix}"
        ))
    }

    /// The bastion is entered with a key of its own, and that is the one that is to be retired.
    pub(crate) fn would_end(&self) -> HookError {
        let (what, fix) = self.own();
        HookError::refused(format!(
            "{what} is the key that is to be retired: nobody could enter the bastion afterwards, or the key would stay valid there. First add the line of public_key to authorized_keys at the bastion, then {fix}"
        ))
    }

    fn own(&self) -> (&'static str, &'static str) {
        match self.entry {
            Entry::Admin(_) => (
                "the key of the secret that jump.masterarn names",
                "give that login another key, or have host in jump in place of masterarn: then the key is rotated at the bastion too",
            ),
            _ => (
                "jump.private_key",
                "take private_key and passphrase out of jump: then the key is rotated at the bastion too",
            ),
        }
    }

    fn own_key(&self) -> Result<PrivateKey, HookError> {
        let Entry::Own(_, private, passphrase) = &self.entry else {
            return Err(HookError::refused("jump has no private_key"));
        };
        let wrong = |problem: Unreadable| super::wrong("jump.private_key", &problem);
        let key = key::read(private.expose(), passphrase.as_ref()).map_err(wrong)?;
        match KeyType::after(key.key.public_key()) {
            Ok(_) => Ok(key.key),
            Err(unusable) => Err(wrong(unusable.into())),
        }
    }

    /// The ARN of the secret that has its login.
    pub(super) fn admin_secret(&self) -> Option<&str> {
        match &self.entry {
            Entry::Admin(arn) => Some(arn),
            _ => None,
        }
    }

    /// What must not reach a log.
    pub(super) fn secrets(&self) -> Vec<&Secret> {
        match &self.entry {
            Entry::Own(_, key, passphrase) => [Some(key), passphrase.as_ref()]
                .into_iter()
                .flatten()
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Whether the two say the same.
    pub(super) fn is(&self, other: &Self) -> bool {
        let shown = |jump: &Self| {
            let secrets = jump.secrets().into_iter();
            secrets
                .map(|secret| secret.expose().to_owned())
                .collect::<Vec<_>>()
        };
        self.place() == other.place()
            && self.admin_secret() == other.admin_secret()
            && shown(self) == shown(other)
            && self.behind == other.behind
    }

    fn place(&self) -> Option<&Place> {
        match &self.entry {
            Entry::Fleet(place) | Entry::Own(place, ..) => Some(place),
            Entry::Admin(_) => None,
        }
    }
}

impl Place {
    fn identity(&self, key: PrivateKey) -> Identity {
        Identity::new(&self.username, key, &self.host_keys)
    }
}

/// What the owner of a login says, so that others may go through its host.
#[derive(Deserialize)]
struct Consent {
    #[serde(default)]
    bastion: bool,
}

/// The login of the admin secret: all of it is said there. The function may read secrets of other teams, and their logins are no
/// bastions.
fn admins(cx: &Context) -> Result<Gate, HookError> {
    let Consent { bastion } = cx.admin()?;
    if !bastion {
        return Err(HookError::refused(
            "the secret that jump.masterarn names does not say that others may go through its host: if they may, put the key bastion with the value true into it",
        ));
    }
    let login: SshLogin = cx.admin()?;
    let ([host], None) = (login.hosts(), login.jump()) else {
        return Err(HookError::refused(
            "the admin secret must be a login at one host, the bastion, and have no jump",
        ));
    };
    let wrong =
        |error: HookError| HookError::refused(format!("the admin secret: {}", error.text()));
    Ok(Gate {
        host: host.clone(),
        identity: login.identity().map_err(wrong)?,
        rotated: false,
    })
}
