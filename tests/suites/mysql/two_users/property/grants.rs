//! Grants at random, of every kind, and what is taken of them again. `{user}` stands for an account.

use rotation_tests::mysql::Product;

use super::place::Place;
use super::random::Random;

/// What one GRANT names.
pub(super) struct Right {
    privileges: Vec<String>,
    /// With its ON, if it has one.
    on: String,
    option: &'static str,
}

impl Right {
    fn new(privileges: Vec<String>, on: impl AsRef<str>) -> Self {
        Self {
            privileges,
            on: format!(" ON {}", on.as_ref()),
            option: " WITH GRANT OPTION",
        }
    }

    pub(super) fn given(&self, random: &mut Random) -> String {
        let option = if random.chance(25) { self.option } else { "" };
        format!(
            "GRANT {}{} TO {{user}}{option}",
            self.privileges.join(", "),
            self.on
        )
    }

    /// All of it, a part, or its option.
    pub(super) fn taken(&self, random: &mut Random) -> String {
        let mut what = random.some_of(&self.privileges).join(", ");
        if !self.on.is_empty() && what != "PROXY" && random.chance(20) {
            what = "GRANT OPTION".into();
        }
        format!("REVOKE {what}{} FROM {{user}}", self.on)
    }
}

const GLOBAL: &[&str] = &[
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "CREATE",
    "DROP",
    "RELOAD",
    "PROCESS",
    "FILE",
    "INDEX",
    "ALTER",
    "SHOW DATABASES",
    "SUPER",
    "CREATE TEMPORARY TABLES",
    "LOCK TABLES",
    "EXECUTE",
    "REPLICATION SLAVE",
    "REPLICATION CLIENT",
    "SHOW VIEW",
    "CREATE USER",
    "EVENT",
    "TRIGGER",
    "ALL PRIVILEGES",
    "USAGE",
];
const MARIADB: &[&str] = &[
    "BINLOG MONITOR",
    "BINLOG ADMIN",
    "BINLOG REPLAY",
    "CONNECTION ADMIN",
    "FEDERATED ADMIN",
    "READ_ONLY ADMIN",
    "REPLICATION MASTER ADMIN",
    "REPLICA MONITOR",
    "SET USER",
    "DELETE HISTORY",
];
const DYNAMIC: &[&str] = &[
    "APPLICATION_PASSWORD_ADMIN",
    "BACKUP_ADMIN",
    "CONNECTION_ADMIN",
    "ROLE_ADMIN",
    "SYSTEM_VARIABLES_ADMIN",
    "SHOW_ROUTINE",
    "SYSTEM_USER",
    "XA_RECOVER_ADMIN",
];
const DATABASE: &[&str] = &[
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "CREATE",
    "DROP",
    "REFERENCES",
    "INDEX",
    "ALTER",
    "CREATE TEMPORARY TABLES",
    "LOCK TABLES",
    "EXECUTE",
    "CREATE VIEW",
    "SHOW VIEW",
    "CREATE ROUTINE",
    "ALTER ROUTINE",
    "EVENT",
    "TRIGGER",
    "ALL PRIVILEGES",
    "USAGE",
];
const TABLE: &[&str] = &[
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "CREATE",
    "DROP",
    "REFERENCES",
    "INDEX",
    "ALTER",
    "CREATE VIEW",
    "SHOW VIEW",
    "TRIGGER",
    "ALL PRIVILEGES",
    "USAGE",
];
const COLUMN: &[&str] = &["SELECT", "INSERT", "UPDATE", "REFERENCES"];
const ROUTINE: &[&str] = &["EXECUTE", "ALTER ROUTINE", "ALL PRIVILEGES", "USAGE"];

/// Of one kind or another.
pub(super) fn right(random: &mut Random, place: &Place, product: Product) -> Right {
    match random.below(12) {
        0 => Right::new(listed(random, GLOBAL), "*.*"),
        1 | 2 => Right::new(listed(random, DATABASE), pattern(random, place)),
        3 | 4 => Right::new(listed(random, TABLE), &random.one_of(&place.tables).0),
        5 | 6 => {
            let (table, columns) = random.one_of(&place.tables);
            let mut privileges = listed(random, COLUMN);
            for privilege in &mut privileges {
                if random.chance(80) {
                    let columns = random.some_of(&columns).join(", ");
                    *privilege = format!("{privilege} ({columns})");
                }
            }
            if random.chance(30) {
                // On all columns, beside some.
                privileges.push(random.one_of(COLUMN).to_owned());
            }
            Right::new(privileges, table)
        }
        7 => Right::new(listed(random, ROUTINE), random.one_of(&place.routines)),
        8 | 9 => Right {
            privileges: match product {
                Product::Mysql => random.some_of(&place.roles),
                Product::Mariadb => vec![random.one_of(&place.roles)],
            },
            on: String::new(),
            option: " WITH ADMIN OPTION",
        },
        10 => {
            let own = match product {
                Product::Mysql => DYNAMIC,
                Product::Mariadb => MARIADB,
            };
            Right::new(listed(random, own), "*.*")
        }
        _ => Right::new(vec!["PROXY".into()], random.one_of(&place.others)),
    }
}

/// Everything stands alone.
fn listed(random: &mut Random, all: &[&str]) -> Vec<String> {
    let chosen = random.some_of(all);
    let mut alone = ["ALL PRIVILEGES", "USAGE"].into_iter();
    let alone = alone.find(|one| chosen.contains(one));
    let chosen = alone.map_or(chosen, |one| vec![one]);
    chosen.into_iter().map(ToOwned::to_owned).collect()
}

/// A database as it is called, which may be a pattern already; or a pattern of it.
fn pattern(random: &mut Random, place: &Place) -> String {
    let name = random.one_of(&place.databases);
    let begin = name.len() - name.trim_start_matches('`').len();
    match random.below(3) {
        0 => format!("{name}.*"),
        1 => {
            let plain = name.replace('\\', "\\\\");
            format!("{}.*", plain.replace('_', "\\_").replace('%', "\\%"))
        }
        _ => format!("`%{}.*", &name[begin.min(1)..]),
    }
}

/// What is no GRANT: default roles, TLS, limits, and what is taken from a privilege on everything.
pub(super) fn setting(random: &mut Random, place: &Place, product: Product) -> String {
    let role = random.one_of(&place.roles);
    let none = "NONE".to_owned();
    let role = if random.chance(25) { none } else { role };
    match random.below(5) {
        0 | 1 => match product {
            Product::Mysql => format!("SET DEFAULT ROLE {role} TO {{user}}"),
            Product::Mariadb => format!("SET DEFAULT ROLE {role} FOR {{user}}"),
        },
        2 => {
            let what = random.one_of(&["NONE", "SSL"]);
            format!("ALTER USER {{user}} REQUIRE {what}")
        }
        3 => {
            let limits = [
                "MAX_QUERIES_PER_HOUR",
                "MAX_UPDATES_PER_HOUR",
                "MAX_CONNECTIONS_PER_HOUR",
                "MAX_USER_CONNECTIONS",
            ];
            let limits = random.some_of(&limits);
            let limits = limits
                .iter()
                .map(|name| format!("{name} {}", 9000 + random.below(9)));
            let limits = Vec::from_iter(limits).join(" ");
            format!("ALTER USER {{user}} WITH {limits}")
        }
        _ => {
            let what = random.some_of(&DATABASE[..5]).join(", ");
            let on = random.one_of(&place.databases);
            format!("REVOKE {what} ON {on}.* FROM {{user}}")
        }
    }
}
