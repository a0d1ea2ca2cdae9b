//! The releases of PostgreSQL, and where they are.

use std::path::PathBuf;

use crate::setting::{first_line, workspace};

/// Which PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// What Debian's package `postgresql` is.
    Debian,
    /// 13.
    V13,
    /// 14.
    V14,
    /// 16.
    V16,
    /// 17.
    V17,
    /// 18.
    V18,
}

impl Release {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::V13,
        Self::V14,
        Self::Debian,
        Self::V16,
        Self::V17,
        Self::V18,
    ];

    /// Where its programs are.
    pub(super) fn programs(self) -> Option<PathBuf> {
        let npm = |major: u32| {
            let folder = format!(".tools/postgres/{major}/native/bin");
            Some(workspace().join(folder))
        };
        let found = match self {
            Self::V13 => npm(13),
            Self::V14 => npm(14),
            Self::V16 => npm(16),
            Self::V17 => npm(17),
            Self::V18 => npm(18),
            Self::Debian => debian(),
        };
        let found = found.filter(|folder| folder.join("postgres").exists())?;
        found.canonicalize().ok()
    }

    /// The same as [`installed`](Self::installed), and nothing is counted.
    pub fn is_there(self) -> bool {
        self.programs().is_some()
    }

    /// What the server says of itself. None, if it is not installed.
    pub fn version(self) -> Option<String> {
        let server = self.programs()?.join("postgres");
        first_line(&[server.display().to_string(), "--version".to_owned()])
    }

    /// Whether it is installed; if not, the test that asks is counted as skipped.
    pub fn installed(self) -> bool {
        let there = self.is_there();
        if !there {
            crate::skip::skip(&format!("PostgreSQL {self:?}"), "run scripts/install");
        }
        there
    }
}

fn debian() -> Option<PathBuf> {
    let releases = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut folders: Vec<PathBuf> = releases
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    folders.sort();
    folders.pop()
}
