//! Statements, what became of them, and how many did something.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use rotation_tests::mysql::Product;

use super::trial::Trial;

/// Every administrator's.
pub(super) const PASSWORD: &str = "Administrator-1";
/// By which the servers say that a statement of chance makes no sense: nothing to revoke, or not for this.
const SENSELESS: [u16; 15] = [
    1059, 1102, 1133, 1141, 1144, 1147, 1221, 1269, 1403, 1470, 1959, 1962, 3523, 3530, 3619,
];

/// How many cases rotated, and how many statements took effect, of how many.
#[derive(Default)]
pub(super) struct Count {
    pub(super) cases: usize,
    pub(super) rotated: usize,
    statements: usize,
    effective: usize,
}

impl Count {
    pub(super) fn add(&mut self, other: &Self) {
        self.cases += other.cases;
        self.rotated += other.rotated;
        self.statements += other.statements;
        self.effective += other.effective;
    }

    /// Refusals are the exception, and so are statements that do nothing.
    pub(super) fn check(&self) {
        let Self { cases, rotated, .. } = self;
        assert!(rotated * 100 >= cases * 95, "{rotated} of {cases} rotated");
        let (effective, all) = (self.effective, self.statements);
        assert!(
            effective * 100 >= all * 70,
            "{effective} of {all} did something"
        );
    }
}

impl Trial<'_> {
    /// Both servers take the letters of such a row for others when they read their tables again, at a start or by FLUSH
    /// PRIVILEGES (seen on 9.7 and 10.11): routines' privileges of a user, in a database or for a routine whose name is
    /// not ASCII.
    pub(super) fn forgotten(&self, statement: &str) -> bool {
        let routine = [" ON FUNCTION ", " ON PROCEDURE "];
        !(self.pair[0].is_ascii() && statement.is_ascii())
            && routine.iter().any(|words| statement.contains(words))
    }

    pub(super) async fn sql(&mut self, root: &mut Conn, statement: String) {
        self.count.statements += 1;
        let refused = match root.query_drop(&statement).await {
            Ok(()) => String::new(),
            Err(Error::Server(error)) if SENSELESS.contains(&error.code) => {
                format!(" -- refused: {}", error.code)
            }
            Err(error) => panic!("{statement}: {error}"),
        };
        // After these, tables and server differ (seen on 9.7 and on 10.11): MySQL takes the options of dynamic privileges
        // from its tables alone, and MariaDB changes the option of a PROXY that there is everywhere but there.
        let halves = match self.users.server.product() {
            Product::Mysql => "REVOKE GRANT OPTION ON *.* ",
            Product::Mariadb => "GRANT PROXY ",
        };
        if statement.starts_with(halves) {
            root.query_drop("FLUSH PRIVILEGES").await.expect("a flush");
        }
        self.count.effective += usize::from(refused.is_empty());
        self.done.push(statement + &refused);
    }
}
