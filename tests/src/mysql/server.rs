//! Starts a server on a free port, with data of its own.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use mysql_async::{Conn, SslOpts};
use rotation_kit::process::free_port;
use rotation_kit::tls::Identity;

use super::program::{GENERAL_LOG, Product, command, initialise, newer_mariadb};
use super::{close, superuser, tls};
use crate::process::Process;

/// What is unusual about a server.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Options of the command line, without their dashes; they win over the usual ones.
    pub settings: Vec<(&'static str, String)>,
    /// Another certificate than the usual one. The tests' own logins then take any.
    pub identity: Option<Identity>,
    /// No TLS at all.
    pub plaintext: bool,
    /// Of MariaDB, the newer release, which Debian's sid has.
    pub newer: bool,
}

/// A server of either product that runs, with TLS, on localhost. It looks up no names: clients come from 127.0.0.1 or
/// ::1, and an account for the host `localhost` is one for the socket.
pub struct MysqlServer {
    process: Process,
    product: Product,
    folder: PathBuf,
    port: u16,
    tls: Option<SslOpts>,
}

impl MysqlServer {
    /// A server of its own.
    pub async fn start(product: Product) -> Self {
        Self::start_with(product, Options::default()).await
    }

    /// An unusual one.
    ///
    /// # Panics
    /// If the product is not installed, or the server does not start.
    pub async fn start_with(product: Product, options: Options) -> Self {
        let program = match options.newer {
            true => newer_mariadb(),
            false => product.program(),
        };
        let program = program.unwrap_or_else(|| panic!("{product:?}: run scripts/install"));
        let folder = tempfile::Builder::new().prefix("rotation-").tempdir();
        let folder = folder.expect("a temporary folder");
        initialise(product, &program, folder.path());
        let folder = folder.keep();
        let port = free_port();
        let program = command(product, program, &folder, port, &options);
        let started = Self {
            process: Process::start(None, program, &folder),
            product,
            folder,
            port,
            tls: tls(&options),
        };
        started.ready().await;
        started
    }

    /// Has it end, and starts it again, with its data and at its port. It is not killed: it does not wait for the disk, and
    /// would have lost what it did last.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn restart(&self) {
        self.process.restart("TERM", |_| ()).await;
        self.ready().await;
    }

    /// Which it is.
    pub fn product(&self) -> Product {
        self.product
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where its socket is.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// How the tests' own logins are encrypted.
    pub(super) fn tls(&self) -> Option<SslOpts> {
        self.tls.clone()
    }

    /// All that it has said: start, warnings and errors.
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// All logins and statements. MySQL hides passwords in it; MariaDB does not.
    pub fn general_log(&self) -> String {
        self.log_since(0)
    }

    /// What the general log has after its first `mark` bytes.
    ///
    /// # Panics
    /// If it cannot be read.
    pub fn log_since(&self, mark: usize) -> String {
        let log = File::open(self.folder.join(GENERAL_LOG));
        let mut log = log.expect("the server's log");
        let mark = u64::try_from(mark).expect("a place in a file");
        let mut bytes = Vec::new();
        let found = log.seek(SeekFrom::Start(mark));
        let read = found.and_then(|_| log.read_to_end(&mut bytes));
        read.expect("the server's log");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The general log, and every file of the binary log and the slow log that there is.
    pub fn all_logs(&self) -> String {
        let mut logs = self.general_log();
        let folders = [self.folder.clone(), self.folder.join("data")];
        let files = folders
            .iter()
            .flat_map(std::fs::read_dir)
            .flatten()
            .flatten();
        for file in files.map(|file| file.path()) {
            let name = file.to_string_lossy().into_owned();
            if name.contains("binlog") || name.ends_with("slow.log") {
                let bytes = std::fs::read(&file).unwrap_or_default();
                logs.push_str(&String::from_utf8_lossy(&bytes));
            }
        }
        logs
    }

    /// Logins of `user` in what the general log has after its first `mark` bytes: taken, and refused for the password.
    /// One that is refused otherwise (a locked account, say) counts as taken: the log does not tell.
    pub fn logins(&self, mark: usize, user: &str) -> (usize, usize) {
        let log = self.log_since(mark);
        let count = |text: String| log.matches(&text).count();
        // Every login has a line, and one that is refused has another.
        let tried = count(format!("Connect\t{user}@"));
        let refused = count(format!("Connect\tAccess denied for user '{user}'@"));
        (tried - refused, refused)
    }

    /// Returns when root can log in.
    async fn ready(&self) {
        for _ in 0..600 {
            self.process.runs("the server");
            if let Ok(connection) = Conn::new(superuser(&self.folder)).await {
                close(connection).await;
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{:?} does not start: {}", self.product, self.log());
    }
}
