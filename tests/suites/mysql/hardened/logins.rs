//! Who logs in, from where, how often, and with TLS or without it.

use rotation::config::Strategy;
use rotation::event::Step;
use rotation::testing::World;
use rotation::testing::world::Harness;
use rotation_tests::mysql::MysqlServer;

use super::{Case, prepare, refused, rotates};
use crate::harness::Users;
use crate::two_users::products;

/// One login sets the password, and another one proves it.
#[tokio::test]
async fn one_connection_is_not_enough() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let one = "ALTER USER {user} WITH MAX_USER_CONNECTIONS 1";
        let words = "A rotation needs two connections of the user at a time";
        refused(server, Case(one, Strategy::SingleUser, false), words).await;
        refused(server, Case(one, Strategy::DualPassword, true), words).await;
        refused(server, Case(one, Strategy::AlternatingUsers, true), words).await;
        let two = "ALTER USER {user} WITH MAX_USER_CONNECTIONS 2";
        rotates(server, Case(two, Strategy::SingleUser, false)).await;
        rotates(server, Case(two, Strategy::AlternatingUsers, true)).await;
        let few = "ALTER USER {user} WITH MAX_QUERIES_PER_HOUR 40";
        refused(
            server,
            Case(few, Strategy::SingleUser, false),
            "and a rotation may use up",
        )
        .await;
    }
}

/// Of a user with two hosts, one would keep the old password.
#[tokio::test]
async fn a_user_has_several_hosts() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let sees = "CREATE USER {name}@'10.%'; GRANT SELECT ON mysql.user TO {user}";
        let words = "exists with several hosts";
        refused(server, Case(sees, Strategy::SingleUser, false), words).await;
        refused(server, Case(sees, Strategy::DualPassword, true), words).await;
    }
}

/// Whoever is taken for somebody else changes nobody's password.
#[tokio::test]
async fn nobody_has_the_name() {
    for product in products() {
        let server = MysqlServer::start(product).await;
        server
            .admin("CREATE USER ''@'%' IDENTIFIED BY 'Anonymous-1'")
            .await;
        for strategy in [
            Strategy::SingleUser,
            Strategy::DualPassword,
            Strategy::AlternatingUsers,
        ] {
            let users = Users {
                admin: true,
                ..Users::new(&server, strategy)
            };
            let mut subject = users.subject().await;
            let (user, password) = Users::login(&subject.secret);
            subject.secret = subject
                .secret
                .replace(&user, "whoever")
                .replace(&password, "Anonymous-1");
            let mut world = World::with(&users, &subject);
            let version = world.begin();
            let words = "the server takes whoever for the account";
            let alone = world.step(&version, Step::TestSecret).await;
            let text = alone.expect_err(words).to_string();
            assert!(text.contains(words), "{text}");
        }
    }
}

/// The right password is refused, if the account wants TLS: the refusal says so.
#[tokio::test]
async fn tls_is_required_and_turned_off() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = Users::new(server, Strategy::SingleUser);
        let mut subject = users.subject().await;
        subject.secret = subject.secret.replacen('{', "{\"ssl\": false, ", 1);
        let mut world = World::with(&users, &subject);
        prepare(&world, server, "ALTER USER {user} REQUIRE SSL").await;
        let version = world.begin();
        let alone = world.step(&version, Step::TestSecret).await;
        let text = alone.expect_err("no TLS").to_string();
        assert!(text.contains("the account requires TLS"), "{text}");
    }
}
