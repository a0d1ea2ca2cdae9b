//! Who logs in, and by which keys hosts are known.

use std::sync::Arc;

use russh::client::{self, DisconnectReason};
use russh::keys::{PrivateKey, PublicKeyOrCertificate};

use crate::error::HostError;
use crate::host::Host;
use crate::host_key::HostKeys;
use crate::progress::Progress;

/// A session with a host that proved its key.
pub(crate) type Handle = client::Handle<Trust>;

/// Who logs in, and which host keys are the right ones.
#[derive(Clone)]
pub(crate) struct Identity {
    user: String,
    key: Arc<PrivateKey>,
    trusted: Arc<HostKeys>,
}

impl Identity {
    pub(crate) fn new(user: &str, key: PrivateKey, trusted: &HostKeys) -> Self {
        Self {
            user: user.to_owned(),
            key: Arc::new(key),
            trusted: Arc::new(trusted.clone()),
        }
    }

    /// The same hosts, and another login.
    pub(crate) fn with(&self, user: &str, key: &Arc<PrivateKey>) -> Self {
        Self {
            user: user.to_owned(),
            key: Arc::clone(key),
            trusted: Arc::clone(&self.trusted),
        }
    }

    pub(crate) fn user(&self) -> &str {
        &self.user
    }

    pub(crate) fn key(&self) -> &Arc<PrivateKey> {
        &self.key
    }

    pub(crate) fn trusted(&self) -> &HostKeys {
        &self.trusted
    }

    /// What checks the key of `host`.
    pub(crate) fn trust(&self, host: &Host, progress: &Progress) -> Trust {
        Trust {
            host: host.clone(),
            progress: progress.clone(),
            trusted: Arc::clone(&self.trusted),
        }
    }
}

/// Checks one host's key, and hears its farewell.
pub(crate) struct Trust {
    host: Host,
    progress: Progress,
    trusted: Arc<HostKeys>,
}

impl client::Handler for Trust {
    type Error = HostError;

    async fn check_server_key(
        &mut self,
        offered: &PublicKeyOrCertificate,
    ) -> Result<bool, HostError> {
        match offered {
            PublicKeyOrCertificate::PublicKey { key, .. } => {
                let checked = self.trusted.check(&self.host, key);
                let wrong = |why| HostError::HostKey(key.algorithm(), why);
                checked.map(|()| true).map_err(wrong)
            }
            PublicKeyOrCertificate::Certificate(_) => Err(HostError::Lasting(
                "it shows a certificate, which is not supported: name its host key".into(),
            )),
        }
    }

    async fn disconnected(&mut self, reason: DisconnectReason<HostError>) -> Result<(), HostError> {
        match reason {
            DisconnectReason::ReceivedDisconnect(words) => {
                self.progress.ends(words.message);
                Ok(())
            }
            DisconnectReason::Error(problem) => Err(problem),
        }
    }
}
