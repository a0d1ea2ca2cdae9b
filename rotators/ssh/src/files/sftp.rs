//! Files over SFTP, as OpenSSH's server has it.
//! Source: <https://datatracker.ietf.org/doc/html/draft-ietf-secsh-filexfer-02>, and OpenSSH's PROTOCOL for extensions.

use russh_sftp::client::RawSftpSession;
use russh_sftp::client::error::Error;
use russh_sftp::protocol::{FileAttributes, OpenFlags, Packet, StatusCode};

use super::{Facts, Kind};
use crate::channel::ANSWER;
use crate::error::HostError;

/// What a server takes in one message, at the least.
const PIECE: u32 = 32 * 1024;
const RENAME: &str = "posix-rename@openssh.com";
const FSYNC: &str = "fsync@openssh.com";
/// The bits of a mode that say which kind of file it is.
const TYPE: u32 = 0o170_000;

/// No folder of keys has more names.
const NAMES: usize = 10_000;

pub(crate) struct Sftp {
    session: RawSftpSession,
}

impl Sftp {
    /// Over a channel on which the subsystem was asked for.
    pub(crate) async fn begin(session: RawSftpSession) -> Result<Self, HostError> {
        // A moment longer than what bounds the beginning as a whole, and can say so.
        session.set_timeout(ANSWER.as_secs() + 1);
        let version = session.init().await.map_err(|error| {
            let why = HostError::from(error);
            HostError::Passing(format!(
                "SFTP does not begin: {}. Is there a forced command for this login, or does its shell print something?",
                why.text()
            ))
        })?;
        session.set_timeout(ANSWER.as_secs());
        for extension in [RENAME, FSYNC] {
            if !version.extensions.contains_key(extension) {
                return Err(HostError::Lasting(format!(
                    "its SFTP has no {extension}: a file cannot be replaced safely"
                )));
            }
        }
        Ok(Self { session })
    }

    pub(crate) async fn home(&self) -> Result<String, HostError> {
        let found = self.session.realpath(".").await?;
        let first = found.files.into_iter().next();
        first
            .map(|file| file.filename)
            .ok_or_else(|| HostError::Passing("it does not say where the login's home is".into()))
    }

    /// Symbolic links are not followed.
    pub(crate) async fn facts(&self, path: &str) -> Result<Option<Facts>, HostError> {
        match self.session.lstat(path).await {
            Ok(found) => facts(&found.attrs).map(Some),
            Err(Error::Status(status)) if status.status_code == StatusCode::NoSuchFile => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) async fn read(&self, path: &str) -> Result<Vec<u8>, HostError> {
        let opened = self.open(path, OpenFlags::READ, None).await?;
        let read = self.read_all(&opened).await;
        self.session.close(opened).await?;
        read
    }

    /// A new file that is on the disk: content, mode and owner. Refused, if there is one already.
    pub(crate) async fn create(
        &self,
        path: &str,
        content: &[u8],
        like: Option<&Facts>,
    ) -> Result<(), HostError> {
        let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::EXCLUDE;
        let opened = self.open(path, flags, Some(0o600)).await?;
        let filled = self.fill(&opened, content, like).await;
        let closed = self.session.close(opened).await.map_err(HostError::from);
        let made = filled.and(closed.map(drop));
        if made.is_err() {
            let _ = self.remove(path).await;
        }
        made
    }

    /// In one step: whoever reads `to` sees the old file or the new one.
    pub(crate) async fn rename(&self, from: &str, to: &str) -> Result<(), HostError> {
        let mut names = Vec::new();
        for name in [from, to] {
            let length = u32::try_from(name.len()).unwrap_or(u32::MAX);
            names.extend(length.to_be_bytes());
            names.extend(name.as_bytes());
        }
        match self.session.extended(RENAME, names).await? {
            Packet::Status(status) if status.status_code == StatusCode::Ok => Ok(()),
            Packet::Status(status) => Err(Error::Status(status).into()),
            _ => Err(Error::UnexpectedPacket.into()),
        }
    }

    /// As [`rename`](Self::rename), with a link to the old file. Both are asked for at once, so that nobody gets between.
    pub(crate) async fn replace(
        &self,
        from: &str,
        to: &str,
        kept: &str,
    ) -> Result<bool, HostError> {
        let linked = self.session.hardlink(to, kept);
        let (linked, renamed) = futures_util::future::join(linked, self.rename(from, to)).await;
        renamed.map(|()| linked.is_ok())
    }

    pub(crate) async fn remove(&self, path: &str) -> Result<(), HostError> {
        match self.session.remove(path).await {
            Err(Error::Status(status)) if status.status_code == StatusCode::NoSuchFile => Ok(()),
            answer => answer.map(drop).map_err(HostError::from),
        }
    }

    pub(crate) async fn list(&self, folder: &str) -> Result<Vec<String>, HostError> {
        let opened = self.session.opendir(folder).await?.handle;
        let mut names = Vec::new();
        let listed = loop {
            match self.session.readdir(&opened).await {
                Ok(some) if some.files.is_empty() || names.len() > NAMES => {
                    break Err(HostError::Lasting(format!(
                        "its SFTP lists {folder} without end (more than {NAMES} names, or none at a time)"
                    )));
                }
                Ok(some) => names.extend(some.files.into_iter().map(|file| file.filename)),
                Err(Error::Status(status)) if status.status_code == StatusCode::Eof => {
                    break Ok(names);
                }
                Err(error) => break Err(error.into()),
            }
        };
        self.session.close(opened).await?;
        listed
    }

    pub(crate) async fn now(&self, probe: &str) -> Result<u64, HostError> {
        self.create(probe, b"", None).await?;
        let made = self.facts(probe).await?;
        self.remove(probe).await?;
        Ok(made.map_or(0, |facts| facts.changed))
    }

    async fn open(
        &self,
        path: &str,
        flags: OpenFlags,
        mode: Option<u32>,
    ) -> Result<String, HostError> {
        let mut attributes = FileAttributes::empty();
        attributes.permissions = mode;
        Ok(self.session.open(path, flags, attributes).await?.handle)
    }

    async fn read_all(&self, opened: &str) -> Result<Vec<u8>, HostError> {
        let mut content = Vec::new();
        loop {
            let offset = content.len() as u64;
            match self.session.read(opened, offset, PIECE).await {
                Ok(piece) if piece.data.is_empty() => {
                    return Err(HostError::Lasting(
                        "its SFTP sends a file in empty pieces".into(),
                    ));
                }
                Ok(piece) => content.extend(piece.data),
                Err(Error::Status(status)) if status.status_code == StatusCode::Eof => {
                    return Ok(content);
                }
                Err(error) => return Err(error.into()),
            }
            if content.len() as u64 > super::MOST {
                return Err(super::too_big());
            }
        }
    }

    async fn fill(
        &self,
        opened: &str,
        content: &[u8],
        like: Option<&Facts>,
    ) -> Result<(), HostError> {
        let mut offset = 0;
        for piece in content.chunks(PIECE as usize) {
            self.session.write(opened, offset, piece.to_vec()).await?;
            offset += piece.len() as u64;
        }
        if let Some(like) = like {
            self.liken(opened, like).await?;
        }
        self.session.fsync(opened).await?;
        Ok(())
    }

    /// The owner first: the server may take bits of the mode away with it.
    async fn liken(&self, opened: &str, like: &Facts) -> Result<(), HostError> {
        let own = facts(&self.session.fstat(opened).await?.attrs)?;
        let mut attributes = FileAttributes::empty();
        if (own.user, own.group) != (like.user, like.group) {
            attributes.uid = Some(like.user);
            attributes.gid = Some(like.group);
            self.session
                .fsetstat(opened, attributes)
                .await
                .map_err(|_| super::other_owner(like))?;
        }
        let mut attributes = FileAttributes::empty();
        attributes.permissions = Some(like.mode);
        self.session.fsetstat(opened, attributes).await?;
        Ok(())
    }
}

fn facts(attributes: &FileAttributes) -> Result<Facts, HostError> {
    let told = (attributes.permissions, attributes.uid, attributes.gid);
    let (Some(mode), Some(user), Some(group)) = told else {
        return Err(HostError::Lasting(
            "its SFTP tells no modes and owners".into(),
        ));
    };
    Ok(Facts {
        kind: match mode & TYPE {
            0o100_000 => Kind::File,
            0o040_000 => Kind::Folder,
            _ => Kind::Other,
        },
        mode: mode & 0o7777,
        user,
        group,
        size: attributes.size.unwrap_or(u64::MAX),
        changed: u64::from(attributes.mtime.unwrap_or_default()),
    })
}

impl From<Error> for HostError {
    fn from(error: Error) -> Self {
        match &error {
            Error::Status(status) if status.status_code == StatusCode::PermissionDenied => {
                Self::Lasting("permission denied".into())
            }
            Error::Timeout => Self::silent().during("a request over SFTP"),
            _ => Self::Passing(error.to_string()),
        }
    }
}
