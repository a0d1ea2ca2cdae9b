//! What MySQL and MariaDB say differently. The server is asked which it is: its version has been written in too many ways.

use std::fmt;
use std::time::Duration;

use rotation::HookError;

use crate::connection::MysqlConnection;

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

    /// As its makers write it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Mysql => "MySQL",
            Self::Mariadb => "MariaDB",
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

/// What a version begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Release([u32; 3]);

impl Release {
    /// The oldest release that two users can be on: MySQL's has comments of accounts; MariaDB's locks accounts, and lets
    /// them prove themselves in several ways.
    pub(crate) fn two_users(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Mysql => Self([8, 0, 21]),
            Dialect::Mariadb => Self([10, 4, 2]),
        }
    }

    /// The oldest release on which a user can have two passwords.
    pub(crate) fn two_passwords(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Mysql => Self([8, 0, 14]),
            Dialect::Mariadb => Self([10, 4, 2]),
        }
    }

    /// Refuses a server that is older. `what` needs this release.
    pub(crate) async fn needed(
        self,
        connection: &mut MysqlConnection,
        what: &str,
    ) -> Result<(), HookError> {
        let version = connection.ask("SELECT VERSION()").await?;
        if !self.is_newer_than(&version) {
            return Ok(());
        }
        Err(HookError::refused(format!(
            "{what} need {} {self} or newer, and this is {version}: rotate the secret with ROTATION_STRATEGY=single-user",
            connection.dialect().name()
        )))
    }

    fn is_newer_than(self, version: &str) -> bool {
        Self::parse(version).is_some_and(|release| release < self)
    }

    /// Of VERSION(): `8.0.21-rds`, `10.11.6-MariaDB-log`. None, if there are no three numbers.
    pub(crate) fn parse(version: &str) -> Option<Self> {
        let number = |part: &str| part.parse().ok();
        let mut parts = version.split(|c: char| !c.is_ascii_digit());
        let mut next = || parts.next().and_then(number);
        Some(Self([next()?, next()?, next()?]))
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.0;
        write!(f, "{major}.{minor}.{patch}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_releases() {
        let old = |dialect, version| Release::two_users(dialect).is_newer_than(version);
        for version in ["8.0.20", "8.0.19-rds", "5.7.44-log"] {
            assert!(old(Dialect::Mysql, version), "{version}");
        }
        for version in ["8.0.21", "8.4.0", "9.7.1", "10.0.0", "unheard of", "8.4"] {
            assert!(!old(Dialect::Mysql, version), "{version}");
        }
        assert!(old(Dialect::Mariadb, "10.3.39-MariaDB-log"));
        assert!(!old(Dialect::Mariadb, "10.11.6-MariaDB-0+deb12u1"));
        assert_eq!(Release::two_users(Dialect::Mysql).to_string(), "8.0.21");
        for (dialect, version, old) in [
            (Dialect::Mysql, "5.7.44", true),
            (Dialect::Mysql, "8.0.13", true),
            (Dialect::Mysql, "8.0.14", false),
            (Dialect::Mariadb, "10.3.39-MariaDB", true),
            (Dialect::Mariadb, "10.4.34-MariaDB", false),
        ] {
            let oldest = Release::two_passwords(dialect);
            assert_eq!(oldest.is_newer_than(version), old, "{version}");
        }
    }
}
