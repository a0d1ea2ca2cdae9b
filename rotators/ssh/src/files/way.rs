//! The way to a host's files, and what can be done there.

use super::{Facts, Sftp, Shell};
use crate::problem::Problem;

/// After so many seconds a lock is a dead invocation's.
const STALE: u64 = 120;

/// The way to a host's files.
pub(crate) enum Files {
    Sftp(Sftp),
    /// Commands of a POSIX shell.
    Shell(Shell),
}

impl Files {
    pub(super) async fn home(&self) -> Result<String, Problem> {
        match self {
            Self::Sftp(sftp) => sftp.home().await,
            Self::Shell(shell) => shell.home().await,
        }
    }

    pub(super) async fn facts(&self, path: &str) -> Result<Option<Facts>, Problem> {
        match self {
            Self::Sftp(sftp) => sftp.facts(path).await,
            Self::Shell(shell) => shell.facts(path).await,
        }
    }

    pub(super) async fn read(&self, path: &str) -> Result<Vec<u8>, Problem> {
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
    ) -> Result<(), Problem> {
        match self {
            Self::Sftp(sftp) => sftp.create(path, content, like).await,
            Self::Shell(shell) => shell.create(path, content, like).await,
        }
    }

    pub(super) async fn remove(&self, path: &str) -> Result<(), Problem> {
        match self {
            Self::Sftp(sftp) => sftp.remove(path).await,
            Self::Shell(shell) => shell.remove(path).await,
        }
    }

    /// In one step: whoever reads `to` sees the old file or the new one. The old one is `kept` too from then on, where the
    /// host has hard links.
    pub(super) async fn replace(&self, from: &str, to: &str, kept: &str) -> Result<(), Problem> {
        match self {
            Self::Sftp(sftp) => sftp.replace(from, to, kept).await,
            Self::Shell(shell) => shell.replace(from, to, kept).await,
        }
    }

    /// False, if somebody else has it. One that a dead invocation left is taken from it.
    pub(super) async fn lock(&self, path: &str) -> Result<bool, Problem> {
        if let Some(there) = self.facts(path).await? {
            let now = match self {
                Self::Sftp(sftp) => sftp.now(path).await?,
                Self::Shell(shell) => shell.now().await?,
            };
            if now.saturating_sub(there.changed) < STALE {
                return Ok(false);
            }
            self.remove(path).await?;
        }
        match self.create(path, b"", None).await {
            Ok(()) => Ok(true),
            // Somebody else was faster, or there is no room for a file.
            Err(problem) => match self.facts(path).await? {
                Some(_) => Ok(false),
                None => Err(problem),
            },
        }
    }
}
