//! What MySQL and MariaDB say differently. The server is asked which it is: its version has been written in too many ways.

use std::time::Duration;

/// Which of the two a server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Mysql,
    Mariadb,
}

impl Dialect {
    /// MariaDB carries out what stands in its own comments, to MySQL they are comments
    /// (<https://mariadb.com/kb/en/comment-syntax/>). Asked beside whose login this is.
    pub(crate) const QUESTION: &str = "SELECT /*M! 1 + */ 0, CURRENT_USER()";

    pub(crate) fn new(mariadb: bool) -> Self {
        if mariadb { Self::Mariadb } else { Self::Mysql }
    }

    /// In which a backslash escapes, double quotes are texts, and no GRANT creates a user, as none does on MySQL.
    pub(crate) fn sql_mode(self) -> &'static str {
        match self {
            Self::Mysql => "",
            Self::Mariadb => "NO_AUTO_CREATE_USER",
        }
    }

    /// The setting by which a statement ends by itself. MySQL has one for readings alone; there the lock time-outs bound
    /// what changes something.
    pub(crate) fn bound(self, time: Duration) -> String {
        match self {
            Self::Mysql => format!(", max_execution_time = {}", time.as_millis().max(1)),
            Self::Mariadb => format!(
                ", max_statement_time = {:.3}",
                time.as_secs_f64().max(0.001)
            ),
        }
    }
}
