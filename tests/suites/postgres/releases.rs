//! Every release, by every strategy: the README's table of servers.

use rotation::testing::World;
use rotation_tests::postgres::{Postgres, Release};
use rotation_tests::support;

use crate::harness::Users;

const READ: &[&str] = &["Amazon RDS for PostgreSQL", "Aurora PostgreSQL"];

#[tokio::test]
async fn every_one_rotates_by_every_strategy() {
    let mut run = Vec::new();
    for release in Release::ALL {
        if !release.installed() {
            continue;
        }
        let server = Postgres::of(release).await;
        for two in [false, true] {
            let users = Users::of(server, two);
            let mut world = World::new(&users).await;
            world.rotate().await;
            world.rotate().await;
        }
        let version = server.ask("SHOW server_version").await.concat();
        let major = version.split('.').next().unwrap_or_default();
        run.push(format!("PostgreSQL {major}"));
    }
    support::holds("postgres", &["one user", "two users"], &run, READ);
}
