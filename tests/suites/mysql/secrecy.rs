//! Canaries: no password in any of the server's logs where the README says that there is none, nor in ours.

use std::time::Duration;

use mysql_async::prelude::Queryable;
use rotation::config::Strategy;
use rotation::event::Step;
use rotation::testing::World;
use rotation::testing::capture::Capture;
use rotation_tests::mysql::{MysqlServer, Options, Product};

use crate::harness::Users;

/// Every statement in the slow log too, and the binary log on.
fn talkative() -> Options {
    let settings = [
        ("slow-query-log", "ON"),
        ("long-query-time", "0"),
        ("log-bin", "binlog"),
    ];
    Options {
        settings: settings
            .map(|(name, value)| (name, value.to_owned()))
            .to_vec(),
        ..Options::default()
    }
}

#[tokio::test]
async fn no_password_in_any_log() {
    for product in Product::ALL
        .into_iter()
        .filter(|product| product.installed())
    {
        let server = MysqlServer::start_with(product, talkative()).await;
        for strategy in [
            Strategy::SingleUser,
            Strategy::DualPassword,
            Strategy::AlternatingUsers,
        ] {
            let users = Users::new(&server, strategy);
            let capture = Capture::start();
            let mut world = World::new(&users).await;
            world.rotate().await;
            world.rotate().await;
            fails(&server, &mut world).await;
            // The first password is the harness's, which sets it in clear text.
            let values = world.store.labelled_values();
            let passwords = values.iter().map(|value| Users::login(value).1);
            let passwords: Vec<String> = passwords
                .filter(|password| !password.starts_with("First-"))
                .collect();
            assert!(passwords.len() >= 3, "{} passwords", passwords.len());
            let ours = format!("{}{}", capture.text(), world.told.concat());
            let theirs = server.all_logs();
            for sign in ["Query\tSET SESSION", "# Query_time: ", "\u{fffd}bin"] {
                assert!(theirs.contains(sign), "{product:?}: no log with {sign}");
            }
            assert!(ours.contains("AWSCURRENT"), "our own log is there");
            for password in passwords {
                assert!(
                    !theirs.contains(&password),
                    "{product:?}, {strategy:?}: in the server's logs"
                );
                assert!(
                    !ours.contains(&password),
                    "{product:?}, {strategy:?}: in ours"
                );
            }
        }
    }
}

/// A rotation whose statement waits for a lock that somebody holds, and is given up by the server.
async fn fails(server: &MysqlServer, world: &mut World<'_, Users<'_>>) {
    let version = world.begin();
    world.timeout = Duration::from_secs(10);
    world
        .step(&version, Step::CreateSecret)
        .await
        .expect("createSecret");
    let mut other = server.superuser().await;
    other
        .query_drop("FLUSH TABLES WITH READ LOCK")
        .await
        .expect("the lock");
    let error = world
        .step(&version, Step::SetSecret)
        .await
        .expect_err("it waits");
    let words = match server.product() {
        Product::Mysql => "is busy: another transaction holds a lock. Nothing was changed",
        // It knows no time-out for this lock: the statement's own ends it.
        Product::Mariadb => "took too long for a statement. It was cancelled there",
    };
    assert!(error.to_string().contains(words), "{error}");
    other.query_drop("UNLOCK TABLES").await.expect("let go");
}
