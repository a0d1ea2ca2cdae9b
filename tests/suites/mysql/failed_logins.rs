//! Accounts that one failed login locks.

use rotation::config::Strategy;
use rotation::event::Step;
use rotation::testing::World;
use rotation::version::Stage;
use rotation_tests::mysql::{MysqlServer, Options, Product, quoted};

use crate::harness::Users;

/// MySQL, one password: no login fails. Two passwords: only where the account may see its own hash.
#[tokio::test]
async fn mysql() {
    if !Product::Mysql.installed() {
        return;
    }
    let server = MysqlServer::shared(Product::Mysql).await;
    for (strategy, sees, rotates) in [
        (Strategy::SingleUser, false, true),
        (Strategy::DualPassword, true, true),
        (Strategy::DualPassword, false, false),
    ] {
        let users = Users::new(server, strategy);
        let mut world = World::new(&users).await;
        let value = world.store.value_of(&Stage::Current).expect("a value");
        let user = quoted(&Users::login(&value).0);
        let strict =
            format!("ALTER USER {user}@'%' FAILED_LOGIN_ATTEMPTS 1 PASSWORD_LOCK_TIME UNBOUNDED");
        server.admin(&strict).await;
        if sees {
            server
                .admin(&format!("GRANT SELECT ON mysql.user TO {user}@'%'"))
                .await;
        }
        if rotates {
            for _ in 0..3 {
                world.rotate().await;
            }
            continue;
        }
        let version = world.begin();
        world
            .step(&version, Step::CreateSecret)
            .await
            .expect("createSecret");
        let error = world
            .step(&version, Step::SetSecret)
            .await
            .expect_err("it would be locked");
        assert!(
            error.to_string().contains("is locked by one failed login"),
            "{error}"
        );
        assert!(world.current_accepted().await, "and is not locked");
    }
}

/// MariaDB: the server's own limit. With both strategies no login fails.
#[tokio::test]
async fn mariadb() {
    if !Product::Mariadb.installed() {
        return;
    }
    let settings = vec![("max-password-errors", "1".to_owned())];
    let options = Options {
        settings,
        ..Options::default()
    };
    let server = MysqlServer::start_with(Product::Mariadb, options).await;
    for strategy in [
        Strategy::SingleUser,
        Strategy::DualPassword,
        Strategy::AlternatingUsers,
    ] {
        let users = Users::new(&server, strategy);
        let mut world = World::new(&users).await;
        for _ in 0..3 {
            let version = world.begin();
            world.steps(&version).await.expect("a rotation");
            assert!(world.current_accepted().await);
        }
    }
}
