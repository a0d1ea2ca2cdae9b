//! What the conformance suite must know of MySQL and MariaDB.

use rotation::Rotator;
use rotation::config::{Config, Strategy};
use rotation::testing::world::{Harness, Subject};
use rotation_kit::tls::Ca;
use rotation_tests::mysql::{MysqlServer, Product, quoted};
use rotator_mysql::Mysql;

/// Users of one server, with one password each or with two, or who take turns.
pub(crate) struct Users<'a> {
    pub(crate) server: &'a MysqlServer,
    /// What the users are called, with a number after it.
    pub(crate) name: &'static str,
    pub(crate) strategy: Strategy,
    /// By an administrator, where the user could also do it itself.
    pub(crate) admin: bool,
    /// What the administrator is granted beside CREATE USER: `{admin}` stands for its account.
    pub(crate) powers: &'static [&'static str],
}

pub(crate) const ADMIN: &str = "arn:aws:secretsmanager:us-east-1:012345678912:secret:admin-AbCdEf";

/// What the administrator of two users needs who have no rights of their own.
const SEES: &[&str] = &["GRANT SELECT ON mysql.* TO {admin}"];

impl<'a> Users<'a> {
    /// With an administrator where the strategy needs one.
    pub(crate) fn new(server: &'a MysqlServer, strategy: Strategy) -> Self {
        let two_users = strategy == Strategy::AlternatingUsers;
        let two_methods =
            strategy == Strategy::DualPassword && server.product() == Product::Mariadb;
        Self {
            server,
            name: "app",
            strategy,
            admin: two_users || two_methods,
            powers: if two_users { SEES } else { &[] },
        }
    }

    /// User and password of a secret.
    pub(crate) fn login(secret: &str) -> (String, String) {
        let json: serde_json::Value = serde_json::from_str(secret).expect("JSON");
        let text = |key: &str| json[key].as_str().expect("a text").to_owned();
        (text("username"), text("password"))
    }
}

impl Harness for Users<'_> {
    type Rotator = Mysql;

    fn rotator(&self) -> Mysql {
        Mysql::build(&self.config()).expect("settings that fit")
    }

    fn config(&self) -> Config {
        let bundle = Ca::shared().pem_path().display().to_string();
        let strategy = match self.strategy {
            Strategy::SingleUser => "single-user",
            Strategy::DualPassword => "dual-password",
            _ => "alternating-users",
        };
        let variables = [
            ("DATABASE_CA_BUNDLE", bundle.as_str()),
            ("ALLOWED_HOSTS", "localhost"),
            ("ROTATION_STRATEGY", strategy),
        ];
        let pairs = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Config::from_vars(pairs, Mysql::EXCLUDE_CHARACTERS, Mysql::SETTINGS)
            .expect("settings that fit")
    }

    async fn subject(&self) -> Subject {
        let (user, password) = self.server.fresh_user(self.name).await;
        let secret = self.server.secret_json(&user, &password);
        if self.strategy == Strategy::DualPassword && !self.admin {
            let grant = format!(
                "GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO {}@'%'",
                quoted(&user)
            );
            self.server.admin(&grant).await;
        }
        if !self.admin {
            return Subject {
                secret,
                admin: None,
            };
        }
        let (admin, password) = self.server.fresh_user("admin").await;
        let grant = format!("GRANT CREATE USER ON *.* TO {}@'%'", quoted(&admin));
        self.server.admin(&grant).await;
        for power in self.powers {
            let account = format!("{}@'%'", quoted(&admin));
            self.server.admin(&power.replace("{admin}", &account)).await;
        }
        let secret = secret.replacen('{', &format!("{{\"masterarn\": \"{ADMIN}\", "), 1);
        let value = self.server.secret_json(&admin, &password);
        Subject {
            secret,
            admin: Some((ADMIN.to_owned(), value)),
        }
    }

    async fn accepts(&self, secret: &str) -> bool {
        let (user, password) = Self::login(secret);
        self.server.accepts(&user, &password).await
    }

    fn wrong(&self, secret: &str) -> String {
        let (_, password) = Self::login(secret);
        secret.replace(&password, "Not-the-password-1")
    }

    /// A database that the user must not see.
    fn busy(&self, secret: &str) -> Option<String> {
        let mut json: serde_json::Value = serde_json::from_str(secret).expect("JSON");
        json["dbname"] = "mysql".into();
        Some(json.to_string())
    }

    fn another_principal(&self, secret: &str) -> Option<String> {
        let mut json: serde_json::Value = serde_json::from_str(secret).expect("JSON");
        json["username"] = "root".into();
        Some(json.to_string())
    }

    fn unreachable(&self, secret: &str) -> String {
        let port = rotation_kit::process::free_port();
        secret.replace(&self.server.port().to_string(), &port.to_string())
    }
}
