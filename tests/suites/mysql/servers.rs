//! The servers themselves: what the other tests rely on.

use mysql_async::{Conn, Error};
use rotation::config::Strategy;
use rotation::testing::World;
use rotation_kit::tls::Ca;
use rotation_tests::mysql::{MysqlServer, Options, Product};

use crate::harness::Users;

/// What is installed; the rest is counted as skipped.
fn products() -> impl Iterator<Item = Product> {
    Product::ALL
        .into_iter()
        .filter(|product| product.installed())
}

#[tokio::test]
async fn each_says_what_it_is() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let version = server.ask("SELECT VERSION()").await.concat();
        let mariadb = version.contains("MariaDB");
        assert_eq!(mariadb, product == Product::Mariadb, "{version}");
    }
}

#[tokio::test]
async fn a_user_logs_in_over_verified_tls() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let (user, password) = server.fresh_user("app").await;
        let mark = server.general_log().len();
        let who = server
            .ask_as(&user, &password, "SELECT CURRENT_USER()")
            .await;
        assert_eq!(who.expect("a login"), [format!("{user}@%")]);
        let log = server.general_log().split_off(mark);
        let login = log.lines().find(|line| line.contains(&format!("{user}@")));
        let login = login.expect("a line of the log");
        assert!(login.ends_with("using SSL/TLS"), "{login}");
        // The certificate has another name.
        let elsewhere = server.login(&user, &password).ip_or_hostname("127.0.0.1");
        let refused = Conn::new(elsewhere).await.err();
        assert!(matches!(refused, Some(Error::Io(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_counted() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let (user, password) = server.fresh_user("app").await;
        let mark = server.general_log().len();
        assert!(!server.accepts(&user, "another").await);
        assert!(server.accepts(&user, &password).await);
        assert!(server.accepts(&user, &password).await);
        assert_eq!(server.logins(mark, &user), (2, 1), "{product:?}");
    }
}

#[tokio::test]
async fn one_without_tls_takes_logins_all_the_same() {
    for product in products() {
        let options = Options {
            plaintext: true,
            ..Options::default()
        };
        let server = MysqlServer::start_with(product, options).await;
        let (user, password) = server.fresh_user("app").await;
        assert!(server.accepts(&user, &password).await);
        assert!(server.general_log().contains("using TCP/IP"));
    }
}

#[tokio::test]
async fn one_with_a_strange_certificate_takes_the_tests_own_logins() {
    for product in products() {
        let options = Options {
            identity: Some(Ca::new().identity(&["localhost"])),
            ..Options::default()
        };
        let server = MysqlServer::start_with(product, options).await;
        let (user, password) = server.fresh_user("app").await;
        assert!(server.accepts(&user, &password).await);
        // As the rotators see it.
        let usual = MysqlServer::shared(product).await;
        let checked = usual.login(&user, &password).tcp_port(server.port());
        let refused = Conn::new(checked).await.err();
        assert!(matches!(refused, Some(Error::Io(_))), "{refused:?}");
    }
}

/// A server may begin each session with another character set: names and passwords are told apart all the same.
#[tokio::test]
async fn a_session_that_begins_as_latin1_rotates() {
    for product in products() {
        let options = Options {
            settings: vec![("init-connect", "SET NAMES latin1".to_owned())],
            ..Options::default()
        };
        let server = MysqlServer::start_with(product, options).await;
        let users = Users {
            name: "\u{e9}",
            ..Users::new(&server, Strategy::SingleUser)
        };
        let mut world = World::new(&users).await;
        world.rotate().await;
        world.rotate().await;
    }
}
