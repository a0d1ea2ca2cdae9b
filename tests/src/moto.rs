//! moto's server, for an opinion on AWS that is not ours.

use rotation_kit::process::{Server, free_port};

use crate::setting::workspace;

/// The account of the local AWS.
pub const ACCOUNT: &str = "012345678912";

/// A server of its own.
pub struct Moto {
    _server: Server,
    url: String,
}

impl Moto {
    /// None if it is not installed: the test is then counted as skipped.
    ///
    /// # Panics
    /// If it is installed, and does not start.
    pub async fn start() -> Option<Self> {
        Self::with(&[]).await
    }

    /// The same, with the numbers of accounts as the local AWS has them.
    ///
    /// # Panics
    /// If it is installed, and does not start.
    pub async fn of_our_account() -> Option<Self> {
        let account = ("MOTO_ACCOUNT_ID".to_owned(), ACCOUNT.to_owned());
        Self::with(&[account]).await
    }

    async fn with(variables: &[(String, String)]) -> Option<Self> {
        let program = workspace().join(".tools/python/bin/moto_server");
        if !program.exists() {
            crate::skip::skip("Secrets Manager as moto has it", "run scripts/install");
            return None;
        }
        let folder = tempfile::tempdir().expect("a temporary folder").keep();
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
        let mut server = Server::start(None, &command, variables, &folder.join("log"), &folder);
        server.listens(port).await;
        Some(Self {
            _server: server,
            url: format!("http://127.0.0.1:{port}"),
        })
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }
}
