//! The processor of a small function: AWS documents that 1,769 MB of memory are one processor, and less is a share of it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Memory in MB that is one processor: <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>.
const ONE_PROCESSOR: u64 = 1769;
/// After so many microseconds a process may go on. AWS does not say how long that is on Lambda.
const PERIOD: u64 = 20_000;

/// A control group of the kernel's; it ends with this value.
pub struct Share {
    folder: PathBuf,
}

impl Share {
    /// That of a function with so much memory, in MB.
    ///
    /// # Errors
    /// That this process may not make control groups, or that the kernel has none for processors.
    pub fn of(memory: u64) -> io::Result<Self> {
        let name = format!("rotation-bench-{}-{memory}", std::process::id());
        let quota = PERIOD * memory / ONE_PROCESSOR;
        let (first, second) = (Path::new("/sys/fs/cgroup/cpu"), Path::new("/sys/fs/cgroup"));
        let (root, limits) = match first.join("cpu.cfs_quota_us").exists() {
            true => (
                first,
                vec![
                    ("cpu.cfs_period_us", PERIOD.to_string()),
                    ("cpu.cfs_quota_us", quota.to_string()),
                ],
            ),
            false => (second, vec![("cpu.max", format!("{quota} {PERIOD}"))]),
        };
        let share = Self {
            folder: root.join(name),
        };
        fs::create_dir(&share.folder)?;
        for (file, limit) in limits {
            fs::write(share.folder.join(file), limit)?;
        }
        Ok(share)
    }

    /// From now on the process has this share, with all its threads.
    ///
    /// # Errors
    /// That it has ended, or that this process may not.
    pub fn take(&self, process: u32) -> io::Result<()> {
        fs::write(self.folder.join("cgroup.procs"), process.to_string())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.folder);
    }
}
