//! Accounts that one failed login locks.

use rotation::config::Strategy;
use rotation::event::Step;
use rotation::testing::World;
use rotation::testing::world::Harness;
use rotation::version::Stage;
use rotation_tests::mysql::{MysqlServer, Options, Product, quoted};

use crate::harness::Users;

/// MySQL: no login fails, but where an administrator sets the second password and may not see hashes.
#[tokio::test]
async fn mysql() {
    if !Product::Mysql.installed() {
        return;
    }
    let server = MysqlServer::shared(Product::Mysql).await;
    for (strategy, admin, sees, rotates) in [
        (Strategy::SingleUser, false, false, true),
        (Strategy::DualPassword, false, true, true),
        (Strategy::DualPassword, false, false, true),
        (Strategy::DualPassword, true, true, true),
        (Strategy::DualPassword, true, false, false),
    ] {
        let users = Users {
            admin,
            ..Users::new(server, strategy)
        };
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

/// The hash of `Printable-salt-1`, with a salt that is all signs and letters, quotes among them. MySQL draws such a one
/// in some hundreds, and then shows the hash as a text.
const PRINTABLE: &str = "24412430303524697427732d612d5c2d2273616c74222d6078602d31474d4634386675634e76643976554d66326853757634465955314931394752676676444b385966743837";

#[tokio::test]
async fn mysql_with_a_hash_that_can_be_printed() {
    if !Product::Mysql.installed() {
        return;
    }
    let server = MysqlServer::shared(Product::Mysql).await;
    let users = Users::new(server, Strategy::DualPassword);
    let mut subject = users.subject().await;
    let (user, password) = Users::login(&subject.secret);
    subject.secret = subject.secret.replace(&password, "Printable-salt-1");
    let account = format!("{}@'%'", quoted(&user));
    for statement in [
        format!("ALTER USER {account} IDENTIFIED WITH caching_sha2_password AS 0x{PRINTABLE}"),
        format!("ALTER USER {account} FAILED_LOGIN_ATTEMPTS 1 PASSWORD_LOCK_TIME UNBOUNDED"),
        format!("GRANT SELECT ON mysql.user TO {account}"),
    ] {
        server.admin(&statement).await;
    }
    let mut world = World::with(&users, &subject);
    world.rotate().await;
    assert!(world.current_accepted().await);
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
