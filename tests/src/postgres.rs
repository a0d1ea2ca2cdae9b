//! Real PostgreSQL servers: Debian's, and the releases in `.tools/postgres`.

mod pooler;
mod release;
mod restart;
mod server;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio_postgres::{Client, Config, NoTls, SimpleQueryMessage};

pub use pooler::Pooler;
pub use release::Release;
pub use server::{Options, Postgres};

static SHARED: [OnceCell<Postgres>; Release::ALL.len()] =
    [const { OnceCell::const_new() }; Release::ALL.len()];
static USERS: AtomicUsize = AtomicUsize::new(0);

impl Postgres {
    /// Debian's server, one for all tests of a process.
    pub async fn shared() -> &'static Self {
        Self::of(Release::Debian).await
    }

    /// A server of this release, one for all tests of a process.
    pub async fn of(release: Release) -> &'static Self {
        SHARED[release as usize]
            .get_or_init(|| Self::start(release))
            .await
    }

    /// Runs statements as the superuser.
    ///
    /// # Panics
    /// If one fails.
    pub async fn admin(&self, statements: &str) {
        let (client, _) = self.superuser().await;
        let done = client.batch_execute(statements).await;
        done.unwrap_or_else(|error| panic!("{statements}: {error:?}"));
    }

    /// The first column of what a question answers, asked by the superuser.
    ///
    /// # Panics
    /// If it fails.
    pub async fn ask(&self, question: &str) -> Vec<String> {
        let (client, _) = self.superuser().await;
        texts(&client, question).await.expect(question)
    }

    /// Waits until a question is answered with true.
    ///
    /// # Panics
    /// If it is not within ten seconds.
    pub async fn until(&self, question: &str) {
        let (client, _) = self.superuser().await;
        for _ in 0..1000 {
            if texts(&client, question).await.expect(question) == ["t"] {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("never true: {question}");
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
    ) -> Result<Vec<String>, tokio_postgres::Error> {
        let (client, connection) = self.login(user, password).connect(NoTls).await?;
        tokio::spawn(connection);
        texts(&client, question).await
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
        match self.login(user, password).connect(NoTls).await {
            Ok(_) => Ok(true),
            Err(error) if error.code().is_some_and(|code| code.code() == "28P01") => Ok(false),
            Err(error) => Err(format!("{error:?}")),
        }
    }

    /// A user of this test's own: name and password.
    pub async fn fresh_user(&self, name: &str) -> (String, String) {
        let n = USERS.fetch_add(1, Ordering::Relaxed);
        let (user, password) = (format!("{name}{n}"), format!("First-password-{n}"));
        self.admin(&format!(
            "CREATE ROLE {} LOGIN PASSWORD '{password}'",
            quoted(&user)
        ))
        .await;
        (user, password)
    }

    /// The standard secret of a user of this server.
    pub fn secret_json(&self, user: &str, password: &str) -> String {
        let (user, password) = (serde_json::json!(user), serde_json::json!(password));
        let port = self.port();
        format!(
            "{{\"engine\": \"postgres\", \"host\": \"localhost\", \"port\": {port}, \"username\": {user}, \"password\": {password}, \"dbname\": \"postgres\"}}"
        )
    }

    /// A connection as the superuser, and the task that drives it.
    ///
    /// # Panics
    /// If the server does not take it.
    pub async fn superuser(&self) -> (Client, tokio::task::JoinHandle<()>) {
        let mut config = Config::new();
        config
            .host_path(self.folder())
            .port(self.port())
            .user("postgres")
            .dbname("postgres");
        let (client, connection) = config.connect(NoTls).await.expect("the superuser's login");
        let driver = tokio::spawn(async move {
            let _ = connection.await;
        });
        (client, driver)
    }

    fn login(&self, user: &str, password: &str) -> Config {
        let mut config = Config::new();
        config.host("127.0.0.1").port(self.port()).user(user);
        config.password(password).dbname("postgres");
        config
    }
}

/// A name, quoted.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

async fn texts(client: &Client, question: &str) -> Result<Vec<String>, tokio_postgres::Error> {
    let answer = client.simple_query(question).await?;
    let rows = answer.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or_default().to_owned()),
        _ => None,
    });
    Ok(rows.collect())
}
