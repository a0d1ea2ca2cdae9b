//! Every kind of grant, on live servers, compared as the server shows it.

use rotation::event::Step;
use rotation_tests::mysql::{MysqlServer, Product};

use super::{Case, products, users};
use crate::harness::Users;

/// What there is to be granted.
const PLACE: &[&str] = &[
    "CREATE DATABASE IF NOT EXISTS `a TO b`",
    "CREATE DATABASE IF NOT EXISTS x_y",
    "CREATE TABLE IF NOT EXISTS `a TO b`.`t``'q` (n INT, `c,d)` INT)",
    "CREATE TABLE IF NOT EXISTS x_y.t (n INT, m INT)",
    "CREATE USER IF NOT EXISTS 'some''body'@'%'",
    "CREATE PROCEDURE IF NOT EXISTS x_y.p() SELECT 1",
    "CREATE FUNCTION IF NOT EXISTS x_y.f() RETURNS INT DETERMINISTIC RETURN 1",
];

/// Granted, and what of it is changed afterwards. `{role}` is a role, `{role2}` another.
const ROWS: &[(&str, &str)] = &[
    (
        "GRANT PROCESS, RELOAD ON *.* TO {user}",
        "REVOKE RELOAD ON *.* FROM {user}",
    ),
    (
        "GRANT SELECT ON *.* TO {user} WITH GRANT OPTION",
        "REVOKE GRANT OPTION ON *.* FROM {user}",
    ),
    (
        "GRANT ALL ON `a TO b`.* TO {user} WITH GRANT OPTION",
        "REVOKE INSERT ON `a TO b`.* FROM {user}",
    ),
    (
        "GRANT SELECT ON `x\\_y`.* TO {user}",
        "REVOKE SELECT ON `x\\_y`.* FROM {user}",
    ),
    (
        "GRANT SELECT, CREATE TEMPORARY TABLES ON `x%`.* TO {user}",
        "GRANT ALL ON `x%`.* TO {user}",
    ),
    (
        "GRANT SELECT, INSERT (n, `c,d)`), UPDATE (n) ON `a TO b`.`t``'q` TO {user} WITH GRANT OPTION",
        "REVOKE SELECT, UPDATE (n) ON `a TO b`.`t``'q` FROM {user}",
    ),
    (
        "GRANT SELECT, SELECT (n) ON x_y.t TO {user}",
        "REVOKE SELECT ON x_y.t FROM {user}",
    ),
    (
        "GRANT ALL ON x_y.t TO {user}",
        "REVOKE DROP ON x_y.t FROM {user}",
    ),
    (
        "GRANT EXECUTE ON PROCEDURE x_y.p TO {user}",
        "GRANT EXECUTE ON PROCEDURE x_y.p TO {user} WITH GRANT OPTION",
    ),
    (
        "GRANT EXECUTE, ALTER ROUTINE ON FUNCTION x_y.f TO {user} WITH GRANT OPTION",
        "REVOKE GRANT OPTION ON FUNCTION x_y.f FROM {user}",
    ),
    (
        "GRANT {role} TO {user}",
        "GRANT {role2} TO {user} WITH ADMIN OPTION",
    ),
    (
        "GRANT {role2} TO {user} WITH ADMIN OPTION",
        "REVOKE {role2} FROM {user}",
    ),
];

const MYSQL: &[(&str, &str)] = &[
    (
        "GRANT BACKUP_ADMIN, CONNECTION_ADMIN ON *.* TO {user} WITH GRANT OPTION",
        "REVOKE BACKUP_ADMIN ON *.* FROM {user}",
    ),
    (
        "GRANT ALL ON *.* TO {user}",
        "REVOKE XA_RECOVER_ADMIN, DROP ON *.* FROM {user}",
    ),
    (
        "GRANT {role}, {role2} TO {user}; ALTER USER {user} DEFAULT ROLE {role}, {role2}",
        "ALTER USER {user} DEFAULT ROLE NONE",
    ),
    (
        "GRANT SELECT, INSERT ON *.* TO {user}; REVOKE SELECT ON x_y.* FROM {user}",
        "GRANT SELECT ON x_y.* TO {user}",
    ),
];

const MARIADB: &[(&str, &str)] = &[
    (
        "GRANT ALL ON *.* TO {user} WITH GRANT OPTION",
        "REVOKE DROP ON *.* FROM {user}",
    ),
    (
        "GRANT {role} TO {user}; SET DEFAULT ROLE {role} FOR {user}",
        "SET DEFAULT ROLE NONE FOR {user}",
    ),
    (
        "GRANT BINLOG MONITOR, READ_ONLY ADMIN ON *.* TO {user}",
        "REVOKE BINLOG MONITOR ON *.* FROM {user}",
    ),
];

const POWERS: &[&str] = &[
    "GRANT ALL ON *.* TO {admin} WITH GRANT OPTION",
    "GRANT PROXY ON ''@'%' TO {admin} WITH GRANT OPTION",
    "GRANT PROXY ON 'some''body'@'%' TO {admin} WITH GRANT OPTION",
];

fn rows(product: Product) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    let own = match product {
        Product::Mysql => MYSQL,
        Product::Mariadb => MARIADB,
    };
    ROWS.iter().chain(own)
}

async fn place(server: &MysqlServer) {
    for statement in PLACE {
        server.admin(statement).await;
    }
    if server.product() == Product::Mysql {
        server.admin("SET GLOBAL partial_revokes = OFF").await;
    }
}

async fn run(case: &Case<'_>, statements: &str) {
    for statement in statements.split("; ") {
        let statement = statement.replace("{role2}", "`{name} r2`");
        case.sql(&statement.replace("{role}", "`{name} r`")).await;
    }
}

#[tokio::test]
async fn are_the_same_after_each_rotation() {
    for product in products() {
        let server = MysqlServer::start(product).await;
        place(&server).await;
        for (granted, changed) in rows(product) {
            let users = Users {
                powers: POWERS,
                ..users(&server)
            };
            let mut case = Case::new(&users).await;
            // With them on, a pattern is a name.
            if product == Product::Mysql {
                let on = granted.contains("REVOKE");
                case.sql(&format!("SET GLOBAL partial_revokes = {on}"))
                    .await;
            }
            run(&case, "CREATE ROLE {role}; CREATE ROLE {role2}").await;
            if product == Product::Mariadb {
                let (admin, _) = Users::login(&case.admin);
                let roles = "GRANT {role} TO '{admin}'@'%' WITH ADMIN OPTION; GRANT {role2} TO '{admin}'@'%' WITH ADMIN OPTION";
                run(&case, &roles.replace("{admin}", &admin)).await;
            }
            run(&case, granted).await;
            case.world.rotate().await;
            case.same_rights(granted).await;
            // The second user is in use: what is changed about it, is changed about the first.
            run(&case, &changed.replace("{user}", "{clone}")).await;
            case.world.rotate().await;
            case.same_rights(changed).await;
        }
    }
}

/// AWS's templates promote a user whom they gave half of the grants.
#[tokio::test]
async fn are_completed_or_there_is_no_promotion() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = users(server);
        let mut case = Case::new(&users).await;
        case.sql("CREATE DATABASE `{name}`").await;
        case.sql("GRANT SELECT ON `{name}`.* TO {user}").await;
        case.sql("GRANT PROCESS ON *.* TO {user}").await;
        let version = case.world.begin();
        case.step(&version, Step::CreateSecret).await;
        case.step(&version, Step::SetSecret).await;
        case.sql("REVOKE SELECT ON `{name}`.* FROM {clone}").await;
        case.refused(&version, Step::TestSecret, "lacks SELECT ON")
            .await;
        case.step(&version, Step::SetSecret).await;
        case.sql("GRANT INSERT ON `{name}`.* TO {clone}").await;
        case.refused(&version, Step::TestSecret, "has INSERT ON")
            .await;
        case.world.finish(&version).await;
        case.same_rights("completed").await;
    }
}

/// What the administrator cannot pass on is said, with what mends it, before there is a second user.
#[tokio::test]
async fn that_the_administrator_lacks_are_named() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = Users {
            powers: &[
                "GRANT SELECT ON mysql.* TO {admin}",
                "GRANT PROCESS ON *.* TO {admin} WITH GRANT OPTION",
            ],
            ..users(server)
        };
        let mut case = Case::new(&users).await;
        case.sql("CREATE DATABASE `{name}`").await;
        case.sql("GRANT SELECT ON `{name}`.* TO {user}").await;
        case.sql("GRANT PROCESS ON *.* TO {user}").await;
        let version = case.world.begin();
        case.step(&version, Step::CreateSecret).await;
        let (admin, _) = Users::login(&case.admin);
        let permit = format!("GRANT SELECT ON `{{name}}`.* TO '{admin}'@'%' WITH GRANT OPTION");
        let words = case.named(&format!("has: {permit}"));
        case.refused(&version, Step::SetSecret, &words).await;
        let there = case
            .ask("SELECT user FROM mysql.user WHERE user = '{name}_clone'")
            .await;
        assert!(there.is_empty(), "{product:?}: {there:?}");
        let nobody = case
            .ask("SELECT user FROM mysql.user WHERE host = '0.0.0.0'")
            .await;
        assert!(nobody.is_empty(), "{product:?}: {nobody:?}");
        case.sql(&permit).await;
        case.world.finish(&version).await;
        case.same_rights("completed").await;
    }
}

/// Both servers keep grants for what was dropped, and give no other account the same.
#[tokio::test]
async fn for_what_is_gone_are_named() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = users(server);
        let mut case = Case::new(&users).await;
        case.sql("CREATE DATABASE `{name}`; CREATE TABLE `{name}`.t (n INT)")
            .await;
        case.sql("GRANT SELECT (n) ON `{name}`.t TO {user}; DROP TABLE `{name}`.t")
            .await;
        let version = case.world.begin();
        let words = case.named("cannot copy grant: SELECT (`n`) ON `{name}`.`t` is for something");
        case.refused(&version, Step::TestSecret, &words).await;
        case.step(&version, Step::CreateSecret).await;
        case.refused(&version, Step::SetSecret, &words).await;
        let there = case
            .ask("SELECT user FROM mysql.user WHERE user = '{name}_clone'")
            .await;
        assert!(there.is_empty(), "{product:?}: {there:?}");
        case.sql("CREATE TABLE `{name}`.t (n INT)").await;
        case.world.finish(&version).await;
        // What both have already, nobody needs to be given.
        case.sql("DROP TABLE `{name}`.t").await;
        case.world.rotate().await;
        case.same_rights("gone").await;
    }
}
