//! Where and when the figures were taken.

use std::fmt;
use std::time::SystemTime;

use aws_sdk_secretsmanager::primitives::{DateTime, DateTimeFormat};
use rotation_tests::mysql::Product;
use rotation_tests::postgres::Release;
use rotation_tests::setting::{first_line, workspace};

/// A machine, and a day.
#[derive(Clone, Debug)]
pub struct Machine {
    /// How many processors this process may use.
    pub cores: usize,
    /// As in `Linux 6.1.0`.
    pub kernel: String,
    /// As in `2026-01-31`, in UTC.
    pub date: String,
    /// What each server that is installed says of itself.
    pub servers: Vec<String>,
}

impl Machine {
    /// This one, today.
    pub fn now() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let now = DateTime::from(SystemTime::now()).fmt(DateTimeFormat::DateTime);
        let date = now.unwrap_or_default().chars().take(10).collect();
        Self {
            cores,
            kernel: format!("Linux {}", kernel.trim()),
            date,
            servers: servers(),
        }
    }
}

/// As in a sentence: on what day, on what.
impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            cores,
            kernel,
            date,
            servers,
        } = self;
        let servers = servers.join(", ");
        write!(f, "{date}: {cores} cores, {kernel}; {servers}")
    }
}

fn servers() -> Vec<String> {
    let hub = workspace().join(".tools/jupyterhub/bin/jupyterhub");
    let said =
        |words: &[&str]| first_line(&words.iter().map(ToString::to_string).collect::<Vec<_>>());
    let hub = said(&[&hub.display().to_string(), "--version"]);
    let all = [
        Release::Debian.version(),
        Product::Mysql.version().map(shorter),
        Product::Mariadb.version().map(shorter),
        said(&["ssh", "-V"]),
        hub.map(|version| format!("JupyterHub {version}")),
        broker(),
    ];
    all.into_iter().flatten().collect()
}

/// Without the path, and without what it was built for.
fn shorter(version: String) -> String {
    let name = version.split_whitespace().next().unwrap_or_default();
    let name = name.rsplit('/').next().unwrap_or_default();
    let number = version.split_once("Ver ").map_or("", |(_, rest)| rest);
    let number = number.split_whitespace().next().unwrap_or_default();
    format!("{name} {number}")
}

/// Its folder has its version.
fn broker() -> Option<String> {
    let folder = workspace().join(".tools/rabbitmq/root/usr/lib/rabbitmq/lib");
    let folder = std::fs::read_dir(folder).ok()?.flatten().next()?;
    let name = folder.file_name().to_string_lossy().into_owned();
    Some(name.replace("rabbitmq_server-", "RabbitMQ "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_one() {
        let machine = Machine::now();
        assert!(machine.cores > 0 && machine.kernel.len() > 8);
        assert_eq!(
            (machine.date.len(), machine.date.matches('-').count()),
            (10, 2)
        );
        assert!(!machine.servers.is_empty());
    }

    #[test]
    fn a_version_without_a_path() {
        let said = "/a b/usr/sbin/mysqld  Ver 8.4.1-2 for Linux on x86_64 ((Debian))";
        assert_eq!(shorter(said.replace("/a b", "")), "mysqld 8.4.1-2");
    }
}
