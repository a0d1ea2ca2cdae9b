//! Starts a server on a free port, with data of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rotation_kit::process::{as_user, free_port, signal, user_id};
use rotation_kit::tls::{Ca, Identity};
use tokio_postgres::{Config, NoTls};

use super::release::Release;
use crate::process::Process;
use crate::rds;

/// What is unusual about a server.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Lines of pg_hba.conf, before the usual ones.
    pub hba: String,
    /// Settings, as in postgresql.conf.
    pub settings: Vec<(&'static str, String)>,
    /// Another certificate than the usual one.
    pub identity: Option<Identity>,
    /// No TLS at all.
    pub plaintext: bool,
    /// A standby of nobody: read-only until it is promoted.
    pub standby: bool,
    /// The server that it is a streaming replica of: its socket's folder, and its port.
    pub source: Option<(PathBuf, u16)>,
}

/// Lines of pg_hba.conf by which a user becomes unusual, as a member of a role of this name.
const GROUPS: &str = "\
host all +trusted all trust
host all +rejected all reject
hostssl all +certified all scram-sha-256 clientcert=verify-ca
host all +identified all ident
host all +hashed all md5
";
const CREATE_GROUPS: &str = "CREATE ROLE trusted; CREATE ROLE rejected; CREATE ROLE certified; \
    CREATE ROLE identified; CREATE ROLE hashed";

/// A server that runs, with TLS and SCRAM-SHA-256, on localhost.
pub struct Postgres {
    pub(super) process: Process,
    folder: PathBuf,
    port: u16,
}

impl Postgres {
    /// A server of its own.
    pub async fn start(release: Release) -> Self {
        Self::start_with(release, Options::default()).await
    }

    /// An unusual one.
    ///
    /// # Panics
    /// If the release is not installed, or the server does not start.
    pub async fn start_with(release: Release, options: Options) -> Self {
        let programs = release.programs();
        let programs = programs.unwrap_or_else(|| panic!("{release:?}: run scripts/install"));
        // The server refuses to run as root.
        let user = (user_id(None) == 0).then_some("postgres");
        let folder = folder(user);
        let programs = reachable(user, programs, &folder);
        initialise(user, &programs, &folder, &options);
        let port = free_port();
        let program = command(&programs, &folder, port, &options);
        let process = Process::start(user, program, &folder);
        let started = Self {
            process,
            folder,
            port,
        };
        started.ready().await;
        if !options.standby && options.source.is_none() {
            started.admin(CREATE_GROUPS).await;
        }
        started
    }

    /// A streaming replica of `self`, in hot standby.
    ///
    /// # Panics
    /// If it cannot be had.
    pub async fn replica(&self) -> Self {
        let options = Options {
            source: Some((self.folder.clone(), self.port)),
            ..Options::default()
        };
        Self::start_with(Release::Debian, options).await
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where its socket is.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// All that it has logged.
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// Begins to shut down: whoever is connected may stay, and nobody else is let in. Returns when that is so.
    ///
    /// # Panics
    /// If it does not.
    pub async fn shut_down(&self) {
        let file = std::fs::read_to_string(self.folder.join("data/postmaster.pid"));
        let file = file.expect("a server that runs");
        let pid = file.lines().next().expect("a process");
        signal("TERM", &[pid.to_owned()]);
        let mut config = Config::new();
        config
            .host_path(&self.folder)
            .port(self.port)
            .user("postgres");
        for _ in 0..1000 {
            let answer = config.connect(NoTls).await.err();
            let code = answer.and_then(|error| error.code().cloned());
            if code.is_some_and(|code| code.code() == "57P03") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("it does not shut down: {}", self.log());
    }

    /// Logins of `user` in what was logged after the first `mark` bytes: taken, and refused.
    pub fn logins(&self, mark: usize, user: &str) -> (usize, usize) {
        let log = self.log();
        let count = |text: String| log[mark..].matches(&text).count();
        (
            count(format!("connection authorized: user={user} ")),
            count(format!("authentication failed for user \"{user}\"")),
        )
    }
}

pub(super) fn folder(user: Option<&str>) -> PathBuf {
    use std::os::unix::fs::{PermissionsExt, chown};
    let folder = tempfile::Builder::new().prefix("rotation-").tempdir();
    let folder = folder.expect("a temporary folder").keep();
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&folder, open).expect("a folder of ours");
    if let Some(user) = user {
        chown(&folder, Some(user_id(Some(user))), None).expect("we are root");
    }
    folder
}

/// The programs, where `user` may run them: a checkout in root's home is closed to others.
fn reachable(user: Option<&str>, programs: PathBuf, folder: &Path) -> PathBuf {
    let seen = as_user(user, "/bin/sh")
        .args(["-c", "test -x \"$0\""])
        .arg(programs.join("postgres"))
        .status();
    if seen.is_ok_and(|status| status.success()) {
        return programs;
    }
    let release = programs.parent().expect("a folder of a release");
    copied(user, release, folder).join("bin")
}

/// A copy of `what` in the folder; it is the user's, who takes the folder away in the end.
pub(super) fn copied(user: Option<&str>, what: &Path, folder: &Path) -> PathBuf {
    let copy = folder.join(what.file_name().expect("a folder with a name"));
    let done = |command: &mut Command| command.status().is_ok_and(|status| status.success());
    assert!(
        done(Command::new("cp").arg("-r").args([what, folder])),
        "no room for a copy of {what:?}"
    );
    if let Some(user) = user {
        let mut chown = Command::new("chown");
        assert!(done(chown.args(["-R", user]).arg(&copy)), "we are root");
    }
    copy
}

fn initialise(user: Option<&str>, programs: &Path, folder: &Path, options: &Options) {
    use std::os::unix::fs::chown;
    match &options.source {
        Some(source) => copy(user, programs, folder, source),
        None => create(user, programs, folder),
    }
    if options.standby {
        write(&folder.join("data"), "standby.signal", "");
    }
    let usual = "local all postgres trust\nlocal replication postgres trust\nhost all all 127.0.0.1/32 scram-sha-256\nhost all all ::1/128 scram-sha-256\n";
    write(folder, "hba", &format!("{}\n{GROUPS}{usual}", options.hba));
    let ca = std::fs::read_to_string(Ca::shared().pem_path());
    write(folder, "ca.pem", &ca.expect("the authority's file"));
    let identity = options.identity.clone();
    let identity = identity.unwrap_or_else(rds::identity);
    identity.write(folder).expect("a folder of ours");
    if let Some(user) = user {
        let owner = user_id(Some(user));
        chown(folder.join("server.key"), Some(owner), None).expect("we are root");
    }
}

/// Data of its own.
fn create(user: Option<&str>, programs: &Path, folder: &Path) {
    let mut initdb = as_user(user, &programs.join("initdb").display().to_string());
    initdb.arg("-D").arg(folder.join("data")).args([
        "-U",
        "postgres",
        "-A",
        "scram-sha-256",
        "--no-sync",
        "-E",
        "UTF8",
        "--locale=C",
    ]);
    initdb.arg(format!(
        "--pwfile={}",
        write(folder, "pw", "superuser-password").display()
    ));
    let done = initdb.current_dir("/").output().expect("initdb");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "initdb: {said}");
}

/// The data of another server, to go on from.
fn copy(user: Option<&str>, programs: &Path, folder: &Path, (source, port): &(PathBuf, u16)) {
    let mut backup = as_user(user, &programs.join("pg_basebackup").display().to_string());
    backup
        .arg("-D")
        .arg(folder.join("data"))
        .arg("-h")
        .arg(source);
    backup.args([
        "-p",
        &port.to_string(),
        "-U",
        "postgres",
        "-R",
        "-c",
        "fast",
        "--no-sync",
    ]);
    let done = backup.current_dir("/").output().expect("pg_basebackup");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "pg_basebackup: {said}");
}

pub(super) fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("a folder of ours");
    path
}

fn command(programs: &Path, folder: &Path, port: u16, options: &Options) -> Vec<String> {
    let inside = |name: &str| folder.join(name).display().to_string();
    let mut settings = vec![
        ("port", port.to_string()),
        ("listen_addresses", "localhost".to_owned()),
        ("unix_socket_directories", folder.display().to_string()),
        ("hba_file", inside("hba")),
        ("fsync", "off".to_owned()),
        ("log_connections", "on".to_owned()),
        ("password_encryption", "scram-sha-256".to_owned()),
    ];
    if !options.plaintext {
        settings.push(("ssl", "on".to_owned()));
        settings.push(("ssl_cert_file", inside("server.pem")));
        settings.push(("ssl_key_file", inside("server.key")));
        settings.push(("ssl_ca_file", inside("ca.pem")));
    }
    settings.extend(options.settings.iter().cloned());
    let program = programs.join("postgres").display().to_string();
    let mut command = vec![program, "-D".into(), inside("data")];
    for (name, value) in settings {
        command.extend(["-c".into(), format!("{name}={value}")]);
    }
    command
}
