//! What a lab asks of a server.

use std::future::Future;

use crate::mysql::{MysqlServer, Product};
use crate::postgres::Postgres;

/// A real server, for whose users there is a rotator.
pub trait Target: Sync {
    /// As in `postgres`.
    const ROTATOR: &'static str;

    /// A user of this test's own: name and password.
    fn user(&self, name: &str) -> impl Future<Output = (String, String)> + Send;

    /// Another one, who may create users, and no more.
    fn administrator(&self) -> impl Future<Output = (String, String)> + Send;

    /// The standard secret of a user.
    fn secret_json(&self, user: &str, password: &str) -> String;

    /// Whether the server takes this password.
    fn takes(&self, user: &str, password: &str) -> impl Future<Output = bool> + Send;

    /// What the server has for a user: it changes if the password does.
    fn verifier(&self, user: &str) -> impl Future<Output = String> + Send;
}

impl Target for Postgres {
    const ROTATOR: &'static str = "postgres";

    async fn user(&self, name: &str) -> (String, String) {
        self.fresh_user(name).await
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

    async fn verifier(&self, user: &str) -> String {
        let user = user.replace('\'', "''");
        let question =
            format!("SELECT coalesce(rolpassword, '') FROM pg_authid WHERE rolname = '{user}'");
        self.ask(&question).await.concat()
    }
}

impl Target for MysqlServer {
    const ROTATOR: &'static str = "mysql";

    async fn user(&self, name: &str) -> (String, String) {
        self.fresh_user(name).await
    }

    async fn administrator(&self) -> (String, String) {
        let (user, password) = self.fresh_user("admin").await;
        self.admin(&format!("GRANT CREATE USER ON *.* TO {user}@'%'"))
            .await;
        (user, password)
    }

    fn secret_json(&self, user: &str, password: &str) -> String {
        self.secret_json(user, password)
    }

    async fn takes(&self, user: &str, password: &str) -> bool {
        self.accepts(user, password).await
    }

    async fn verifier(&self, user: &str) -> String {
        let what = match self.product() {
            Product::Mysql => {
                "CONCAT(HEX(authentication_string), COALESCE(User_attributes, '')) FROM mysql.user"
            }
            Product::Mariadb => "Priv FROM mysql.global_priv",
        };
        self.ask(&format!("SELECT {what} WHERE User = '{user}'"))
            .await
            .concat()
    }
}
