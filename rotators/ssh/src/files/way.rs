//! The way to a host's files, and what can be done there.

use super::{Facts, Sftp, Shell};
use crate::error::HostError;

/// The way to a host's files.
pub(crate) enum Files {
    Sftp(Sftp),
    /// Commands of a POSIX shell.
    Shell(Shell),
}

impl Files {
    pub(super) async fn home(&self) -> Result<String, HostError> {
        match self {
            Self::Sftp(sftp) => sftp.home().await,
            Self::Shell(shell) => shell.home().await,
        }
    }

    pub(super) async fn facts(&self, path: &str) -> Result<Option<Facts>, HostError> {
        match self {
            Self::Sftp(sftp) => sftp.facts(path).await,
            Self::Shell(shell) => shell.facts(path).await,
        }
    }

    pub(super) async fn read(&self, path: &str) -> Result<Vec<u8>, HostError> {
        match self {
            Self::Sftp(sftp) => sftp.read(path).await,
            Self::Shell(shell) => shell.read(path).await,
        }
    }

    pub(super) async fn create(
        &self,
        path: &str,
        content: &[u8],
        like: Option<&Facts>,
    ) -> Result<(), HostError> {
        match self {
            Self::Sftp(sftp) => sftp.create(path, content, like).await,
            Self::Shell(shell) => shell.create(path, content, like).await,
        }
    }

    /// After `Ok`, there is none.
    pub(super) async fn remove(&self, path: &str) -> Result<(), HostError> {
        match self {
            Self::Sftp(sftp) => sftp.remove(path).await,
            Self::Shell(shell) => shell.remove(path).await,
        }
    }

    /// In one step, over what may be there.
    pub(super) async fn rename(&self, from: &str, to: &str) -> Result<(), HostError> {
        match self {
            Self::Sftp(sftp) => sftp.rename(from, to).await,
            Self::Shell(shell) => shell.rename(from, to).await,
        }
    }

    /// In one step: whoever reads `to` sees the old file or the new one. True, if the old one is `kept` too from then on:
    /// that takes a host with hard links.
    pub(super) async fn replace(
        &self,
        from: &str,
        to: &str,
        kept: &str,
    ) -> Result<bool, HostError> {
        match self {
            Self::Sftp(sftp) => sftp.replace(from, to, kept).await,
            Self::Shell(shell) => shell.replace(from, to, kept).await,
        }
    }

    /// The names in a folder.
    pub(super) async fn list(&self, folder: &str) -> Result<Vec<String>, HostError> {
        match self {
            Self::Sftp(sftp) => sftp.list(folder).await,
            Self::Shell(shell) => shell.list(folder).await,
        }
    }

    /// By the host's clock, in seconds; over SFTP a file, just made at `probe`, shows it.
    pub(super) async fn now(&self, probe: &str) -> Result<u64, HostError> {
        match self {
            Self::Sftp(sftp) => sftp.now(probe).await,
            Self::Shell(shell) => shell.now().await,
        }
    }
}
