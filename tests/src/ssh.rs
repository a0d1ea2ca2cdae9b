//! Real SSH servers, OpenSSH's and dropbear, each with a home and an authorized_keys of its own.

mod client;
mod programs;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use rotation_kit::process::{Server, free_port};
use serde_json::{Value, json};

use self::programs::{dropbear, openssh};

pub use client::enters;

/// What is unusual about a server.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Dropbear in place of OpenSSH.
    pub dropbear: bool,
    /// StrictModes off.
    pub lax: bool,
    /// Lines of sshd_config, which win over the usual ones.
    pub settings: String,
    /// What serves SFTP.
    pub sftp: Sftp,
}

/// What serves SFTP.
#[derive(Clone, Debug, Default)]
pub enum Sftp {
    /// What sshd has in itself.
    #[default]
    Own,
    /// This command, which is told the server's folder. The shell splits it at blanks.
    Program(String),
    /// The program in this file, which is told the same, wherever it is.
    File(&'static str),
    /// Nothing.
    None,
}

/// A server that runs on localhost, for the user that runs the tests.
pub struct Sshd {
    server: Server,
    /// Those that were killed: at the end of each, the folder goes.
    killed: Vec<Server>,
    environment: Vec<(String, String)>,
    folder: PathBuf,
    port: u16,
}

/// A key pair as ssh-keygen makes it.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The private key's file, in text.
    pub private: String,
    /// The line for an authorized_keys.
    pub public: String,
}

impl Pair {
    /// Of this type, as in `ed25519`; with more options of ssh-keygen, as in `-b 3072`.
    ///
    /// # Panics
    /// If ssh-keygen is not there.
    pub fn new(kind: &str, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("key");
        let made = Command::new("ssh-keygen")
            .args(["-q", "-N", "", "-C", "first", "-t", kind, "-f"])
            .arg(&file)
            .args(options)
            .output();
        succeeded(
            "ssh-keygen",
            &made.expect("ssh-keygen: run scripts/install"),
        );
        let read = |file: &Path| std::fs::read_to_string(file).expect("a key");
        Self {
            private: read(&file),
            public: read(&file.with_extension("pub")).trim().to_owned(),
        }
    }
}

impl Sshd {
    /// An OpenSSH server.
    pub async fn start() -> Self {
        Self::start_with(&Options::default()).await
    }

    /// An unusual one.
    ///
    /// # Panics
    /// If it is not installed, or does not start.
    pub async fn start_with(options: &Options) -> Self {
        let folder = folder();
        let keys = folder.join("home/.ssh");
        std::fs::create_dir_all(&keys).expect("a folder of ours");
        set_mode(&folder.join("home"), 0o755);
        set_mode(&keys, 0o700);
        let port = free_port();
        let program = if options.dropbear {
            dropbear(&folder, port)
        } else {
            openssh(&folder, port, options)
        };
        let environment = programs::another_home(&folder);
        let log = folder.join("log");
        let server = Server::start(None, &program, &environment, &log, &folder);
        let mut started = Self {
            server,
            killed: Vec::new(),
            environment,
            folder,
            port,
        };
        started.authorize("");
        started.server.listens(port).await;
        started
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// As a secret names it.
    pub fn host(&self) -> String {
        format!("localhost:{}", self.port)
    }

    /// Its line of a known_hosts.
    ///
    /// # Panics
    /// If it has no key.
    pub fn known_host(&self) -> String {
        let key = std::fs::read_to_string(self.folder.join("host.pub")).expect("a host key");
        let words: Vec<&str> = key.split_whitespace().take(2).collect();
        format!("[localhost]:{} {}", self.port, words.join(" "))
    }

    /// What is the server's own: its configuration, and the home of whoever logs in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts an OpenSSH server again, after [`kill`](Self::kill).
    ///
    /// # Panics
    /// If it does not start.
    pub async fn restart(&mut self) {
        let program = programs::sshd(&self.folder);
        let log = self.folder.join("log");
        let server = Server::start(None, &program, &self.environment, &log, &self.folder);
        self.killed
            .push(std::mem::replace(&mut self.server, server));
        self.server.listens(self.port).await;
    }

    /// Ends an OpenSSH server, and starts it with its configuration as `change` makes it.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn reconfigure(&mut self, change: impl FnOnce(String) -> String) {
        let file = self.folder.join("config");
        let config = std::fs::read_to_string(&file).expect("a configuration");
        std::fs::write(&file, change(config)).expect("a file of ours");
        self.kill();
        self.restart().await;
    }

    /// Its authorized_keys.
    pub fn key_file(&self) -> PathBuf {
        self.folder.join("home/.ssh/authorized_keys")
    }

    /// What is in it.
    ///
    /// # Panics
    /// If there is none.
    pub fn authorized_keys(&self) -> String {
        std::fs::read_to_string(self.key_file()).expect("an authorized_keys")
    }

    /// Puts this into it, readable and writable by the owner alone.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn authorize(&self, content: &str) {
        std::fs::write(self.key_file(), content).expect("a file of ours");
        set_mode(&self.key_file(), 0o600);
    }

    /// Whether OpenSSH's client gets in with this key.
    ///
    /// # Panics
    /// If the server is not there.
    pub fn accepts(&self, private: &str) -> bool {
        let answer = client::openssh(self.port, &self.known_host(), private);
        let said = String::from_utf8_lossy(&answer.stderr);
        let refused = said.contains("Permission denied");
        assert!(refused || answer.status.success(), "{said}\n{}", self.log());
        answer.status.success()
    }

    /// The same by a client within this process, which takes a tenth of the time.
    ///
    /// # Panics
    /// If the server is not there.
    pub async fn lets_in(&self, private: &str) -> bool {
        let answer = enters(self.port, &self.known_host(), private).await;
        answer.unwrap_or_else(|error| panic!("{error}"))
    }

    /// All that it has logged.
    pub fn log(&self) -> String {
        self.server.log()
    }

    /// Ends it at once. After this, nobody listens there.
    pub fn kill(&self) {
        self.server.kill();
        while TcpListener::bind(("127.0.0.1", self.port)).is_err() {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// The secret of a login at these hosts.
pub fn secret(hosts: &[Sshd], pair: &Pair) -> Value {
    let names: Vec<String> = hosts.iter().map(Sshd::host).collect();
    let known: Vec<String> = hosts.iter().map(Sshd::known_host).collect();
    json!({
        "hosts": names, "username": user(), "known_hosts": known.join("\n"), "owner": "team",
        "private_key": pair.private, "public_key": pair.public,
    })
}

/// The login that the servers serve: whoever runs the tests.
pub fn user() -> String {
    let answer = Command::new("id")
        .arg("-un")
        .output()
        .expect("the program id");
    String::from_utf8_lossy(&answer.stdout).trim().to_owned()
}

/// Among the temporary files, wherever the checkout is: StrictModes looks no further up than the user's home, which is in here.
fn folder() -> PathBuf {
    let folder = tempfile::Builder::new().prefix("rotation-ssh-").tempdir();
    let folder = folder.expect("a temporary folder").keep();
    let folder = folder.canonicalize().expect("a folder of ours");
    set_mode(&folder, 0o755);
    folder
}

fn succeeded(what: &str, output: &Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what}: {said}");
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(path, mode).expect("a file of ours");
}
