//! Who may edit the file, and what dead invocations left beside it.

use tokio::time::sleep;

use super::{Facts, Holder, KeyFile, PAUSE, apart};
use crate::error::HostError;

/// After so many seconds a lock is a dead invocation's.
const STALE: u64 = 120;
/// So many looks at a lock without a word in it, which is there for a moment before the word is.
const EMPTY: usize = 10;

impl KeyFile<'_> {
    /// Takes it, if nobody has it. One that a dead invocation left is taken from it.
    pub(super) async fn lock(&self) -> Result<Holder, HostError> {
        let lock = self.beside("lock");
        if let Some(there) = self.files.facts(&lock).await? {
            let now = self.files.now(&self.own("time")).await?;
            if now.saturating_sub(there.changed) < STALE || !self.take(&there).await? {
                return self.holder(&lock).await;
            }
        }
        match self.files.create(&lock, self.mark().as_bytes(), None).await {
            Ok(()) => Ok(Holder::Us),
            // Somebody else was faster, or there is no room for a file.
            Err(problem) => match self.files.facts(&lock).await? {
                Some(_) => self.holder(&lock).await,
                None => Err(problem),
            },
        }
    }

    /// Of a lock that is not ours. One that is let go of as we read it, or still to be written, may be anybody's: if it was
    /// this step's, the next look shows the change.
    async fn holder(&self, lock: &str) -> Result<Holder, HostError> {
        for _ in 0..EMPTY {
            let mark = self.files.read(lock).await.unwrap_or_default();
            if !mark.is_empty() {
                let same = mark.starts_with(self.step.as_bytes());
                return Ok(if same {
                    Holder::SameStep
                } else {
                    Holder::Another
                });
            }
            if self.files.facts(lock).await?.is_none() {
                return Ok(Holder::SameStep);
            }
            sleep(PAUSE).await;
        }
        Ok(Holder::Another)
    }

    /// What is in a lock of ours: the step, and which edit of it.
    fn mark(&self) -> String {
        format!("{} {}", self.step, self.id)
    }

    /// Moves a dead invocation's lock out of the way. False, if another invocation did: the lock is its own by now.
    async fn take(&self, dead: &Facts) -> Result<bool, HostError> {
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
    pub(super) async fn unlock(&self) -> Result<(), HostError> {
        let lock = self.beside("lock");
        let there = self.files.facts(&lock).await?.is_some();
        if there && self.files.read(&lock).await? == self.mark().as_bytes() {
            self.files.remove(&lock).await?;
        }
        Ok(())
    }

    /// Whether there is nothing of any invocation, be it a lock.
    pub(super) async fn is_tidy(&self) -> Result<bool, HostError> {
        Ok(self.left().await?.is_empty())
    }

    /// After `Ok`, there is nothing of any invocation but the lock. One that still lives, though its lock was taken, misses
    /// its files, and gives up.
    pub(super) async fn sweep(&self) -> Result<(), HostError> {
        let lock = self.beside("lock");
        for path in self.left().await? {
            if path != lock {
                self.files.remove(&path).await?;
            }
        }
        Ok(())
    }

    /// What invocations left beside the file.
    async fn left(&self) -> Result<Vec<String>, HostError> {
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
