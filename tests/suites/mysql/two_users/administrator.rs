//! What the administrator needs: what the README says, and no more.

use rotation::event::Step;
use rotation_tests::mysql::{MysqlServer, Product};

use super::{Case, products, users};
use crate::harness::Users;

/// What a testSecret that comes alone finds out.
#[tokio::test]
async fn is_asked_for_its_rights() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = users(server);
        let mut case = Case::new(&users).await;
        case.sql("GRANT PROCESS ON *.* TO {user}").await;
        let (admin, _) = Users::login(&case.admin);
        let version = case.world.begin();
        case.step(&version, Step::TestSecret).await;
        for (taken, words) in [
            ("GRANT OPTION", "may not pass on all that"),
            ("SELECT", "SELECT command denied"),
            ("CREATE USER", "may not create users"),
        ] {
            case.sql(&format!("REVOKE {taken} ON *.* FROM '{admin}'@'%'"))
                .await;
            case.refused(&version, Step::TestSecret, words).await;
        }
    }
}

/// Its rights are a role's, as Amazon RDS has it.
#[tokio::test]
async fn may_have_them_by_a_role() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = Users {
            powers: &[],
            ..users(server)
        };
        let mut case = Case::new(&users).await;
        case.sql("GRANT PROCESS ON *.* TO {user}").await;
        let admin = format!("'{}'@'%'", Users::login(&case.admin).0);
        let default = match product {
            Product::Mysql => format!("SET DEFAULT ROLE '{{name}} r' TO {admin}"),
            Product::Mariadb => format!("SET DEFAULT ROLE '{{name}} r' FOR {admin}"),
        };
        case.sql("CREATE ROLE '{name} r'").await;
        case.sql("GRANT ALL ON *.* TO '{name} r' WITH GRANT OPTION")
            .await;
        case.sql(&format!("GRANT '{{name}} r' TO {admin}")).await;
        case.sql(&format!("REVOKE CREATE USER ON *.* FROM {admin}"))
            .await;
        case.sql(&default).await;
        let version = case.world.begin();
        case.step(&version, Step::TestSecret).await;
        case.world.finish(&version).await;
        case.same_rights("by a role").await;
    }
}

/// As the README has it.
#[tokio::test]
async fn needs_what_the_readme_says() {
    for product in products() {
        let server = MysqlServer::shared(product).await;
        let users = Users {
            powers: &["GRANT SELECT ON mysql.* TO {admin}"],
            ..users(server)
        };
        let mut case = Case::new(&users).await;
        let admin = format!("'{}'@'%'", Users::login(&case.admin).0);
        let default = match product {
            Product::Mysql => "SET DEFAULT ROLE '{name} r' TO {user}",
            Product::Mariadb => "SET DEFAULT ROLE '{name} r' FOR {user}",
        };
        if product == Product::Mariadb {
            case.sql(&format!("GRANT UPDATE ON mysql.* TO {admin}"))
                .await;
        }
        for statement in [
            "CREATE DATABASE `{name}`",
            "CREATE ROLE '{name} r'",
            "GRANT SELECT, INSERT ON `{name}`.* TO {user}",
            "GRANT SELECT, INSERT ON `{name}`.* TO {admin} WITH GRANT OPTION",
            "GRANT '{name} r' TO {user}",
            "GRANT '{name} r' TO {admin} WITH ADMIN OPTION",
            default,
        ] {
            case.sql(&statement.replace("{admin}", &admin)).await;
        }
        case.world.rotate().await;
        case.same_rights("first").await;
        case.sql("REVOKE INSERT ON `{name}`.* FROM {clone}").await;
        case.sql("REVOKE '{name} r' FROM {clone}").await;
        case.world.rotate().await;
        case.same_rights("second").await;
    }
}
