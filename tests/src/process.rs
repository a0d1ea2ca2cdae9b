//! A server's process that can start again where it was, while others look at it.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rotation_kit::process::Server;

/// The process, and how it was started. Its folder goes when it ends.
pub(crate) struct Process {
    /// The present one first. Those before it stay: the folder goes with the very first.
    servers: Mutex<Vec<Server>>,
    user: Option<&'static str>,
    program: Vec<String>,
    folder: PathBuf,
}

impl Process {
    /// Starts a program, as `user`, where that is given; with its output in the file `log` of the folder.
    pub(crate) fn start(user: Option<&'static str>, program: Vec<String>, folder: &Path) -> Self {
        let server = Server::start(user, &program, &[], &folder.join("log"), folder);
        Self {
            servers: Mutex::new(vec![server]),
            user,
            program,
            folder: folder.to_owned(),
        }
    }

    /// Sends it a signal that ends it, and starts it again, when `between` is done.
    ///
    /// # Panics
    /// If it does not end.
    pub(crate) async fn restart(&self, signal: &str, between: impl FnOnce(&Path) + Send) {
        let old = self.servers().remove(0);
        old.end(signal).await;
        between(&self.folder);
        let log = self.folder.join("log");
        let server = Server::start(self.user, &self.program, &[], &log, Path::new(""));
        self.servers().splice(0..0, [server, old]);
    }

    /// What it has said since it was started.
    pub(crate) fn log(&self) -> String {
        self.servers().first().map(Server::log).unwrap_or_default()
    }

    /// # Panics
    /// If it has ended by itself.
    pub(crate) fn runs(&self, what: &str) {
        let ended = self.servers().first_mut().is_some_and(Server::ended);
        assert!(!ended, "{what} ended: {}", self.log());
    }

    fn servers(&self) -> MutexGuard<'_, Vec<Server>> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
