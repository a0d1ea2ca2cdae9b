//! The file at a host: replaced in one step, or left as it is.

mod sftp;
mod shell;

use crate::problem::Problem;

pub(crate) use sftp::Sftp;
pub(crate) use shell::Shell;

/// No authorized_keys has more bytes.
const MOST: u64 = 1 << 20;
/// How often a change of somebody else's is waited out.
const TRIES: usize = 3;
/// After so many seconds a lock is a dead invocation's.
const STALE: u64 = 120;
/// What group and others must not do, by sshd's StrictModes.
const WRITABLE: u32 = 0o022;

/// The way to a host's files.
pub(crate) enum Files {
    Sftp(Sftp),
    /// Commands of a POSIX shell.
    Shell(Shell),
}

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

/// An authorized_keys at a host, by its full path.
pub(crate) struct KeyFile<'a> {
    files: &'a Files,
    home: String,
    path: String,
}

impl<'a> KeyFile<'a> {
    /// The file at `path`, which may be relative to the login's home.
    pub(crate) async fn at(files: &'a Files, path: &str) -> Result<Self, Problem> {
        let home = files.home().await?;
        let path = if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("{}/{path}", home.trim_end_matches('/'))
        };
        Ok(Self { files, home, path })
    }

    /// What is in it. Refused, unless sshd with StrictModes reads it too.
    pub(crate) async fn read(&self) -> Result<Vec<u8>, Problem> {
        self.look().await.map(|(_, content)| content)
    }

    /// After `Ok`, the file has what `change` makes of it: all of it, or as it was before. None from `change` means that
    /// it is as it should be. Mode and owner stay; nobody reads half a file.
    pub(crate) async fn edit(
        &self,
        change: impl Fn(&[u8]) -> Option<Vec<u8>>,
    ) -> Result<(), Problem> {
        if change(&self.read().await?).is_none() {
            return Ok(());
        }
        let lock = self.beside("lock");
        if !self.files.lock(&lock).await? {
            return Err(Problem::Busy);
        }
        let edited = self.edit_locked(change).await;
        let unlocked = self.files.remove(&lock).await;
        edited?;
        unlocked
    }

    async fn edit_locked(&self, change: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Result<(), Problem> {
        let new = self.beside("new");
        for _ in 0..TRIES {
            let (facts, before) = self.look().await?;
            let Some(after) = change(&before) else {
                return Ok(());
            };
            if after.len() as u64 > MOST {
                return Err(too_big());
            }
            self.write(&new, &after, &facts).await?;
            // Whatever else keeps this file knows nothing of our lock.
            if self.look().await? != (facts, before) {
                self.files.remove(&new).await?;
                continue;
            }
            self.files.rename(&new, &self.path).await?;
            let (_, found) = self.look().await?;
            if change(&found).is_none() {
                return Ok(());
            }
        }
        Err(Problem::Passing(format!(
            "{} is being changed by somebody else",
            self.path
        )))
    }

    /// A whole file, or none. What a dead invocation left goes first: we have the lock.
    async fn write(&self, new: &str, content: &[u8], like: &Facts) -> Result<(), Problem> {
        if self.files.facts(new).await?.is_some() {
            self.files.remove(new).await?;
        }
        let written = match self.files.create(new, content, Some(like)).await {
            Ok(()) => self.files.read(new).await,
            Err(problem) => Err(problem),
        };
        match written {
            Ok(there) if there == content => Ok(()),
            failed => {
                let _ = self.files.remove(new).await;
                let why = failed
                    .err()
                    .unwrap_or_else(|| Problem::Passing("it did not keep what was written".into()));
                Err(why)
            }
        }
    }

    /// The file as it is, if sshd would take it.
    async fn look(&self) -> Result<(Facts, Vec<u8>), Problem> {
        let Some(facts) = self.files.facts(&self.path).await? else {
            return Err(Problem::Lasting(format!(
                "there is no {}: the login's key is authorized elsewhere; name that file in authorized_keys_path",
                self.path
            )));
        };
        if facts.kind != Kind::File {
            return Err(Problem::Lasting(format!(
                "{} is no regular file (links are not followed)",
                self.path
            )));
        }
        if facts.size > MOST {
            return Err(too_big());
        }
        self.strict(&self.path, &facts)?;
        for folder in self.folders() {
            if let Some(facts) = self.files.facts(&folder).await? {
                self.strict(&folder, &facts)?;
            }
        }
        Ok((facts, self.files.read(&self.path).await?))
    }

    /// The folders from the file's own up to the home, or to the root: those that sshd looks at.
    fn folders(&self) -> Vec<String> {
        let mut folders = Vec::new();
        let mut path = self.path.as_str();
        while let Some((folder, _)) = path.rsplit_once('/') {
            let folder = if folder.is_empty() { "/" } else { folder };
            folders.push(folder.to_owned());
            if folder == "/" || folder == self.home {
                break;
            }
            path = folder;
        }
        folders
    }

    /// As OpenSSH's StrictModes: nobody else may write there.
    fn strict(&self, path: &str, facts: &Facts) -> Result<(), Problem> {
        if facts.mode & WRITABLE == 0 {
            return Ok(());
        }
        Err(Problem::Lasting(format!(
            "{path} has mode {:o}: others may write to it, so sshd does not trust it; chmod go-w {path}",
            facts.mode
        )))
    }

    fn beside(&self, what: &str) -> String {
        format!("{}.rotation-{what}", self.path)
    }
}

impl Files {
    async fn home(&self) -> Result<String, Problem> {
        match self {
            Self::Sftp(sftp) => sftp.home().await,
            Self::Shell(shell) => shell.home().await,
        }
    }

    async fn facts(&self, path: &str) -> Result<Option<Facts>, Problem> {
        match self {
            Self::Sftp(sftp) => sftp.facts(path).await,
            Self::Shell(shell) => shell.facts(path).await,
        }
    }

    async fn read(&self, path: &str) -> Result<Vec<u8>, Problem> {
        match self {
            Self::Sftp(sftp) => sftp.read(path).await,
            Self::Shell(shell) => shell.read(path).await,
        }
    }

    async fn create(
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

    async fn rename(&self, from: &str, to: &str) -> Result<(), Problem> {
        match self {
            Self::Sftp(sftp) => sftp.rename(from, to).await,
            Self::Shell(shell) => shell.rename(from, to).await,
        }
    }

    async fn remove(&self, path: &str) -> Result<(), Problem> {
        match self {
            Self::Sftp(sftp) => sftp.remove(path).await,
            Self::Shell(shell) => shell.remove(path).await,
        }
    }

    /// False, if somebody else has it. One that a dead invocation left is taken from it.
    async fn lock(&self, path: &str) -> Result<bool, Problem> {
        let Some(there) = self.facts(path).await? else {
            return Ok(self.create(path, b"", None).await.is_ok());
        };
        let now = match self {
            Self::Sftp(sftp) => sftp.now(path).await?,
            Self::Shell(shell) => shell.now().await?,
        };
        if now.saturating_sub(there.changed) < STALE {
            return Ok(false);
        }
        self.remove(path).await?;
        Ok(self.create(path, b"", None).await.is_ok())
    }
}

fn too_big() -> Problem {
    Problem::Lasting(format!("its authorized_keys has more than {MOST} bytes"))
}

fn other_owner(like: &Facts) -> Problem {
    Problem::Lasting(format!(
        "its authorized_keys belongs to user {} and group {}, which this login cannot give to a file",
        like.user, like.group
    ))
}
