//! Servers that check new passwords.

use rotation::config::Strategy;
use rotation::event::Step;
use rotation::testing::World;
use rotation_tests::mysql::{MysqlServer, Options, Product, mariadb_plugins};

use super::{Case, refused, rotates};
use crate::harness::Users;

/// validate_password rejects what the function draws: said before anything is written, and afterwards how to go on.
#[tokio::test]
async fn the_server_has_a_policy() {
    if !Product::Mysql.installed() {
        return;
    }
    let server = MysqlServer::start(Product::Mysql).await;
    let policy = "INSTALL COMPONENT 'file://component_validate_password'";
    server.admin(policy).await;
    let strategies = [Strategy::SingleUser, Strategy::DualPassword];
    for strategy in strategies {
        rotates(&server, Case("", strategy, false)).await;
    }
    let users = Users::new(&server, Strategy::SingleUser);
    let mut world = World::new(&users).await;
    let version = world.begin();
    let created = world.step(&version, Step::CreateSecret).await;
    created.expect("createSecret");
    server
        .admin("SET GLOBAL validate_password.length = 40")
        .await;
    let set = world.step(&version, Step::SetSecret).await;
    let text = set.expect_err("a policy").to_string();
    for words in ["rotation:password-length", "--remove-from-version-id"] {
        assert!(text.contains(words), "{text}");
    }
    for strategy in strategies {
        server
            .admin("SET GLOBAL validate_password.length = 8")
            .await;
        let longer = "SET GLOBAL validate_password.length = 40";
        let words = "validate_password.length=40";
        refused(&server, Case(longer, strategy, false), words).await;
    }
}

/// MariaDB cannot check a hash, and is not told the text.
#[tokio::test]
async fn mariadb_checks_passwords() {
    let Some(plugins) = mariadb_plugins().filter(|_| Product::Mariadb.installed()) else {
        return;
    };
    let options = Options {
        settings: vec![("plugin-dir", plugins)],
        ..Options::default()
    };
    let server = MysqlServer::start_with(Product::Mariadb, options).await;
    server.admin("INSTALL SONAME 'simple_password_check'").await;
    for strategy in [
        Strategy::SingleUser,
        Strategy::DualPassword,
        Strategy::AlternatingUsers,
    ] {
        refused(
            &server,
            Case("", strategy, true),
            "strict_password_validation",
        )
        .await;
    }
    server
        .admin("SET GLOBAL strict_password_validation = OFF")
        .await;
    for strategy in [
        Strategy::SingleUser,
        Strategy::DualPassword,
        Strategy::AlternatingUsers,
    ] {
        rotates(&server, Case("", strategy, true)).await;
    }
}
