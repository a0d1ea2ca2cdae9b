//! What becomes of one host's authorized_keys.

use rotation::Verdict;

use crate::authorized_keys;
use crate::connection::{self, Connection, Way};
use crate::files::KeyFile;
use crate::key::KeyPair;
use crate::login::Access;
use crate::problem::Problem;

/// After `Ok`, the host takes the key, with the options of the one that logs in, or those that the secret names.
pub(crate) async fn add(
    held: &Connection,
    current: &Access,
    pending: &KeyPair,
) -> Result<(), Problem> {
    let file = KeyFile::at(&held.files, &current.path).await?;
    let options = options(&file.read().await?, current)?;
    let line = pending.line().map_err(Problem::Passing)?;
    let line = format!("{options}{line}");
    file.edit(|content| authorized_keys::add(content, pending.public(), &line))
        .await
}

/// After `Ok`, no line of the file has the key.
pub(crate) async fn remove(held: &Connection, path: &str, key: &KeyPair) -> Result<(), Problem> {
    let file = KeyFile::at(&held.files, path).await?;
    file.edit(|content| authorized_keys::remove(content, key.public()))
        .await
}

/// After `Ok`, the host does not take the key any more. One that does has it in a file that is not ours.
pub(crate) async fn prove_dead(
    held: &Connection,
    way: &Way<'_>,
    retired: &Access,
) -> Result<(), Problem> {
    match connection::log_in(way, &held.host, &retired.identity).await? {
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

/// After `Ok`, the file is one that [`add`] can change.
pub(crate) async fn check(held: &Connection, current: &Access) -> Result<(), Problem> {
    let file = KeyFile::at(&held.files, &current.path).await?;
    options(&file.read().await?, current).map(drop)
}

/// What stands before the key in its line: as the secret says, or as the present key's line has it.
fn options(file: &[u8], current: &Access) -> Result<String, Problem> {
    let present = authorized_keys::options_of(file, current.key.public()).ok_or_else(|| {
        Problem::Lasting(
            "its authorized_keys does not hold the key that logs in, which is authorized elsewhere: name that file in authorized_keys_path".into(),
        )
    })?;
    let wanted = current.options.as_ref().unwrap_or(&present);
    Ok(match wanted.as_str() {
        "" => String::new(),
        options => format!("{options} "),
    })
}
