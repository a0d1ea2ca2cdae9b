//! Real MySQL and MariaDB servers: MySQL in `.tools/mysql`, and Debian's MariaDB.

mod program;
mod rights;
mod server;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, DriverError, Error, OptsBuilder, Row, SslOpts, Value};
use rotation_kit::tls::Ca;
use tokio::sync::OnceCell;

pub use program::{Product, mariadb_plugins};
pub use server::{MysqlServer, Options};

static SHARED: [OnceCell<MysqlServer>; Product::ALL.len()] =
    [const { OnceCell::const_new() }; Product::ALL.len()];
static USERS: AtomicUsize = AtomicUsize::new(0);

/// "Access denied": a wrong password, or no such user; or an account that wants TLS, and has none. The second, where
/// the last way in which the account may prove itself needs no password.
const ACCESS_DENIED: [u16; 2] = [1045, 1698];

impl MysqlServer {
    /// A server of this product, one for all tests of a process.
    pub async fn shared(product: Product) -> &'static Self {
        SHARED[product as usize]
            .get_or_init(|| Self::start(product))
            .await
    }

    /// Runs statements as root.
    ///
    /// # Panics
    /// If one fails.
    pub async fn admin(&self, statements: &str) {
        let mut connection = self.superuser().await;
        let done = connection.query_drop(statements).await;
        done.unwrap_or_else(|error| panic!("{statements}: {error}"));
        close(connection).await;
    }

    /// The first column of what a question answers, asked by root.
    ///
    /// # Panics
    /// If it fails.
    pub async fn ask(&self, question: &str) -> Vec<String> {
        let connection = self.superuser().await;
        texts(connection, question).await.expect(question)
    }

    /// What a question is answered, asked by a user.
    ///
    /// # Errors
    /// The server's: login or statement.
    pub async fn ask_as(
        &self,
        user: &str,
        password: &str,
        question: &str,
    ) -> Result<Vec<String>, Error> {
        let connection = Conn::new(self.login(user, password)).await?;
        texts(connection, question).await
    }

    /// Whether the server takes this password.
    ///
    /// # Panics
    /// If it says anything else than yes or no.
    pub async fn accepts(&self, user: &str, password: &str) -> bool {
        let answer = self.admits(user, password).await;
        answer.unwrap_or_else(|error| panic!("neither yes nor no: {error}"))
    }

    /// Whether the server takes this password.
    ///
    /// # Errors
    /// What it says that is neither yes nor no, or that nobody answers.
    pub async fn admits(&self, user: &str, password: &str) -> Result<bool, String> {
        match Conn::new(self.login(user, password)).await {
            Ok(connection) => {
                close(connection).await;
                Ok(true)
            }
            Err(Error::Server(error)) if ACCESS_DENIED.contains(&error.code) => Ok(false),
            // MySQL hides that a user does not exist behind a plugin that it picks by the name: this one, sometimes.
            Err(Error::Driver(DriverError::UnknownAuthPlugin { name }))
                if name == "sha256_password" =>
            {
                Ok(false)
            }
            Err(error) => Err(error.to_string()),
        }
    }

    /// A user of this test's own, from any host: name and password.
    pub async fn fresh_user(&self, name: &str) -> (String, String) {
        let n = USERS.fetch_add(1, Ordering::Relaxed);
        let (user, password) = (format!("{name}{n}"), format!("First-password-{n}"));
        let (name, secret) = (quoted(&user), quoted(&password));
        self.admin(&format!("CREATE USER {name}@'%' IDENTIFIED BY {secret}"))
            .await;
        (user, password)
    }

    /// The standard secret of a user of this server.
    pub fn secret_json(&self, user: &str, password: &str) -> String {
        let (user, password) = (serde_json::json!(user), serde_json::json!(password));
        let (engine, port) = (self.product().engine(), self.port());
        format!(
            "{{\"engine\": \"{engine}\", \"host\": \"localhost\", \"port\": {port}, \"username\": {user}, \"password\": {password}}}"
        )
    }

    /// A connection as root, by the server's socket.
    ///
    /// # Panics
    /// If the server does not take it.
    pub async fn superuser(&self) -> Conn {
        let login = Conn::new(superuser(self.folder()));
        login.await.expect("root's login")
    }

    /// How a user logs in: over TLS, where the server has it. Never print it: it would show the password.
    pub fn login(&self, user: &str, password: &str) -> OptsBuilder {
        plain()
            .ip_or_hostname("localhost")
            .tcp_port(self.port())
            .user(Some(user))
            .pass(Some(password))
            .ssl_opts(self.tls())
    }
}

/// The server's certificate is checked, unless it is an unusual one.
fn tls(options: &Options) -> Option<SslOpts> {
    let authority = vec![Ca::shared().pem_path().into()];
    let tls = SslOpts::default()
        .with_root_certs(authority)
        .with_disable_built_in_roots(true)
        .with_danger_accept_invalid_certs(options.identity.is_some());
    (!options.plaintext).then_some(tls)
}

/// What all logins have in common. By itself the client would ask for these values, and log in again by the socket.
fn plain() -> OptsBuilder {
    OptsBuilder::default()
        .prefer_socket(false)
        .max_allowed_packet(Some(1 << 24))
        .wait_timeout(Some(600))
}

/// Root's login to the server in a folder.
fn superuser(folder: &Path) -> OptsBuilder {
    let socket = folder.join(program::SOCKET).display().to_string();
    plain().user(Some("root")).socket(Some(socket))
}

/// A text or a name, quoted as a text: accounts may be written so.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

async fn texts(mut connection: Conn, question: &str) -> Result<Vec<String>, Error> {
    let rows: Vec<Row> = connection.query(question).await?;
    close(connection).await;
    let texts = rows.iter().map(|row| match row.as_ref(0) {
        Some(Value::Bytes(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
        _ => String::new(),
    });
    Ok(texts.collect())
}

/// Says goodbye, so that nothing is left to do when the test ends.
async fn close(connection: Conn) {
    let _ = connection.disconnect().await;
}
