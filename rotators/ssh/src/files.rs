//! The file at a host: replaced in one step, or left as it is.

mod lock;
mod sftp;
mod shell;
mod trust;
mod way;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::connection::Connection;
use crate::error::HostError;

pub(crate) use sftp::Sftp;
pub(crate) use shell::Shell;
pub(crate) use way::Files;

/// No authorized_keys has more bytes.
const MOST: u64 = 1 << 20;
/// How often a change of somebody else's is waited out.
const TRIES: usize = 3;
/// How long another host of this step, which has the same file, is waited for; and between two looks at it.
const PATIENCE: Duration = Duration::from_secs(8);
const PAUSE: Duration = Duration::from_millis(150);

/// What a host tells of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    kind: Kind,
    mode: u32,
    user: u32,
    group: u32,
    size: u64,
    /// Seconds, by the host's clock.
    changed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File,
    Folder,
    /// A symbolic link, say.
    Other,
}

/// Who has the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holder {
    Us,
    /// Another host of this step: the two have one home, or are one host.
    SameStep,
    Another,
}

/// An authorized_keys at a host, by its full path.
pub(crate) struct KeyFile<'a> {
    files: &'a Files,
    /// What errors and the log call the host.
    host: &'a str,
    home: String,
    path: String,
    /// In the names of this edit's files, so that no other one puts its hands on half of one.
    id: String,
    /// In the lock, before that.
    step: Arc<str>,
    /// Whether the log was told that the file's group may write to it.
    told: AtomicBool,
}

impl<'a> KeyFile<'a> {
    /// The file at `path`, which may be relative to the login's home.
    pub(crate) async fn at(held: &'a Connection, path: &str) -> Result<Self, HostError> {
        let files = &held.files;
        let home = files.home().await?;
        let path = if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("{}/{path}", home.trim_end_matches('/'))
        };
        let id = getrandom::u64().map_err(|_| {
            HostError::Passing("the operating system of this function gives no random bytes".into())
        })?;
        Ok(Self {
            files,
            host: &held.member.name,
            home,
            path,
            id: format!("{id:016x}"),
            step: Arc::clone(&held.step),
            told: AtomicBool::new(false),
        })
    }

    /// What is in it. Refused, if others may write to it.
    pub(crate) async fn read(&self) -> Result<Vec<u8>, HostError> {
        self.look().await.map(|(_, content)| content)
    }

    /// After `Ok`, the file has what `change` makes of it: all of it, or as it was before. None from `change` means that
    /// it is as it should be. Mode and owner stay; nobody reads half a file.
    pub(crate) async fn edit(
        &self,
        change: impl Fn(&[u8]) -> Result<Option<Vec<u8>>, HostError>,
    ) -> Result<(), HostError> {
        let patience = Instant::now() + PATIENCE;
        loop {
            let done = change(&self.read().await?)?.is_none();
            if done && self.is_tidy().await? {
                return Ok(());
            }
            match self.lock().await? {
                Holder::Us => break,
                _ if done => return Ok(()),
                // It makes the same change to the same file: then there is nothing left to do.
                Holder::SameStep if Instant::now() < patience => sleep(PAUSE).await,
                Holder::SameStep | Holder::Another => return Err(HostError::Busy),
            }
        }
        let edited = self.edit_locked(change).await;
        let tidied = self.tidy().await;
        let unlocked = self.unlock().await;
        edited.and(tidied).and(unlocked)
    }

    async fn edit_locked(
        &self,
        change: impl Fn(&[u8]) -> Result<Option<Vec<u8>>, HostError>,
    ) -> Result<(), HostError> {
        self.sweep().await?;
        let (new, old) = (self.own("new"), self.own("old"));
        for round in 0..TRIES {
            if round > 0 {
                self.tidy().await?;
            }
            let seen = self.look().await?;
            let (facts, before) = &seen;
            let Some(after) = change(before)? else {
                return Ok(());
            };
            if after.len() as u64 > MOST {
                return Err(too_big());
            }
            self.write(&new, &after, facts).await?;
            // Whatever else keeps this file knows nothing of our lock.
            if self.look().await? != seen {
                continue;
            }
            let kept = self.files.replace(&new, &self.path, &old).await?;
            // Without hard links nobody can tell what was there.
            if kept && self.gave_way(before, &after).await? {
                continue;
            }
            let (_, found) = self.look().await?;
            if change(&found)?.is_none() {
                return Ok(());
            }
        }
        Err(HostError::Passing(format!(
            "{} is being changed by somebody else",
            self.path
        )))
    }

    /// Whether somebody changed the file after the last look at it: then it is theirs again.
    async fn gave_way(&self, before: &[u8], after: &[u8]) -> Result<bool, HostError> {
        let (new, old) = (self.own("new"), self.own("old"));
        if self.files.read(&old).await? == before {
            return Ok(false);
        }
        self.files.replace(&old, &self.path, &new).await?;
        if self.files.read(&new).await? == after {
            return Ok(true);
        }
        Err(HostError::Passing(format!(
            "{} was changed by somebody else twice while it was replaced: look whether their lines are there",
            self.path
        )))
    }

    /// After `Ok`, there is none of our files but the lock.
    async fn tidy(&self) -> Result<(), HostError> {
        for what in ["new", "old"] {
            self.files.remove(&self.own(what)).await?;
        }
        Ok(())
    }

    /// A whole file, or an error.
    async fn write(&self, new: &str, content: &[u8], like: &Facts) -> Result<(), HostError> {
        self.files.create(new, content, Some(like)).await?;
        if self.files.read(new).await? == content {
            return Ok(());
        }
        Err(HostError::Passing(
            "it did not keep what was written".into(),
        ))
    }

    /// The file as it is, if nobody else may write to it.
    async fn look(&self) -> Result<(Facts, Vec<u8>), HostError> {
        let Some(facts) = self.files.facts(&self.path).await? else {
            return Err(HostError::Lasting(format!(
                "there is no {}: the login's key is authorized elsewhere. Name that file in authorized_keys_path",
                self.path
            )));
        };
        if facts.kind != Kind::File {
            return Err(HostError::Lasting(format!(
                "{} is no regular file (links are not followed)",
                self.path
            )));
        }
        if facts.size > MOST {
            return Err(too_big());
        }
        self.trust(&facts).await?;
        Ok((facts, self.files.read(&self.path).await?))
    }

    fn beside(&self, what: &str) -> String {
        format!("{}.rotation-{what}", self.path)
    }

    /// A file that no other invocation has.
    fn own(&self, what: &str) -> String {
        self.beside(&format!("{what}-{}", self.id))
    }
}

/// The folder of a full path, and the name there.
fn apart(path: &str) -> Option<(&str, &str)> {
    let (folder, name) = path.rsplit_once('/')?;
    Some((if folder.is_empty() { "/" } else { folder }, name))
}

fn too_big() -> HostError {
    HostError::Lasting(format!("its authorized_keys has more than {MOST} bytes"))
}

fn other_owner(like: &Facts) -> HostError {
    HostError::Lasting(format!(
        "its authorized_keys belongs to user {} and group {}, which this login cannot give to a file",
        like.user, like.group
    ))
}
