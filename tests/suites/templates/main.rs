//! Secrets and settings as AWS's templates take them: each rotates here too, or `deploy/differences.toml` has the difference.
//!
//! What AWS's do was read in their source and seen in runs, at aws-samples/aws-secrets-manager-rotation-lambdas b4b8eca: on servers that
//! they know, and where they trust the server's authority. What ours do is run here.

mod row;
mod rows;
mod server;
mod walk;

use rotation_tests::differences;
use rotation_tests::mysql::{MysqlServer, Product};
use rotation_tests::postgres::Postgres;
use rotator_mysql::MysqlDatabase;
use rotator_postgres::PostgresDatabase;

use row::{Kind, Ours, Row, Theirs};
use server::Server;
use walk::walk;

#[tokio::test]
async fn postgres() {
    let (usual, bare) = (Postgres::shared().await, server::bare_postgres().await);
    let servers = [Server::Postgres(usual), Server::Postgres(&bare)];
    walk::<PostgresDatabase>(Kind::Postgres, servers).await;
}

#[tokio::test]
async fn mysql() {
    either(Kind::Mysql, Product::Mysql).await;
}

#[tokio::test]
async fn mariadb() {
    either(Kind::Mariadb, Product::Mariadb).await;
}

async fn either(kind: Kind, product: Product) {
    if !product.installed() {
        return;
    }
    let usual = MysqlServer::shared(product).await;
    let bare = server::bare_mysql(product).await;
    let servers = [Server::Mysql(usual), Server::Mysql(&bare)];
    walk::<MysqlDatabase>(kind, servers).await;
}

/// What rotates with AWS's, and not with ours, is written down. Whatever else a row names is, too.
#[test]
fn every_difference_is_written_down() {
    let lines = differences::keys();
    for Row(_, variants, theirs, ours, line) in rows::all() {
        let worse = matches!((theirs, ours), (Theirs::Rotates, Ours::Refuses(_)));
        assert!(!worse || !line.is_empty(), "{variants:?} names no line");
        let there = line.is_empty() || lines.iter().any(|key| key == line);
        assert!(there, "deploy/differences.toml has no {line}");
    }
    let variants: usize = rows::all().map(|row| row.1.len()).sum();
    assert!(variants >= 50, "{variants}");
}
