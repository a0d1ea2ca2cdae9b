//! The accounts themselves: host, TLS, limits, and whose they are.

use rotation::event::Step;
use rotation::version::Stage;
use rotation_tests::mysql::{MysqlServer, Options, Product};

use super::{Case, products, users};
use crate::harness::Users;

#[tokio::test]
async fn have_the_same_tls_and_limits() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = users(server);
        let mut case = Case::new(&users).await;
        for clauses in [
            "REQUIRE SSL WITH MAX_QUERIES_PER_HOUR 1000 MAX_USER_CONNECTIONS 9",
            "REQUIRE NONE WITH MAX_UPDATES_PER_HOUR 70 MAX_USER_CONNECTIONS 0",
        ] {
            case.sql(&format!("ALTER USER {{user}} {clauses}")).await;
            case.world.rotate().await;
            let all = "SELECT CONCAT_WS(' ', ssl_type, max_questions, max_updates, max_connections, max_user_connections) \
                       FROM mysql.user WHERE user LIKE '{name}%' AND host = '%'";
            let rows = case.ask(all).await;
            assert_eq!((rows.len(), &rows[0]), (2, &rows[1]), "{clauses}");
            case.world.rotate().await;
        }
        let version = case.world.begin();
        case.step(&version, Step::CreateSecret).await;
        case.step(&version, Step::SetSecret).await;
        case.sql("ALTER USER {clone} REQUIRE SSL").await;
        case.refused(&version, Step::TestSecret, "needs another TLS")
            .await;
    }
}

/// The tests' logins come from 127.0.0.1 or ::1, which is what `%1` is for.
#[tokio::test]
async fn have_the_same_host() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = users(server);
        let mut case = Case::new(&users).await;
        case.sql("RENAME USER {user} TO '{name}'@'%1'").await;
        case.world.rotate().await;
        case.world.rotate().await;
        let hosts = case
            .ask("SELECT DISTINCT host FROM mysql.user WHERE user LIKE '{name}%'")
            .await;
        assert_eq!(hosts, ["%1"]);
        case.sql("CREATE USER '{name}'@'10.%'").await;
        let version = case.world.begin();
        case.step(&version, Step::CreateSecret).await;
        case.refused(&version, Step::SetSecret, "several hosts")
            .await;
    }
}

/// Somebody else's account of that name keeps its password and its rights.
#[tokio::test]
async fn of_others_are_refused() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = users(server);
        let mut case = Case::new(&users).await;
        case.sql("CREATE USER {clone} IDENTIFIED BY 'Somebodys-password-1'")
            .await;
        let before = case
            .ask("SELECT authentication_string FROM mysql.user WHERE user = '{name}_clone'")
            .await;
        let version = case.world.begin();
        case.step(&version, Step::CreateSecret).await;
        case.refused(&version, Step::SetSecret, "was not created by this rotator")
            .await;
        let after = case
            .ask("SELECT authentication_string FROM mysql.user WHERE user = '{name}_clone'")
            .await;
        assert_eq!(before, after);
    }
}

/// A rotation that was abandoned after setSecret, the first of all: its user is known all the same.
#[tokio::test]
async fn of_an_abandoned_rotation_are_ours() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = users(server);
        let mut case = Case::new(&users).await;
        let version = case.world.begin();
        case.step(&version, Step::CreateSecret).await;
        case.step(&version, Step::SetSecret).await;
        case.world.store.abandon();
        case.world.rotate().await;
        case.same_grants("abandoned").await;
    }
}

/// What AWS's templates lock out by their first login.
#[tokio::test]
async fn are_rotated_without_a_failing_login() {
    for product in products() {
        let strict = Options {
            settings: match product {
                Product::Mysql => Vec::new(),
                Product::Mariadb => vec![("max-password-errors", "1".to_owned())],
            },
            ..Options::default()
        };
        let server = MysqlServer::start_with(product, strict).await;
        let users = users(&server);
        let mut case = Case::new(&users).await;
        let limit = "FAILED_LOGIN_ATTEMPTS 1 PASSWORD_LOCK_TIME UNBOUNDED";
        if product == Product::Mysql {
            case.sql(&format!("ALTER USER {{user}} {limit}")).await;
        }
        case.world.rotate().await;
        if product == Product::Mysql {
            case.sql(&format!("ALTER USER {{clone}} {limit}")).await;
        }
        case.world.rotate().await;
        case.world.rotate().await;
        assert_eq!(server.logins(0, &case.user).1, 0);
    }
}

/// Neither product is sent the password.
#[tokio::test]
async fn get_hashes() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = users(server);
        let mut case = Case::new(&users).await;
        for _ in 0..2 {
            case.world.rotate().await;
            let value = case.world.store.value_of(&Stage::Current).expect("a value");
            let (user, password) = Users::login(&value);
            assert!(
                !server.general_log().contains(&password),
                "{product:?}: {user}"
            );
        }
    }
}

/// What a testSecret that comes alone finds out.
#[tokio::test]
async fn need_an_administrator_who_may_make_them() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = users(server);
        let mut case = Case::new(&users).await;
        case.sql("GRANT PROCESS ON *.* TO {user}").await;
        let (admin, _) = Users::login(&case.admin);
        let version = case.world.begin();
        case.step(&version, Step::TestSecret).await;
        for (taken, words) in [
            ("GRANT OPTION", "may pass no grants on"),
            ("SELECT", "SELECT command denied"),
            ("CREATE USER", "may not create users"),
        ] {
            case.sql(&format!("REVOKE {taken} ON *.* FROM '{admin}'@'%'"))
                .await;
            case.refused(&version, Step::TestSecret, words).await;
        }
    }
}

/// An administrator whose rights are a role's, as Amazon RDS has it.
#[tokio::test]
async fn are_made_by_an_administrator_with_a_role() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = Users {
            powers: &[],
            ..users(server)
        };
        let mut case = Case::new(&users).await;
        case.sql("GRANT PROCESS ON *.* TO {user}").await;
        let admin = format!("'{}'@'%'", Users::login(&case.admin).0);
        let default = match product {
            Product::Mysql => format!("SET DEFAULT ROLE '{{name}} r' TO {admin}"),
            Product::Mariadb => format!("SET DEFAULT ROLE '{{name}} r' FOR {admin}"),
        };
        case.sql("CREATE ROLE '{name} r'").await;
        case.sql("GRANT ALL ON *.* TO '{name} r' WITH GRANT OPTION")
            .await;
        case.sql(&format!("GRANT '{{name}} r' TO {admin}")).await;
        case.sql(&format!("REVOKE CREATE USER ON *.* FROM {admin}"))
            .await;
        case.sql(&default).await;
        let version = case.world.begin();
        case.step(&version, Step::TestSecret).await;
        case.world.finish(&version).await;
        case.same_grants("by a role").await;
    }
}
