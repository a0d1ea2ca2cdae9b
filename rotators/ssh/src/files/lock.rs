//! Who may edit the file, and what dead invocations left beside it.

use super::{Facts, KeyFile, apart};
use crate::problem::Problem;

/// After so many seconds a lock is a dead invocation's.
const STALE: u64 = 120;

impl KeyFile<'_> {
    /// False, if somebody else has it. One that a dead invocation left is taken from it.
    pub(super) async fn lock(&self) -> Result<bool, Problem> {
        let lock = self.beside("lock");
        if let Some(there) = self.files.facts(&lock).await? {
            let now = self.files.now(&self.own("time")).await?;
            if now.saturating_sub(there.changed) < STALE || !self.take(&there).await? {
                return Ok(false);
            }
        }
        match self.files.create(&lock, self.id.as_bytes(), None).await {
            Ok(()) => Ok(true),
            // Somebody else was faster, or there is no room for a file.
            Err(problem) => match self.files.facts(&lock).await? {
                Some(_) => Ok(false),
                None => Err(problem),
            },
        }
    }

    /// Moves a dead invocation's lock out of the way. False, if another invocation did: the lock is its own by now.
    async fn take(&self, dead: &Facts) -> Result<bool, Problem> {
        let (lock, aside) = (self.beside("lock"), self.own("dead"));
        if let Err(problem) = self.files.rename(&lock, &aside).await {
            let gone = self.files.facts(&lock).await?.is_none();
            return if gone { Ok(false) } else { Err(problem) };
        }
        if self.files.facts(&aside).await?.as_ref() == Some(dead) {
            self.files.remove(&aside).await?;
            return Ok(true);
        }
        self.files.rename(&aside, &lock).await?;
        Ok(false)
    }

    /// Lets go of the lock. One that was taken from us meanwhile stays.
    pub(super) async fn unlock(&self) -> Result<(), Problem> {
        let lock = self.beside("lock");
        let there = self.files.facts(&lock).await?.is_some();
        if there && self.files.read(&lock).await? == self.id.as_bytes() {
            self.files.remove(&lock).await?;
        }
        Ok(())
    }

    /// Whether there is nothing of any invocation, be it a lock.
    pub(super) async fn is_tidy(&self) -> Result<bool, Problem> {
        Ok(self.left().await?.is_empty())
    }

    /// After `Ok`, there is nothing of any invocation but the lock. One that still lives, though its lock was taken, misses
    /// its files, and gives up.
    pub(super) async fn sweep(&self) -> Result<(), Problem> {
        let lock = self.beside("lock");
        for path in self.left().await? {
            if path != lock {
                self.files.remove(&path).await?;
            }
        }
        Ok(())
    }

    /// What invocations left beside the file.
    async fn left(&self) -> Result<Vec<String>, Problem> {
        let (folder, name) = apart(&self.path).unwrap_or(("/", ""));
        let names = self.files.list(folder).await?;
        let beside = names.iter().filter_map(|other| {
            let rest = other.strip_prefix(name)?;
            rest.strip_prefix(".rotation-")
        });
        let ours =
            beside.filter(|what| *what == "lock" || what.split_once('-').is_some_and(made_here));
        Ok(ours.map(|what| self.beside(what)).collect())
    }
}

/// Whether [`KeyFile::own`] gives such names.
fn made_here((what, id): (&str, &str)) -> bool {
    let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    matches!(what, "new" | "old" | "time" | "dead") && id.len() == 16 && id.bytes().all(digit)
}
