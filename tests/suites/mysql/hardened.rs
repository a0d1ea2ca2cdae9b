//! Accounts and servers that somebody has hardened: each rotates, or a lone testSecret says why not.

mod logins;
mod policies;

use rotation::RotationError;
use rotation::config::Strategy;
use rotation::engine::Report;
use rotation::event::Step;
use rotation::testing::World;
use rotation::testing::world::Harness;
use rotation::version::Stage;
use rotation_tests::mysql::{MysqlServer, Options, Product, quoted};

use crate::harness::Users;
use crate::two_users::products;

/// What is done to an account, and by whom it is rotated.
struct Case(&'static str, Strategy, bool);

/// Rotates an account of this kind three times, after a lone testSecret.
async fn rotates(server: &MysqlServer, case: Case) {
    let users = case.users(server);
    let mut world = World::new(&users).await;
    let Case(statements, strategy, _) = case;
    let alone = alone(&mut world, server, statements).await;
    alone.unwrap_or_else(|error| panic!("{statements}, {strategy:?}: {error}"));
    for _ in 0..3 {
        world.rotate().await;
        assert!(world.current_accepted().await, "{statements}");
    }
}

/// A lone testSecret refuses an account of this kind, in these words.
async fn refused(server: &MysqlServer, case: Case, words: &str) {
    let users = case.users(server);
    let mut world = World::new(&users).await;
    let alone = alone(&mut world, server, case.0).await;
    let error = alone.expect_err(words);
    let text = error.to_string();
    assert!(text.contains(words), "{}: {text}", case.0);
    assert_eq!(error.error_type(), "Rotation.TargetRefused", "{text}");
}

impl Case {
    fn users<'a>(&self, server: &'a MysqlServer) -> Users<'a> {
        Users {
            admin: self.2,
            ..Users::new(server, self.1)
        }
    }
}

/// A lone testSecret, after the account was changed.
async fn alone(
    world: &mut World<'_, Users<'_>>,
    server: &MysqlServer,
    statements: &str,
) -> Result<Report, RotationError> {
    prepare(world, server, statements).await;
    let version = world.begin();
    world.step(&version, Step::TestSecret).await
}

async fn prepare(world: &World<'_, Users<'_>>, server: &MysqlServer, statements: &str) {
    let value = world.store.value_of(&Stage::Current).expect("a value");
    let user = quoted(&Users::login(&value).0);
    for statement in statements.split("; ").filter(|one| !one.is_empty()) {
        let statement = statement.replace("{user}", &format!("{user}@'%'"));
        server.admin(&statement.replace("{name}", &user)).await;
    }
}

const HISTORY: &str = "ALTER USER {user} PASSWORD HISTORY 5 PASSWORD REUSE INTERVAL 365 DAY";
const CURRENT: &str = "ALTER USER {user} PASSWORD REQUIRE CURRENT";

/// AWSCURRENT's password is not set a second time.
#[tokio::test]
async fn passwords_have_a_history() {
    if !Product::Mysql.installed() {
        return;
    }
    let server = MysqlServer::shared(Product::Mysql).await;
    for strategy in [Strategy::SingleUser, Strategy::DualPassword] {
        rotates(server, Case(HISTORY, strategy, false)).await;
    }
    let words = "the passwords of user app";
    refused(server, Case(HISTORY, Strategy::DualPassword, true), words).await;
    let users = Users {
        powers: &["GRANT SELECT ON mysql.* TO {admin}"],
        admin: true,
        ..Users::new(server, Strategy::DualPassword)
    };
    let mut world = World::new(&users).await;
    prepare(&world, server, HISTORY).await;
    for _ in 0..3 {
        world.rotate().await;
    }
}

/// An abandoned rotation has made its password the first: AWSCURRENT's stays the second.
#[tokio::test]
async fn a_history_outlives_an_abandoned_rotation() {
    if !Product::Mysql.installed() {
        return;
    }
    let server = MysqlServer::shared(Product::Mysql).await;
    for admin in [false, true] {
        let users = Users {
            powers: &["GRANT SELECT ON mysql.* TO {admin}"],
            admin,
            ..Users::new(server, Strategy::DualPassword)
        };
        let mut world = World::new(&users).await;
        prepare(&world, server, HISTORY).await;
        let version = world.begin();
        for step in [Step::CreateSecret, Step::SetSecret] {
            world.step(&version, step).await.expect("a step");
        }
        world.store.abandon();
        let version = world.begin();
        for step in [Step::CreateSecret, Step::SetSecret, Step::SetSecret] {
            world.step(&version, step).await.expect("a step");
            assert!(world.current_accepted().await, "after {step}");
        }
    }
}

#[tokio::test]
async fn the_current_password_is_required() {
    if !Product::Mysql.installed() {
        return;
    }
    let settings = vec![("password-require-current", "ON".to_owned())];
    let options = Options {
        settings,
        ..Options::default()
    };
    let strict = MysqlServer::start_with(Product::Mysql, options).await;
    let usual = MysqlServer::shared(Product::Mysql).await;
    for (server, statement) in [(usual, CURRENT), (&strict, "")] {
        for admin in [false, true] {
            rotates(server, Case(statement, Strategy::DualPassword, admin)).await;
        }
        rotates(server, Case(statement, Strategy::SingleUser, false)).await;
    }
}

/// Where the server refuses the user's own change, the administrator does it, if there is one.
#[tokio::test]
async fn the_administrator_helps_one_user() {
    if !Product::Mysql.installed() {
        return;
    }
    let server = MysqlServer::shared(Product::Mysql).await;
    for admin in [false, true] {
        let users = Users {
            admin,
            ..Users::new(server, Strategy::SingleUser)
        };
        let mut world = World::new(&users).await;
        let value = world.store.value_of(&Stage::Current).expect("a value");
        let (user, _) = Users::login(&value);
        // AWSCURRENT's becomes the second: it cannot be given as the one before.
        let second = "ALTER USER {user} IDENTIFIED BY 'Another-1' RETAIN CURRENT PASSWORD";
        prepare(&world, server, &format!("{second}; {CURRENT}")).await;
        let version = world.begin();
        let ended = world.steps(&version).await;
        match ended {
            Ok(()) => assert!(admin, "by itself"),
            Err(error) => {
                let text = error.to_string();
                assert!(!admin, "{text}");
                assert!(text.contains("REQUIRE CURRENT OPTIONAL"), "{text}");
            }
        }
        assert!(world.current_accepted().await);
        assert_eq!(server.accepts(&user, "Another-1").await, !admin);
    }
}

/// Without a way in by AWSCURRENT, the administrator does nothing.
#[tokio::test]
async fn the_administrator_helps_nobody_who_forgot_the_password() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = Users {
            admin: true,
            ..Users::new(server, Strategy::SingleUser)
        };
        let mut subject = users.subject().await;
        let (user, password) = Users::login(&subject.secret);
        subject.secret = users.wrong(&subject.secret);
        let mut world = World::with(&users, &subject);
        let version = world.begin();
        let ended = world.steps(&version).await;
        let error = ended.expect_err("a wrong password");
        assert_eq!(error.error_type(), "Rotation.NoneAccepted", "{error}");
        assert!(server.accepts(&user, &password).await, "as it was");
    }
}
