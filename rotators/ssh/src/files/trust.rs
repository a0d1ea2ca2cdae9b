//! Who else may write to the file, or exchange it.

use std::sync::atomic::Ordering;

use super::{Facts, KeyFile, apart};
use crate::error::HostError;

const GROUP: u32 = 0o020;
const OTHERS: u32 = 0o002;

impl KeyFile<'_> {
    /// Refuses what everybody may write to, as sshd with StrictModes does. What the group may write to is taken: a user's own
    /// group has nobody else in it, and sshd trusts that at Debian and Ubuntu; and of any other group the login by this very
    /// file shows that sshd trusts it here. The log is told of that, once.
    pub(super) async fn trust(&self, facts: &Facts) -> Result<(), HostError> {
        self.strict(&self.path, facts)?;
        for folder in self.folders() {
            if let Some(facts) = self.files.facts(&folder).await? {
                self.strict(&folder, &facts)?;
            }
        }
        Ok(())
    }

    /// The folders from the file's own up to the home, or to the root: those that sshd looks at.
    fn folders(&self) -> Vec<String> {
        let mut folders = Vec::new();
        let mut path = self.path.as_str();
        while let Some((folder, _)) = apart(path) {
            folders.push(folder.to_owned());
            if folder == "/" || folder == self.home {
                break;
            }
            path = folder;
        }
        folders
    }

    fn strict(&self, path: &str, facts: &Facts) -> Result<(), HostError> {
        if facts.mode & OTHERS != 0 {
            return Err(HostError::Lasting(format!(
                "{path} has mode {:o}: others may write to it, so sshd does not trust it. Type chmod o-w {path}",
                facts.mode
            )));
        }
        let shared = facts.mode & GROUP != 0 && facts.group != facts.user;
        if shared && !self.told.swap(true, Ordering::Relaxed) {
            let (host, group) = (self.host, facts.group);
            tracing::warn!(
                host,
                path,
                group,
                "a group may write to this, and so let keys in"
            );
        }
        Ok(())
    }
}
