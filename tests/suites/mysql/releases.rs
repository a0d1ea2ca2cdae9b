//! Every server, by every strategy: the README's table of servers.

use rotation::config::Strategy;
use rotation::testing::World;
use rotation_tests::mysql::{MysqlServer, Options, Product};
use rotation_tests::support;

use crate::harness::Users;

const STRATEGIES: [(Strategy, &str); 3] = [
    (Strategy::DualPassword, "two passwords"),
    (Strategy::SingleUser, "one password"),
    (Strategy::AlternatingUsers, "two users"),
];

const READ: &[&str] = &[
    "other MySQL from 8.0.14",
    "other MariaDB from 10.4",
    "Amazon RDS for MySQL, for MariaDB",
    "Aurora MySQL",
];

#[tokio::test]
async fn every_one_rotates_by_every_strategy() {
    let mut run = Vec::new();
    for product in Product::ALL
        .into_iter()
        .filter(|product| product.installed())
    {
        run.push(rotated(MysqlServer::shared(product).await).await);
    }
    if Product::newer_mariadb_installed() {
        let options = Options {
            newer: true,
            ..Options::default()
        };
        let server = MysqlServer::start_with(Product::Mariadb, options).await;
        run.insert(1, rotated(&server).await);
    }
    let strategies = STRATEGIES.map(|(_, words)| words);
    support::holds("mysql", &strategies, &run, READ);
}

/// Its name and release, after two rotations by every strategy.
async fn rotated(server: &MysqlServer) -> String {
    for (strategy, _) in STRATEGIES {
        let users = Users::new(server, strategy);
        let mut world = World::new(&users).await;
        world.rotate().await;
        world.rotate().await;
    }
    let version = server.ask("SELECT VERSION()").await.concat();
    let numbers: Vec<&str> = version.split('.').take(2).collect();
    let name = match server.product() {
        Product::Mariadb => "MariaDB",
        Product::Mysql => "MySQL",
    };
    format!("{name} {}", numbers.join("."))
}
