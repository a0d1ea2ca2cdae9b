//! A server of either kind, and what the framework's world must know of it.

use std::marker::PhantomData;

use rotation::config::Config;
use rotation::database::{AlternatingUsers, Driver, DualPassword, Rotate, SingleUser};
use rotation::testing::world::{Harness, Subject};
use rotation_tests::mysql::{self, MysqlServer, Product};
use rotation_tests::postgres::{self, Postgres, Release};
use serde_json::Value;

pub(crate) const ADMIN: &str = "arn:aws:secretsmanager:us-east-1:012345678912:secret:admin-AbCdEf";

/// Where a row is run.
#[derive(Clone, Copy)]
pub(crate) enum Server<'a> {
    Postgres(&'a Postgres),
    Mysql(&'a MysqlServer),
}

pub(crate) async fn bare_postgres() -> Postgres {
    let options = postgres::Options {
        plaintext: true,
        ..postgres::Options::default()
    };
    Postgres::start_with(Release::Debian, options).await
}

pub(crate) async fn bare_mysql(product: Product) -> MysqlServer {
    let options = mysql::Options {
        plaintext: true,
        ..mysql::Options::default()
    };
    MysqlServer::start_with(product, options).await
}

impl Server<'_> {
    pub(crate) fn port(self) -> u16 {
        match self {
            Self::Postgres(server) => server.port(),
            Self::Mysql(server) => server.port(),
        }
    }

    pub(crate) fn engine(self) -> &'static str {
        match self {
            Self::Postgres(_) => "postgres",
            Self::Mysql(server) => match server.product() {
                Product::Mysql => "mysql",
                Product::Mariadb => "mariadb",
            },
        }
    }

    pub(crate) async fn admin(self, statements: &str) {
        match self {
            Self::Postgres(server) => server.admin(statements).await,
            Self::Mysql(server) => server.admin(statements).await,
        }
    }

    pub(crate) async fn accepts(self, user: &str, password: &str) -> bool {
        match self {
            Self::Postgres(server) => server.accepts(user, password).await,
            Self::Mysql(server) => server.accepts(user, password).await,
        }
    }

    /// The standard secret.
    pub(crate) fn secret(self, user: &str, password: &str) -> String {
        match self {
            Self::Postgres(server) => server.secret_json(user, password),
            Self::Mysql(server) => server.secret_json(user, password),
        }
    }

    /// The account of a user, as statements write it.
    pub(crate) fn account(self, user: &str) -> String {
        match self {
            Self::Postgres(_) => postgres::quoted(user),
            Self::Mysql(_) => format!("{}@'%'", mysql::quoted(user)),
        }
    }

    pub(crate) async fn create(self, user: &str, password: &str) {
        let account = self.account(user);
        self.admin(&match self {
            Self::Postgres(_) => format!("CREATE ROLE {account} LOGIN PASSWORD '{password}'"),
            Self::Mysql(_) => format!("CREATE USER {account} IDENTIFIED BY '{password}'"),
        })
        .await;
    }

    /// Somebody who may make users, and grant whatever they have: a user and the password.
    pub(crate) async fn administrator(self) -> (String, String) {
        if let Self::Postgres(_) = self {
            return ("postgres".into(), "superuser-password".into());
        }
        let (user, password) = ("rotation_admin", "Administrators-password-1");
        self.create(user, password).await;
        let account = self.account(user);
        self.admin(&format!("GRANT ALL ON *.* TO {account} WITH GRANT OPTION"))
            .await;
        (user.into(), password.into())
    }
}

/// A function with its settings, for one row.
pub(crate) struct Function<'a, D> {
    pub(crate) server: Server<'a>,
    pub(crate) config: Config,
    pub(crate) subject: Subject,
    pub(crate) database: PhantomData<D>,
}

impl<D: Driver + SingleUser + AlternatingUsers + DualPassword> Harness for Function<'_, D> {
    type Rotator = Rotate<D>;

    fn rotator(&self) -> Rotate<D> {
        Rotate::build(&self.config).expect("settings that fit")
    }

    fn config(&self) -> Config {
        self.config.clone()
    }

    async fn subject(&self) -> Subject {
        self.subject.clone()
    }

    async fn accepts(&self, secret: &str) -> bool {
        let json: Value = serde_json::from_str(secret).expect("JSON");
        let text = |key: &str| json[key].as_str().unwrap_or_default();
        let (user, password) = (text("username"), text("password"));
        self.server.accepts(user, password).await
    }

    fn wrong(&self, secret: &str) -> String {
        secret.replace(FIRST, "Not-the-password-1")
    }

    fn unreachable(&self, secret: &str) -> String {
        let port = rotation_kit::process::free_port().to_string();
        secret.replace(&self.server.port().to_string(), &port)
    }
}

/// The password that every user begins with.
pub(crate) const FIRST: &str = "First-password-1";
