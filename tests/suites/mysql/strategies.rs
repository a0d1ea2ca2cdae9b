//! A change of strategy: no password outlives it that the strategy does not know.

use rotation::config::Strategy;
use rotation::event::Step;
use rotation::testing::World;
use rotation::testing::world::{Harness, Subject};
use rotation::version::Stage;
use rotation_tests::mysql::{MysqlServer, Product};

use crate::harness::Users;
use crate::two_users::{products, users};

/// Rotates with two passwords once: the subject as it is then, and the password before.
async fn two_passwords(users: &Users<'_>) -> (Subject, String) {
    let subject = users.subject().await;
    let first = Users::login(&subject.secret).1;
    let mut world = World::with(users, &subject);
    world.rotate().await;
    let secret = world.store.value_of(&Stage::Current).expect("a value");
    let (user, _) = Users::login(&secret);
    assert!(users.server.accepts(&user, &first).await, "two passwords");
    let admin = subject.admin;
    (Subject { secret, admin }, first)
}

#[tokio::test]
async fn to_one_password() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        for admin in [true, product == Product::Mariadb] {
            let before = Users {
                admin,
                ..Users::new(server, Strategy::DualPassword)
            };
            let (subject, first) = two_passwords(&before).await;
            let after = Users {
                strategy: Strategy::SingleUser,
                ..before
            };
            let mut world = World::with(&after, &subject);
            world.rotate().await;
            let (user, second) = Users::login(&subject.secret);
            for old in [first, second] {
                assert!(!server.accepts(&user, &old).await, "{product:?}: {old}");
            }
            assert!(world.current_accepted().await);
        }
    }
}

/// With nobody to end the second password, MariaDB's user is refused before anything is written.
#[tokio::test]
async fn to_one_password_without_an_administrator() {
    if !Product::Mariadb.installed() {
        return;
    }
    let server = MysqlServer::shared(Product::Mariadb).await;
    let before = Users::new(server, Strategy::DualPassword);
    let (subject, _) = two_passwords(&before).await;
    let (user, password) = Users::login(&subject.secret);
    let alone = Subject {
        secret: server.secret_json(&user, &password),
        admin: None,
    };
    let after = Users::new(server, Strategy::SingleUser);
    let mut world = World::with(&after, &alone);
    let version = world.begin();
    for step in [Step::TestSecret, Step::CreateSecret, Step::SetSecret] {
        let ended = world.step(&version, step).await;
        if step == Step::CreateSecret {
            ended.expect("createSecret");
            continue;
        }
        let text = ended.expect_err("a second password").to_string();
        assert!(text.contains("has a second password"), "{text}");
    }
    assert!(world.current_accepted().await);
}

#[tokio::test]
async fn to_two_users() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let before = Users {
            strategy: Strategy::DualPassword,
            ..users(server)
        };
        let (subject, first) = two_passwords(&before).await;
        let after = users(server);
        let mut world = World::with(&after, &subject);
        for _ in 0..2 {
            world.rotate().await;
        }
        let (user, second) = Users::login(&subject.secret);
        for old in [first, second] {
            assert!(!server.accepts(&user, &old).await, "{product:?}: {old}");
        }
    }
}
