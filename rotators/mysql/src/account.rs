//! One row of the server's accounts: how it proves itself, what it must bring, and how much it may use.

use mysql_async::{Row, Value};
use rotation::HookError;

use crate::connection::MysqlConnection;
use crate::dialect::Dialect;
use crate::quoting::{self, literal};

/// In the order of [`Account::limits`]; the last is MariaDB's.
const LIMITS: [&str; 5] = [
    "MAX_QUERIES_PER_HOUR",
    "MAX_UPDATES_PER_HOUR",
    "MAX_CONNECTIONS_PER_HOUR",
    "MAX_USER_CONNECTIONS",
    "MAX_STATEMENT_TIME",
];

/// A user and a host.
pub(crate) type Name = (String, String);

/// As the server has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) plugin: String,
    /// What the plugin keeps of the password, in hexadecimal.
    pub(crate) hash: String,
    /// MySQL alone has one.
    pub(crate) comment: String,
    /// Whether it has a second password, which MySQL alone keeps apart.
    pub(crate) second: bool,
    /// What the client must bring: kind, cipher, issuer, subject.
    tls: [String; 4],
    limits: Vec<String>,
}

impl Account {
    /// Nothing, if there is no such account.
    pub(crate) async fn read(
        admin: &mut MysqlConnection,
        (user, host): &Name,
    ) -> Result<Option<Self>, HookError> {
        let (comment, time) = match admin.dialect() {
            Dialect::Mysql => (
                "COALESCE(JSON_UNQUOTE(JSON_EXTRACT(user_attributes, '$.metadata.comment')), ''), \
                 CAST(JSON_EXTRACT(user_attributes, '$.additional_password') IS NOT NULL AS CHAR)",
                "",
            ),
            Dialect::Mariadb => ("'', '0'", ", CAST(max_statement_time AS CHAR)"),
        };
        let text = |column: &str| format!("CAST({column} AS CHAR)");
        let columns = [
            "plugin",
            "HEX(authentication_string)",
            "ssl_type",
            "ssl_cipher",
            "x509_issuer",
            "x509_subject",
            "max_questions",
            "max_updates",
            "max_connections",
            "max_user_connections",
        ];
        let columns = columns.map(text).join(", ");
        let question = format!(
            "SELECT {comment}, {columns}{time} FROM mysql.user WHERE user = {} AND host = {}",
            literal(user),
            literal(host)
        );
        let row: Option<Row> = admin.first(&question).await?;
        Ok(row.map(|row| {
            let column = |at: usize| match row.as_ref(at) {
                Some(Value::Bytes(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
                _ => String::new(),
            };
            Self {
                comment: column(0),
                second: column(1) == "1",
                plugin: column(2),
                hash: column(3),
                tls: [column(4), column(5), column(6), column(7)],
                limits: (8..row.len()).map(column).collect(),
            }
        }))
    }

    /// The first thing in which `self` is not as `model`, in words.
    pub(crate) fn difference(&self, model: &Self) -> Option<String> {
        if self.tls != model.tls {
            return Some(format!(
                "needs another TLS: REQUIRE {}",
                model.requirement()
            ));
        }
        let other = (0..LIMITS.len()).find(|at| self.limits.get(*at) != model.limits.get(*at))?;
        Some(format!("has another {}", LIMITS[other]))
    }

    /// What ALTER USER says to make another account's TLS and limits the same.
    pub(crate) fn clauses(&self) -> String {
        let limits = LIMITS.iter().zip(&self.limits);
        let limits: Vec<String> = limits
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        format!("REQUIRE {} WITH {}", self.requirement(), limits.join(" "))
    }

    fn requirement(&self) -> String {
        let [kind, cipher, issuer, subject] = &self.tls;
        match kind.as_str() {
            "ANY" => "SSL".into(),
            "X509" => "X509".into(),
            "SPECIFIED" => {
                let parts = [("CIPHER", cipher), ("ISSUER", issuer), ("SUBJECT", subject)];
                let given = parts.iter().filter(|(_, value)| !value.is_empty());
                let given = given.map(|(name, value)| format!("{name} {}", literal(value)));
                let given = Vec::from_iter(given).join(" AND ");
                // An empty text leaves no trace of which it was.
                if given.is_empty() {
                    "ISSUER ''".into()
                } else {
                    given
                }
            }
            _ => "NONE".into(),
        }
    }
}

/// The hosts at which accounts of this name are.
pub(crate) async fn hosts(
    admin: &mut MysqlConnection,
    user: &str,
) -> Result<Vec<String>, HookError> {
    admin.column(&hosts_of(user)).await
}

/// The question for them.
pub(crate) fn hosts_of(user: &str) -> String {
    format!("SELECT host FROM mysql.user WHERE user = {}", literal(user))
}

/// The most characters that a user's name may have there.
pub(crate) async fn longest_name(admin: &mut MysqlConnection) -> Result<usize, HookError> {
    let question = "SELECT MAX(character_maximum_length) FROM information_schema.columns \
                    WHERE table_schema = 'mysql' AND table_name = 'user' AND column_name = 'User'";
    let asked: Option<Option<usize>> = admin.first(question).await?;
    Ok(asked.flatten().unwrap_or(match admin.dialect() {
        Dialect::Mysql => 32,
        Dialect::Mariadb => 80,
    }))
}

/// The account as statements name it.
pub(crate) fn name((user, host): &Name) -> String {
    quoting::account(user, host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(tls: [&str; 4], limits: &[&str]) -> Account {
        Account {
            plugin: String::new(),
            hash: String::new(),
            comment: String::new(),
            second: false,
            tls: tls.map(ToOwned::to_owned),
            limits: limits.iter().map(|&limit| limit.to_owned()).collect(),
        }
    }

    #[test]
    fn every_requirement() {
        let free = account(["", "", "", ""], &["0", "7", "0", "3"]);
        for (tls, words) in [
            (["", "", "", ""], "NONE"),
            (["ANY", "", "", ""], "SSL"),
            (["X509", "", "", ""], "X509"),
            (
                ["SPECIFIED", "", "i", "a'b\\"],
                "ISSUER 'i' AND SUBJECT 'a''b\\\\'",
            ),
            (["SPECIFIED", "c", "", ""], "CIPHER 'c'"),
            (["SPECIFIED", "", "", ""], "ISSUER ''"),
        ] {
            let model = account(tls, &["0", "7", "0", "3"]);
            let limits = "MAX_QUERIES_PER_HOUR 0 MAX_UPDATES_PER_HOUR 7 MAX_CONNECTIONS_PER_HOUR 0 MAX_USER_CONNECTIONS 3";
            assert_eq!(model.clauses(), format!("REQUIRE {words} WITH {limits}"));
            let same = free.difference(&model).is_none();
            assert_eq!(same, words == "NONE", "{words}");
        }
        let other = account(["", "", "", ""], &["0", "7", "0", "4"]);
        let said = free.difference(&other);
        assert_eq!(said.as_deref(), Some("has another MAX_USER_CONNECTIONS"));
    }
}
