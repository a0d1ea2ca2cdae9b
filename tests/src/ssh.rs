//! Real SSH servers, OpenSSH's and dropbear, each with a home and an authorized_keys of its own.

mod pair;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use crate::process::{Server, free_port, user_id};
use crate::setting::workspace;

pub use pair::Pair;

/// What is unusual about a server.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Dropbear in place of OpenSSH.
    pub dropbear: bool,
    /// StrictModes off.
    pub lax: bool,
    /// Lines of sshd_config, which win over the usual ones.
    pub settings: String,
    /// No SFTP.
    pub without_sftp: bool,
}

/// A server that runs on localhost, for the user that runs the tests.
pub struct Sshd {
    server: Server,
    folder: PathBuf,
    port: u16,
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
        let (program, environment) = if options.dropbear {
            dropbear(&folder, port)
        } else {
            (openssh(&folder, port, options), Vec::new())
        };
        let log = folder.join("log");
        let server = Server::start(None, &program, &environment, &log, &folder);
        let mut started = Self {
            server,
            folder,
            port,
        };
        started.authorize("");
        started.ready().await;
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
        let folder = tempfile::tempdir().expect("a temporary folder");
        let key = folder.path().join("key");
        std::fs::write(&key, private).expect("room for a key");
        set_mode(&key, 0o600);
        let known = folder.path().join("known_hosts");
        std::fs::write(&known, self.known_host()).expect("room for a line");
        let mut client = Command::new("ssh");
        client.arg("-F").arg("none").arg("-i").arg(&key);
        for option in [
            "IdentitiesOnly=yes".into(),
            "IdentityAgent=none".into(),
            "BatchMode=yes".into(),
            format!("UserKnownHostsFile={}", known.display()),
        ] {
            client.arg("-o").arg(option);
        }
        client.args([
            "-p",
            &self.port.to_string(),
            "-l",
            &user(),
            "localhost",
            "true",
        ]);
        let answer = client.output().expect("ssh: run scripts/install");
        let said = String::from_utf8_lossy(&answer.stderr);
        let refused = said.contains("Permission denied");
        assert!(refused || answer.status.success(), "{said}\n{}", self.log());
        answer.status.success()
    }

    /// All that it has logged.
    pub fn log(&self) -> String {
        self.server.log()
    }

    /// Ends it at once.
    pub fn kill(&self) {
        self.server.kill();
    }

    async fn ready(&mut self) {
        for _ in 0..400 {
            assert!(!self.server.ended(), "the server ended: {}", self.log());
            let address = ("127.0.0.1", self.port);
            if tokio::net::TcpStream::connect(address).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the server does not start: {}", self.log());
    }
}

/// The login that the servers serve: whoever runs the tests.
pub fn user() -> String {
    let answer = Command::new("id")
        .arg("-un")
        .output()
        .expect("the program id");
    String::from_utf8_lossy(&answer.stdout).trim().to_owned()
}

/// Not below a folder that others may write to, such as that for temporary files: StrictModes would refuse it.
fn folder() -> PathBuf {
    let target = workspace().join("target");
    std::fs::create_dir_all(&target).expect("room for a folder");
    let target = target.canonicalize().expect("a folder of ours");
    let folder = tempfile::Builder::new().prefix("ssh-").tempdir_in(target);
    let folder = folder.expect("a folder of ours").keep();
    set_mode(&folder, 0o755);
    folder
}

fn openssh(folder: &Path, port: u16, options: &Options) -> Vec<String> {
    host_key(folder, "ed25519");
    if user_id(None) == 0 {
        // Debian's service makes it, and here there is none.
        std::fs::create_dir_all("/run/sshd").expect("we are root");
    }
    let home = folder.join("home");
    let strict = if options.lax { "no" } else { "yes" };
    let sftp = if options.without_sftp {
        String::new()
    } else {
        format!("Subsystem sftp internal-sftp -d {}\n", home.display())
    };
    let config = format!(
        "{}\nPort {port}\nListenAddress 127.0.0.1\nHostKey {}\nPidFile none\n\
         AuthorizedKeysFile {}/.ssh/authorized_keys\nPasswordAuthentication no\n\
         KbdInteractiveAuthentication no\nUsePAM no\nStrictModes {strict}\n\
         PermitRootLogin yes\nLogLevel VERBOSE\n{sftp}",
        options.settings,
        folder.join("host").display(),
        home.display()
    );
    let file = folder.join("config");
    std::fs::write(&file, config).expect("a folder of ours");
    let file = file.display().to_string();
    ["/usr/sbin/sshd", "-D", "-e", "-f", &file]
        .map(ToOwned::to_owned)
        .to_vec()
}

/// Dropbear looks for the keys in the user's home, so the user gets another one: from a library that is loaded before the
/// system's.
fn dropbear(folder: &Path, port: u16) -> (Vec<String>, Vec<(String, String)>) {
    host_key(folder, "rsa");
    let key = folder.join("host.dropbear");
    let converted = Command::new("dropbearconvert")
        .args(["openssh", "dropbear"])
        .arg(folder.join("host"))
        .arg(&key)
        .output();
    succeeded(
        "dropbearconvert",
        &converted.expect("dropbear: run scripts/install"),
    );
    let (id, home) = (user_id(None), folder.join("home"));
    let passwd = format!("{}:x:{id}:{id}::{}:/bin/sh\n", user(), home.display());
    let files = [
        ("passwd", passwd),
        ("group", format!("{}:x:{id}:\n", user())),
    ];
    let mut environment = vec![("LD_PRELOAD".to_owned(), "libnss_wrapper.so".to_owned())];
    for (name, content) in files {
        let file = folder.join(name);
        std::fs::write(&file, content).expect("a folder of ours");
        let variable = format!("NSS_WRAPPER_{}", name.to_uppercase());
        environment.push((variable, file.display().to_string()));
    }
    let address = format!("127.0.0.1:{port}");
    let key = key.display().to_string();
    let program = [
        "/usr/sbin/dropbear",
        "-F",
        "-E",
        "-s",
        "-p",
        &address,
        "-r",
        &key,
    ];
    (program.map(ToOwned::to_owned).to_vec(), environment)
}

fn host_key(folder: &Path, kind: &str) {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-N", "", "-m", "PEM", "-t", kind, "-f"])
        .arg(folder.join("host"))
        .output();
    succeeded(
        "ssh-keygen",
        &made.expect("ssh-keygen: run scripts/install"),
    );
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
