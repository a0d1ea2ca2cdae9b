//! moto's server, for an opinion on Secrets Manager that is not ours.

use std::time::Duration;

use crate::process::{Server, free_port};
use crate::setting::workspace;

/// A server of its own.
pub struct Moto {
    server: Server,
    url: String,
    folder: tempfile::TempDir,
}

impl Moto {
    /// None if it is not installed: the test is then counted as skipped.
    ///
    /// # Panics
    /// If it is installed, and does not start.
    pub async fn start() -> Option<Self> {
        let program = workspace().join(".tools/python/bin/moto_server");
        if !program.exists() {
            crate::skip::skip("Secrets Manager as moto has it", "run scripts/install");
            return None;
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
        let command: Vec<String> = [
            &program.display().to_string(),
            "-H",
            "127.0.0.1",
            "-p",
            &port.to_string(),
        ]
        .map(ToString::to_string)
        .to_vec();
        let log = folder.path().join("log");
        let server = Server::start(None, &command, &[], &log, folder.path());
        let mut moto = Self {
            server,
            url: format!("http://127.0.0.1:{port}"),
            folder,
        };
        moto.ready(port).await;
        Some(moto)
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    async fn ready(&mut self, port: u16) {
        for _ in 0..600 {
            let ended = self.server.ended();
            assert!(
                !ended,
                "moto in {:?} ended: {}",
                self.folder,
                self.server.log()
            );
            if tokio::net::TcpStream::connect(("127.0.0.1", port))
                .await
                .is_ok()
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("moto does not start: {}", self.server.log());
    }
}
