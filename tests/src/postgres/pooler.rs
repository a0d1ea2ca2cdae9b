//! pgbouncer before a PostgreSQL server.

use std::path::{Path, PathBuf};

use rotation_kit::process::{Server, free_port, user_id};

use super::server::{Postgres, copied, folder, write};
use crate::rds;
use crate::setting::workspace;

/// A pooler that runs, with TLS, on localhost. It asks the server for everybody's verifier.
pub struct Pooler {
    _server: Server,
    port: u16,
}

impl Pooler {
    /// Whether it is installed; if not, the test that asks is counted as skipped.
    pub fn installed() -> bool {
        let there = root().is_some();
        if !there {
            crate::skip::skip("pgbouncer", "run scripts/install");
        }
        there
    }

    /// Before this server, in a mode: `session`, `transaction` or `statement`.
    ///
    /// # Panics
    /// If it is not installed, or does not start.
    pub async fn start(postgres: &Postgres, mode: &str) -> Self {
        let root = root().expect("run scripts/install");
        // It refuses to run as root.
        let user = (user_id(None) == 0).then_some("postgres");
        let folder = folder(user);
        // A checkout in root's home is closed to other users.
        let root = copied(user, &root, &folder);
        let port = free_port();
        configure(user, &folder, port, postgres, mode);
        let at = |path: &str| root.join(path).display().to_string();
        let program = [
            at("usr/lib64/ld-linux-x86-64.so.2"),
            "--library-path".to_owned(),
            at("usr/lib/x86_64-linux-gnu"),
            at("usr/sbin/pgbouncer"),
            folder.join("ini").display().to_string(),
        ];
        let mut server = Server::start(user, &program, &[], &folder.join("log"), &folder);
        server.listens(port).await;
        Self {
            _server: server,
            port,
        }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }
}

fn root() -> Option<PathBuf> {
    let root = workspace()
        .join(".tools/pgbouncer/root")
        .canonicalize()
        .ok()?;
    root.join("usr/sbin/pgbouncer").exists().then_some(root)
}

fn configure(user: Option<&str>, folder: &Path, port: u16, postgres: &Postgres, mode: &str) {
    let inside = |name: &str| folder.join(name).display().to_string();
    rds::identity().write(folder).expect("a folder of ours");
    if let Some(user) = user {
        let owner = user_id(Some(user));
        std::os::unix::fs::chown(folder.join("server.key"), Some(owner), None)
            .expect("we are root");
    }
    write(folder, "users", "\"postgres\" \"superuser-password\"\n");
    let text = format!(
        "[databases]\n* = host=127.0.0.1 port={}\n[pgbouncer]\nlisten_addr = localhost\nlisten_port = {port}\nunix_socket_dir =\n\
         auth_type = scram-sha-256\nauth_file = {}\nauth_user = postgres\n\
         auth_query = SELECT usename, passwd FROM pg_catalog.pg_shadow WHERE usename = $1\n\
         client_tls_sslmode = allow\nclient_tls_key_file = {}\nclient_tls_cert_file = {}\npool_mode = {mode}\n",
        postgres.port(),
        inside("users"),
        inside("server.key"),
        inside("server.pem"),
    );
    write(folder, "ini", &text);
}
