//! What a process has used of its machine.

use std::fs;
use std::time::Duration;

use rotation_kit::process::peak_memory;

/// Of a process, since it began.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// The most memory that it ever held, in KiB: the kernel's VmHWM.
    pub memory: u64,
    /// For how long it ran on a processor: the sum of the threads that it has now.
    pub cpu: Duration,
}

impl Usage {
    /// # Panics
    /// If it has ended.
    pub(super) fn of(process: u32) -> Self {
        let memory = peak_memory(&process.to_string());
        Self {
            memory: memory.expect("a process that runs"),
            cpu: cpu(process),
        }
    }
}

/// The kernel's first figure of each thread: nanoseconds.
fn cpu(process: u32) -> Duration {
    let threads = fs::read_dir(format!("/proc/{process}/task"));
    let threads = threads.into_iter().flatten().flatten();
    let told = threads.map(|thread| fs::read_to_string(thread.path().join("schedstat")));
    let ran = told.filter_map(|told| {
        let told = told.ok()?;
        told.split_whitespace().next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(ran.sum())
}
