//! PostgreSQL.

use super::{Session, Target, between};
use crate::postgres::{Options, Postgres, Release, quoted};

impl Target for Postgres {
    const ROTATOR: &'static str = "postgres";
    const PORT: u16 = 5432;
    const DATABASE: &'static str = "postgres";
    const EXCLUDED: &'static str = ":/@\"'\\";
    const ENGINES: &'static str = "must be postgres or aurora-postgresql";
    const AURORA: &'static str = "aurora-postgresql";
    const USER_BYTES: usize = 63;
    /// Among them one that breaks AWS's template by its percent sign.
    const NAMES: &'static [&'static str] =
        &["App", "a b", "a%s", "a\\b", "it's", "a\"b", "a.b@c", "é🔑"];

    fn port(&self) -> u16 {
        self.port()
    }

    fn longest_name(&self) -> (usize, &'static str) {
        (63, "createSecret")
    }

    async fn without_tls(&self) -> &'static Self {
        let options = Options {
            plaintext: true,
            ..Options::default()
        };
        let server = Self::start_with(Release::Debian, options).await;
        Box::leak(Box::new(server))
    }

    async fn user(&self, name: &str) -> (String, String) {
        self.fresh_user(name).await
    }

    async fn create(&self, user: &str, password: &str) {
        let user = quoted(user);
        self.admin(&format!("CREATE ROLE {user} LOGIN PASSWORD '{password}'"))
            .await;
    }

    async fn drop(&self, user: &str) {
        self.admin(&format!("DROP ROLE {}", quoted(user))).await;
    }

    async fn administrator(&self) -> (String, String) {
        let (user, password) = self.fresh_user("admin").await;
        self.admin(&format!("ALTER ROLE {user} CREATEROLE")).await;
        (user, password)
    }

    fn secret_json(&self, user: &str, password: &str) -> String {
        self.secret_json(user, password)
    }

    async fn takes(&self, user: &str, password: &str) -> bool {
        self.accepts(user, password).await
    }

    async fn admits(&self, user: &str, password: &str) -> Result<bool, String> {
        self.admits(user, password).await
    }

    async fn restart(&self) {
        self.restart().await;
    }

    async fn verifier(&self, user: &str) -> String {
        let user = user.replace('\'', "''");
        let question =
            format!("SELECT coalesce(rolpassword, '') FROM pg_authid WHERE rolname = '{user}'");
        self.ask(&question).await.concat()
    }

    async fn set_by_hand(&self, user: &str) {
        let user = quoted(user);
        self.admin(&format!("ALTER ROLE {user} PASSWORD 'by-hand'"))
            .await;
    }

    async fn shut_out(&self, user: &str) {
        self.admin(&format!("ALTER ROLE {} NOLOGIN", quoted(user)))
            .await;
    }

    async fn table(&self, user: &str, _admin: Option<&str>) -> String {
        let table = quoted(&format!("t_{user}"));
        let user = quoted(user);
        self.admin(&format!(
            "CREATE TABLE {table} (x int); GRANT ALL ON {table} TO {user}"
        ))
        .await;
        table
    }

    async fn database(&self, user: &str, _admin: &str) -> String {
        let database = format!("db_{user}");
        self.admin(&format!("CREATE DATABASE {}", quoted(&database)))
            .await;
        database
    }

    async fn answer(
        &self,
        user: &str,
        password: &str,
        statement: &str,
    ) -> Result<Vec<String>, String> {
        let answer = self.ask_as(user, password, statement).await;
        answer.map_err(|error| format!("{error:?}"))
    }

    fn mark(&self) -> usize {
        self.log().len()
    }

    fn logins(&self, mark: usize, user: &str) -> (usize, usize) {
        self.logins(mark, user)
    }

    fn sessions(&self, mark: usize, user: &str) -> Vec<Session> {
        let log = self.log();
        let login = format!("authorized: user={user} database=");
        let sessions = log[mark..].lines().filter_map(|line| {
            let database = between(line, &login, " ")?;
            Some((database.to_owned(), line.contains("SSL enabled")))
        });
        sessions.collect()
    }
}
