//! What becomes of one host's authorized_keys.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use rotation::{Context, HookError, Payload, Verdict};
use russh::keys::{PrivateKey, PublicKey};

use crate::authorized_keys::{self, Expiry};
use crate::bastion::Bastion;
use crate::connection::{self, Connection, Way};
use crate::error::HostError;
use crate::files::KeyFile;
use crate::login::SshLogin;
use crate::session::Session;

/// A line that ends within this time is none to copy: there may be no other rotation before.
const SOON: Duration = Duration::from_secs(24 * 60 * 60);

/// A line for a key, as long as another one's is there.
pub(crate) struct Line<'a> {
    path: &'a str,
    /// None: those of the present line.
    options: Option<&'a str>,
    present: &'a PublicKey,
    now: SystemTime,
}

impl<'a> Line<'a> {
    /// For the hosts of `login`, whose key `present` is.
    ///
    /// # Errors
    /// If that is the bastion's own key too.
    pub(crate) fn new(
        cx: &Context,
        session: &Session,
        login: &'a SshLogin,
        present: &'a PublicKey,
    ) -> Result<Self, HookError> {
        let differs = |bastion: &Bastion| bastion.differs(present);
        session.bastion.as_ref().map_or(Ok(()), differs)?;
        Ok(Self {
            path: login.authorized_keys_path(),
            options: login.options(),
            present,
            now: cx.now(),
        })
    }

    /// After `Ok`, the host takes `key`.
    pub(crate) async fn add(&self, held: &Connection, key: &PublicKey) -> Result<(), HostError> {
        let ends = OnceLock::new();
        let added = |content: &[u8]| {
            let (options, expiry) = self.options(content)?;
            expiry.map(|expiry| ends.set(expiry));
            Ok(authorized_keys::add(content, options, key))
        };
        KeyFile::at(held, self.path).await?.edit(added).await?;
        warn(held, ends.get());
        Ok(())
    }

    /// After `Ok`, the file is one that [`add`](Self::add) can change.
    pub(crate) async fn check(&self, held: &Connection) -> Result<(), HostError> {
        let content = KeyFile::at(held, self.path).await?.read().await?;
        let (_, expiry) = self.options(&content)?;
        warn(held, expiry.as_ref());
        Ok(())
    }

    /// Those of the new line, and the day on which it ends.
    fn options<'f>(&'f self, file: &'f [u8]) -> Result<(&'f [u8], Option<Expiry>), HostError> {
        let present = authorized_keys::options_of(file, self.present).ok_or_else(|| {
            HostError::Lasting(
                "its authorized_keys does not hold the key that logs in, which is authorized elsewhere: name that file in authorized_keys_path".into(),
            )
        })?;
        let options = self.options.map_or(present, str::as_bytes);
        let expiry = Expiry::of(options);
        match &expiry {
            Some(expiry) if expiry.at <= self.now + SOON => Err(HostError::Lasting(format!(
                "the line of the new key would end on {} (expiry-time in its options): change that option of the present key's line, or set the key options",
                expiry.text
            ))),
            _ => Ok((options, expiry)),
        }
    }
}

/// On that day nobody gets in by this login, unless a person was there before.
fn warn(held: &Connection, expiry: Option<&Expiry>) {
    if let Some(expiry) = expiry {
        let (host, ends) = (held.member.name.as_str(), expiry.text.as_str());
        tracing::warn!(
            host,
            ends,
            "the new key's line has an expiry-time, as the present one's"
        );
    }
}

/// After `Ok`, no line of the file has the key.
pub(crate) async fn remove(
    held: &Connection,
    path: &str,
    key: &PublicKey,
) -> Result<(), HostError> {
    let file = KeyFile::at(held, path).await?;
    file.edit(|content| Ok(authorized_keys::remove(content, key)))
        .await
}

/// After `Ok`, the host does not take the key of `retired` any more. One that does has it in a file that is not ours.
pub(crate) async fn prove_dead(
    held: &Connection,
    way: &Way<'_>,
    keep: &SshLogin,
    retired: &SshLogin,
    key: &Arc<PrivateKey>,
) -> Result<(), HostError> {
    let own = held.member.identity.user();
    // A bastion may have a login of another name, which the older version did not name.
    let user = if own == keep.principal() {
        retired.principal()
    } else {
        own
    };
    let identity = held.member.identity.with(user, key);
    match connection::log_in(way, &held.member.host, &identity).await? {
        Verdict::Reject(_) => Ok(()),
        Verdict::Accept(handle) => {
            connection::close(&handle).await;
            Err(HostError::Lasting(
                "it still takes the retired key, which must be authorized in another file too"
                    .into(),
            ))
        }
    }
}
