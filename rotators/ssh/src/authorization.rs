//! What becomes of one host's authorized_keys.

use rotation::Verdict;
use russh::keys::PublicKey;

use crate::authorized_keys;
use crate::connection::{self, Connection, Way};
use crate::files::KeyFile;
use crate::identity::Identity;
use crate::problem::Problem;

/// A line for a key, as long as another one's is there.
pub(crate) struct Line<'a> {
    pub(crate) path: &'a str,
    /// None: those of the present line.
    pub(crate) options: Option<&'a str>,
    pub(crate) present: &'a PublicKey,
}

impl Line<'_> {
    /// After `Ok`, the host takes `key`.
    pub(crate) async fn add(&self, held: &Connection, key: &PublicKey) -> Result<(), Problem> {
        let file = KeyFile::at(&held.files, self.path).await?;
        file.edit(|content| Ok(authorized_keys::add(content, self.options(content)?, key)))
            .await
    }

    /// After `Ok`, the file is one that [`add`](Self::add) can change.
    pub(crate) async fn check(&self, held: &Connection) -> Result<(), Problem> {
        let file = KeyFile::at(&held.files, self.path).await?;
        self.options(&file.read().await?).map(drop)
    }

    fn options<'f>(&'f self, file: &'f [u8]) -> Result<&'f [u8], Problem> {
        let present = authorized_keys::options_of(file, self.present).ok_or_else(|| {
            Problem::Lasting(
                "its authorized_keys does not hold the key that logs in, which is authorized elsewhere: name that file in authorized_keys_path".into(),
            )
        })?;
        Ok(self.options.map_or(present, str::as_bytes))
    }
}

/// After `Ok`, no line of the file has the key.
pub(crate) async fn remove(held: &Connection, path: &str, key: &PublicKey) -> Result<(), Problem> {
    let file = KeyFile::at(&held.files, path).await?;
    file.edit(|content| Ok(authorized_keys::remove(content, key)))
        .await
}

/// After `Ok`, the host does not take the key any more. One that does has it in a file that is not ours.
pub(crate) async fn prove_dead(
    held: &Connection,
    way: &Way<'_>,
    retired: &Identity,
) -> Result<(), Problem> {
    match connection::log_in(way, &held.host, retired).await? {
        Verdict::Reject(_) => Ok(()),
        Verdict::Accept(handle) => {
            connection::close(&handle).await;
            Err(Problem::Lasting(
                "it still takes the retired key, which must be authorized in another file too"
                    .into(),
            ))
        }
    }
}
