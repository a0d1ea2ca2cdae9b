//! MySQL and MariaDB.

use futures_util::future::BoxFuture;
use rotation::Succession;
use rotation_tests::mysql::{MysqlServer, Product};

use super::database::Database;
use super::{Engine, SHORT, Start, Target, pieces};

/// Both products, by each strategy.
pub(super) fn all() -> [Engine; 6] {
    [
        engine("mysql/single-user", Succession::Replace, || {
            Box::pin(start(Product::Mysql, "single-user"))
        }),
        engine("mysql/dual-password", Succession::Displace, || {
            Box::pin(start(Product::Mysql, "dual-password"))
        }),
        engine("mysql/alternating-users", Succession::Alternate, || {
            Box::pin(start(Product::Mysql, "alternating-users"))
        }),
        engine("mariadb/single-user", Succession::Replace, || {
            Box::pin(start(Product::Mariadb, "single-user"))
        }),
        engine("mariadb/dual-password", Succession::Displace, || {
            Box::pin(start(Product::Mariadb, "dual-password"))
        }),
        engine("mariadb/alternating-users", Succession::Alternate, || {
            Box::pin(start(Product::Mariadb, "alternating-users"))
        }),
    ]
}

fn engine(name: &'static str, succession: Succession, start: Start) -> Engine {
    Engine {
        name,
        rotator: "mysql",
        succession,
        restarts: true,
        timeout: SHORT,
        lock: 0,
        // Two users have more to say.
        pieces: match succession {
            Succession::Alternate => pieces(100, 13),
            _ => pieces(55, 11),
        },
        start,
    }
}

async fn start(product: Product, strategy: &'static str) -> Result<Box<dyn Target>, String> {
    if !product.is_there() {
        return Err(format!("{product:?} is not installed: run scripts/install"));
    }
    let dual = strategy == "dual-password";
    Ok(Box::new(Database {
        server: MysqlServer::start(product).await,
        strategy,
        admin: strategy == "alternating-users" || (dual && product == Product::Mariadb),
        rights: if dual { two_passwords } else { |_, _| None },
        superuser: run,
    }))
}

/// MySQL's user may then do it alone. MariaDB's administrator needs no more than to create users.
fn two_passwords(user: &str, admin: Option<&str>) -> Option<String> {
    Some(match admin {
        None => format!("GRANT APPLICATION_PASSWORD_ADMIN ON *.* TO {user}"),
        Some(admin) => format!("REVOKE SELECT ON mysql.* FROM {admin}"),
    })
}

fn run<'a>(server: &'a MysqlServer, statement: &'a str) -> BoxFuture<'a, ()> {
    Box::pin(server.admin(statement))
}
