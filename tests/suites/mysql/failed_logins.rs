//! Accounts that one failed login locks.

use rotation::event::Step;
use rotation::testing::World;
use rotation::version::Stage;
use rotation_tests::mysql::{MysqlServer, Options, Product, quoted};

use crate::harness::Users;

fn users(server: &MysqlServer, two_passwords: bool) -> Users<'_> {
    let admin = two_passwords && server.product() == Product::Mariadb;
    Users {
        server,
        two_passwords,
        admin,
    }
}

/// MySQL, one password: no login fails. Two passwords: only where the account may see its own hash.
#[tokio::test]
async fn mysql() {
    if !Product::Mysql.installed() {
        return;
    }
    let server = MysqlServer::shared(Product::Mysql).await;
    for (two_passwords, sees, rotates) in [
        (false, false, true),
        (true, true, true),
        (true, false, false),
    ] {
        let users = users(server, two_passwords);
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
    for two_passwords in [false, true] {
        let users = users(&server, two_passwords);
        let mut world = World::new(&users).await;
        for _ in 0..3 {
            let version = world.begin();
            world.steps(&version).await.expect("a rotation");
            assert!(world.current_accepted().await);
        }
    }
}
