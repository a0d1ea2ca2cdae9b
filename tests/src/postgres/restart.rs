//! A server starts, and starts again where it was.

use std::path::Path;
use std::time::Duration;

use tokio_postgres::{Config, NoTls};

use super::Postgres;

impl Postgres {
    /// Ends it at once, as a crash would, and starts it again, with its data and at its port.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn restart(&self) {
        let socket = format!(".s.PGSQL.{}.lock", self.port());
        // It takes these for signs of life, as long as nobody has asked how the old one ended.
        let crashed = |folder: &Path| {
            for sign in ["data/postmaster.pid", &socket] {
                let _ = std::fs::remove_file(folder.join(sign));
            }
        };
        self.process.restart("KILL", crashed).await;
        self.ready().await;
    }

    /// Returns when the superuser can log in.
    pub(super) async fn ready(&self) {
        let mut config = Config::new();
        config
            .host_path(self.folder())
            .port(self.port())
            .user("postgres");
        for _ in 0..600 {
            self.process.runs("PostgreSQL");
            if config.connect(NoTls).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("PostgreSQL does not start: {}", self.log());
    }
}
