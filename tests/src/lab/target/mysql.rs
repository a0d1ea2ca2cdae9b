//! MySQL and MariaDB.

use super::{Session, Target, between};
use crate::mysql::{MysqlServer, Options, Product, quoted};

impl Target for MysqlServer {
    const ROTATOR: &'static str = "mysql";
    const PORT: u16 = 3306;
    const DATABASE: &'static str = "";
    const EXCLUDED: &'static str = "/@\"'\\";
    const ENGINES: &'static str = "must be mysql or aurora-mysql or mariadb";
    const AURORA: &'static str = "aurora-mysql";
    const USER_BYTES: usize = 240;
    const NAMES: &'static [&'static str] = &[
        "App", "a b", "a%s", "a\\b", "it's", "a\"b", "a`b", "a.b@c", "é",
    ];

    fn port(&self) -> u16 {
        self.port()
    }

    fn longest_name(&self) -> (usize, &'static str) {
        match self.product() {
            // The server is asked, where it is less than the most that any has.
            Product::Mysql => (32, "setSecret"),
            Product::Mariadb => (80, "createSecret"),
        }
    }

    async fn without_tls(&self) -> &'static Self {
        let options = Options {
            plaintext: true,
            ..Options::default()
        };
        let server = Self::start_with(self.product(), options).await;
        Box::leak(Box::new(server))
    }

    async fn user(&self, name: &str) -> (String, String) {
        self.fresh_user(name).await
    }

    async fn create(&self, user: &str, password: &str) {
        let (account, password) = (account(user), quoted(password));
        self.admin(&format!("CREATE USER {account} IDENTIFIED BY {password}"))
            .await;
    }

    async fn drop(&self, user: &str) {
        self.admin(&format!("DROP USER {}", account(user))).await;
    }

    async fn administrator(&self) -> (String, String) {
        let (user, password) = self.fresh_user("admin").await;
        let account = account(&user);
        self.admin(&format!("GRANT CREATE USER ON *.* TO {account}"))
            .await;
        self.admin(&format!("GRANT SELECT ON mysql.* TO {account}"))
            .await;
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
        let what = match self.product() {
            Product::Mysql => {
                "CONCAT(HEX(authentication_string), COALESCE(User_attributes, '')) FROM mysql.user"
            }
            Product::Mariadb => "Priv FROM mysql.global_priv",
        };
        let user = quoted(user);
        self.ask(&format!("SELECT {what} WHERE User = {user}"))
            .await
            .concat()
    }

    async fn set_by_hand(&self, user: &str) {
        let user = account(user);
        self.admin(&format!("ALTER USER {user} IDENTIFIED BY 'by-hand'"))
            .await;
    }

    async fn shut_out(&self, user: &str) {
        self.admin(&format!("ALTER USER {} ACCOUNT LOCK", account(user)))
            .await;
    }

    async fn table(&self, user: &str, admin: Option<&str>) -> String {
        let table = format!("`{user}`.t");
        for statement in [
            format!("CREATE DATABASE `{user}`"),
            format!("CREATE TABLE {table} (x int)"),
            format!("GRANT ALL ON `{user}`.* TO {}", account(user)),
        ] {
            self.admin(&statement).await;
        }
        if let Some(admin) = admin.map(account) {
            self.admin(&format!(
                "GRANT ALL ON `{user}`.* TO {admin} WITH GRANT OPTION"
            ))
            .await;
        }
        table
    }

    async fn database(&self, user: &str, admin: &str) -> String {
        self.table(user, Some(admin)).await;
        user.to_owned()
    }

    async fn answer(
        &self,
        user: &str,
        password: &str,
        statement: &str,
    ) -> Result<Vec<String>, String> {
        let answer = self.ask_as(user, password, statement).await;
        answer.map_err(|error| error.to_string())
    }

    fn mark(&self) -> usize {
        self.general_log().len()
    }

    fn logins(&self, mark: usize, user: &str) -> (usize, usize) {
        self.logins(mark, user)
    }

    fn sessions(&self, mark: usize, user: &str) -> Vec<Session> {
        let log = self.log_since(mark);
        let login = format!("Connect\t{user}@");
        let sessions = log.lines().filter(|line| line.contains(&login));
        let sessions = sessions.filter_map(|line| {
            let database = between(line, " on ", " using ")?;
            Some((database.to_owned(), line.ends_with("using SSL/TLS")))
        });
        sessions.collect()
    }
}

/// As statements name the tests' users.
fn account(user: &str) -> String {
    format!("{}@'%'", quoted(user))
}
