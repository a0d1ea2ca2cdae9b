//! The programs of both products, and what they are told.

use std::collections::BTreeSet;
use std::fs::File;
use std::net::{TcpListener, ToSocketAddrs};
use std::path::Path;
use std::process::Command;

use rotation_kit::tls::Ca;

use super::server::Options;
use crate::rds;
use crate::setting::{first_line, workspace};

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// Debian's package `mariadb-server-core`.
    Mariadb,
    /// What Debian's sid has as `mysql-server-core`.
    Mysql,
}

impl Product {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Mariadb, Self::Mysql];

    /// Whether it is installed; if not, the test that asks is counted as skipped.
    pub fn installed(self) -> bool {
        let there = self.is_there();
        if !there {
            crate::skip::skip(&format!("{self:?}"), "run scripts/install");
        }
        there
    }

    /// The same of the newer MariaDB.
    pub fn newer_mariadb_installed() -> bool {
        let there = newer_mariadb().is_some();
        if !there {
            crate::skip::skip("a newer MariaDB", "run scripts/install");
        }
        there
    }

    /// The same as [`installed`](Self::installed), and nothing is counted.
    pub fn is_there(self) -> bool {
        self.program().is_some()
    }

    /// What the server says of itself. None, if it is not installed.
    pub fn version(self) -> Option<String> {
        let mut program = self.program()?;
        program.push("--version".to_owned());
        first_line(&program)
    }

    /// What a secret of AWS's calls it.
    pub(super) fn engine(self) -> &'static str {
        match self {
            Self::Mariadb => "mariadb",
            Self::Mysql => "mysql",
        }
    }

    /// The server, and what it must be told about where it is.
    pub(super) fn program(self) -> Option<Vec<String>> {
        match self {
            Self::Mariadb => mariadb(),
            Self::Mysql => mysql(),
        }
    }
}

const MARIADB_INSTALL: &str = "/usr/bin/mariadb-install-db";

fn mariadb() -> Option<Vec<String>> {
    let program = "/usr/sbin/mariadbd";
    let there = Path::new(program).exists() && Path::new(MARIADB_INSTALL).exists();
    there.then(|| vec![program.to_owned(), "--no-defaults".to_owned()])
}

fn mysql() -> Option<Vec<String>> {
    from_sid("mysql", "mysqld", "mysql")
}

/// The MariaDB of Debian's sid, which is newer than Debian's own.
pub(super) fn newer_mariadb() -> Option<Vec<String>> {
    from_sid("mariadb", "mariadbd", "mariadb")
}

/// A server in `.tools`, by its own loader, with its own libraries: they are newer than the system's.
fn from_sid(tool: &str, server: &str, share: &str) -> Option<Vec<String>> {
    let root = workspace().join(format!(".tools/{tool}/root"));
    let root = root.canonicalize().ok()?;
    let at = |path: &str| inside(&root, path);
    let program = root.join("usr/sbin").join(server);
    program.exists().then(|| {
        vec![
            at("usr/lib64/ld-linux-x86-64.so.2"),
            "--library-path".to_owned(),
            at("usr/lib/x86_64-linux-gnu"),
            program.display().to_string(),
            "--no-defaults".to_owned(),
            format!("--basedir={}", at("usr")),
            format!("--lc-messages-dir={}", at(&format!("usr/share/{share}"))),
            format!(
                "--character-sets-dir={}",
                at(&format!("usr/share/{share}/charsets"))
            ),
            format!("--plugin-dir={}", at("usr/lib/mysql/plugin")),
        ]
    })
}

/// Where MariaDB's plug-ins are that check passwords; if they are not, the test that asks is counted as skipped.
pub fn mariadb_plugins() -> Option<String> {
    let root = workspace().join(".tools/mariadb-plugins/root");
    let folder = root.join("usr/lib/mysql/plugin");
    if !folder.join("simple_password_check.so").exists() {
        crate::skip::skip("MariaDB's plug-ins", "run scripts/install");
        return None;
    }
    let folder = folder.canonicalize().expect("a folder");
    Some(folder.display().to_string())
}

pub(super) const GENERAL_LOG: &str = "general.log";
pub(super) const SOCKET: &str = "socket";

/// Makes the first files. Root has no password, and is let in by the socket.
pub(super) fn initialise(product: Product, program: &[String], folder: &Path) {
    let mut command = match product {
        Product::Mariadb if program.len() > 2 => {
            let mut command = Command::new(&program[0]);
            command.args(&program[1..]).args(["--bootstrap", AS_ROOT]);
            command.stdin(first_statements(program, folder));
            command
        }
        Product::Mariadb => {
            let mut command = Command::new(MARIADB_INSTALL);
            command.args([
                "--no-defaults",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
            ]);
            command
        }
        Product::Mysql => {
            let mut command = Command::new(&program[0]);
            command
                .args(&program[1..])
                .args(["--initialize-insecure", AS_ROOT]);
            command
        }
    };
    command
        .args(arguments(&files(product, folder)))
        .current_dir("/");
    let done = command.output().expect("a program that runs");
    let said = [done.stdout, done.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(done.status.success(), "no {product:?} was set up: {said}");
}

/// What MariaDB's own script would run, by programs of the system's.
fn first_statements(program: &[String], folder: &Path) -> File {
    std::fs::create_dir_all(folder.join("data")).expect("a folder of ours");
    let share = program
        .iter()
        .find_map(|one| one.strip_prefix("--lc-messages-dir="));
    let share = Path::new(share.expect("where its files are"));
    let mut statements =
        "create database mysql;\nuse mysql;\nSET @auth_root_socket=NULL;\n".to_owned();
    for file in [
        "mariadb_system_tables.sql",
        "mariadb_performance_tables.sql",
        "mariadb_system_tables_data.sql",
        "maria_add_gis_sp_bootstrap.sql",
    ] {
        statements += &std::fs::read_to_string(share.join(file)).expect("MariaDB's own file");
    }
    let path = folder.join("bootstrap.sql");
    std::fs::write(&path, statements).expect("a file of ours");
    File::open(path).expect("that file")
}

/// A server of root's must be told so; of anybody else's, it takes no notice.
const AS_ROOT: &str = "--user=root";

type Settings = Vec<(&'static str, String)>;

fn settings(all: &[(&'static str, &str)]) -> Settings {
    let all = all.iter().map(|(name, value)| (*name, (*value).to_owned()));
    all.collect()
}

fn arguments(settings: &Settings) -> impl Iterator<Item = String> {
    let each = settings.iter();
    each.map(|(name, value)| format!("--{name}={value}"))
}

/// Where the data is, kept small and never waited for.
fn files(product: Product, folder: &Path) -> Settings {
    let log_size = match product {
        Product::Mariadb => ("innodb-log-file-size", "16M"),
        Product::Mysql => ("innodb-redo-log-capacity", "32M"),
    };
    settings(&[
        log_size,
        ("datadir", &inside(folder, "data")),
        ("innodb-buffer-pool-size", "32M"),
        ("innodb-doublewrite", "OFF"),
        ("innodb-flush-log-at-trx-commit", "0"),
        ("innodb-flush-method", "nosync"),
        ("sync-binlog", "0"),
        // Of its own: a server that starts takes away the temporary tables that it finds, whosever they are.
        ("tmpdir", &folder.display().to_string()),
    ])
}

pub(super) fn command(
    product: Product,
    mut program: Vec<String>,
    folder: &Path,
    port: u16,
    options: &Options,
) -> Vec<String> {
    let mut all = files(product, folder);
    all.extend(settings(&[
        ("port", &port.to_string()),
        ("bind-address", &localhost()),
        ("socket", &inside(folder, SOCKET)),
        ("pid-file", &inside(folder, "pid")),
        ("general-log-file", &inside(folder, GENERAL_LOG)),
        ("general-log", "ON"),
        ("skip-name-resolve", "ON"),
        // The data is thrown away: nothing to tidy up.
        ("innodb-fast-shutdown", "2"),
    ]));
    all.extend(special(product));
    all.extend(certificate(product, folder, options));
    all.extend(options.settings.iter().cloned());
    program.push(AS_ROOT.to_owned());
    program.extend(arguments(&all));
    program
}

/// What MySQL has or does without being told, and MariaDB does not.
fn special(product: Product) -> Settings {
    match product {
        Product::Mariadb => Vec::new(),
        Product::Mysql => settings(&[
            ("disable-log-bin", "ON"),
            ("mysqlx", "OFF"),
            ("performance-schema", "OFF"),
            // The folder that Debian's package is built for is not there.
            ("secure-file-priv", "NULL"),
        ]),
    }
}

fn certificate(product: Product, folder: &Path, options: &Options) -> Settings {
    if options.plaintext {
        return settings(match product {
            Product::Mariadb => &[("ssl", "OFF")],
            Product::Mysql => &[("tls-version", "")],
        });
    }
    let identity = options.identity.clone();
    let identity = identity.unwrap_or_else(rds::identity);
    identity.write(folder).expect("a folder of ours");
    settings(&[
        ("ssl-ca", &Ca::shared().pem_path().display().to_string()),
        ("ssl-cert", &inside(folder, "server.pem")),
        ("ssl-key", &inside(folder, "server.key")),
    ])
}

fn inside(folder: &Path, name: &str) -> String {
    folder.join(name).display().to_string()
}

/// The addresses of localhost that this machine has: the server ends if it cannot have one of them.
fn localhost() -> String {
    let found = ("localhost", 0).to_socket_addrs();
    let found = found.expect("localhost has an address");
    let ours = found.filter(|address| TcpListener::bind(address).is_ok());
    let ours: BTreeSet<String> = ours.map(|address| address.ip().to_string()).collect();
    Vec::from_iter(ours).join(",")
}
