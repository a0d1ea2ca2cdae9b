//! What there is to be granted: databases, tables, columns, routines, roles, and users to act as.

use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use rotation_tests::mysql::{Product, quoted};

use super::random::Random;

/// The administrator of all cases.
pub(super) const ADMIN: &str = "'rotation'@'%'";
/// The servers' limit for what is no user.
const LONGEST: usize = 64;

/// In one database or two; each name quoted already.
pub(super) struct Place {
    pub(super) databases: Vec<String>,
    /// With its columns.
    pub(super) tables: Vec<(String, Vec<String>)>,
    /// With its kind.
    pub(super) routines: Vec<String>,
    pub(super) roles: Vec<String>,
    /// Whom somebody may act as.
    pub(super) others: Vec<String>,
    /// How it is made.
    pub(super) statements: Vec<String>,
}

/// A name, in backticks.
pub(super) fn ticked(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

impl Place {
    pub(super) fn new(random: &mut Random, product: Product) -> Self {
        let mut place = Self {
            databases: Vec::new(),
            tables: Vec::new(),
            routines: Vec::new(),
            roles: Vec::new(),
            others: Vec::new(),
            statements: Vec::new(),
        };
        for _ in 0..2 {
            place.database(random);
        }
        for _ in 0..3 {
            place.role(random, product);
        }
        let hosts = ["%", "10.%", "localhost"];
        for _ in 0..2 {
            let name = quoted(&random.name(longest_user(product), 'é'));
            let other = format!("{name}@{}", quoted(random.one_of(&hosts)));
            place.statements.push(format!("CREATE USER {other}"));
            place.others.push(other);
        }
        place
    }

    fn database(&mut self, random: &mut Random) {
        // Each character that is none of a word takes five in the name of its file.
        let mut name = || ticked(&random.name(LONGEST, 'x'));
        let database = name();
        self.statements.push(format!("CREATE DATABASE {database}"));
        for _ in 0..2 {
            let table = format!("{database}.{}", name());
            let columns = Vec::from_iter((0..3).map(|_| name()));
            let all = columns.join(" INT, ");
            self.statements
                .push(format!("CREATE TABLE {table} ({all} INT)"));
            self.tables.push((table, columns));
        }
        for (kind, body) in [
            ("PROCEDURE", "DO 1"),
            ("FUNCTION", "RETURNS INT DETERMINISTIC RETURN 1"),
        ] {
            let routine = format!("{kind} {database}.{}", name());
            self.statements.push(format!("CREATE {routine}() {body}"));
            self.routines.push(routine);
        }
        self.databases.push(database);
    }

    /// MariaDB's has no host. Only who has it may pass it on there.
    fn role(&mut self, random: &mut Random, product: Product) {
        let name = quoted(&random.name(longest_user(product), 'é'));
        let role = match product {
            Product::Mysql => format!("{name}@{}", quoted(random.one_of(&["%", "10.%"]))),
            Product::Mariadb => name,
        };
        self.statements.push(format!("CREATE ROLE {role}"));
        self.statements
            .push(format!("GRANT {role} TO {ADMIN} WITH ADMIN OPTION"));
        let on = &self.databases[0];
        self.statements
            .push(format!("GRANT SELECT ON {on}.* TO {role}"));
        self.roles.push(role);
    }

    pub(super) async fn make(&self, root: &mut Conn) {
        run(root, self.statements.iter().cloned()).await;
    }

    pub(super) async fn clear(&self, root: &mut Conn) {
        let databases = self.databases.iter();
        let all = databases.map(|name| format!("DROP DATABASE {name}"));
        let all = all.chain(self.roles.iter().map(|name| format!("DROP ROLE {name}")));
        let all = all.chain(self.others.iter().map(|name| format!("DROP USER {name}")));
        run(root, all).await;
    }
}

async fn run(root: &mut Conn, statements: impl Iterator<Item = String>) {
    for statement in statements {
        let done = root.query_drop(&statement).await;
        done.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
}

/// In characters.
pub(super) fn longest_user(product: Product) -> usize {
    match product {
        Product::Mysql => 32,
        Product::Mariadb => 80,
    }
}
