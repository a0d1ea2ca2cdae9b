//! What an account may do, as the server's own tables have it: whatever they say, but for who it is and how it proves itself.

use std::collections::BTreeMap;
use std::fmt::Write;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Row, Value};
use rotation_tests::mysql::{Product, quoted};

/// Each table with the names of its columns for user and host.
const MYSQL: &[(&str, &str, &str)] = &[
    ("user", "User", "Host"),
    ("db", "User", "Host"),
    ("tables_priv", "User", "Host"),
    ("columns_priv", "User", "Host"),
    ("procs_priv", "User", "Host"),
    ("proxies_priv", "User", "Host"),
    ("global_grants", "USER", "HOST"),
    ("role_edges", "TO_USER", "TO_HOST"),
    ("default_roles", "USER", "HOST"),
];
const MARIADB: &[(&str, &str, &str)] = &[
    ("roles_mapping", "User", "Host"),
    ("user", "User", "Host"),
    ("db", "User", "Host"),
    ("tables_priv", "User", "Host"),
    ("columns_priv", "User", "Host"),
    ("procs_priv", "User", "Host"),
    ("proxies_priv", "User", "Host"),
];

/// What is taken from privileges on everything, one in a row.
const RESTRICTIONS: &str = "SELECT taken, name FROM mysql.user, JSON_TABLE(user_attributes, '$.Restrictions[*]' COLUMNS (\
     name VARCHAR(64) PATH '$.Database', \
     NESTED PATH '$.Privileges[*]' COLUMNS (taken VARCHAR(64) PATH '$'))) AS more";

/// Who it is, how it proves itself, and when and by whom it was granted something.
const OTHERWISE: &[&str] = &[
    "user",
    "to_user",
    "password",
    "plugin",
    "authentication_string",
    "password_last_changed",
    "account_locked",
    "user_attributes",
    "grantor",
    "timestamp",
];

/// Sorted; none, if there is no such account.
pub(super) async fn of(
    root: &mut Conn,
    product: Product,
    (user, host): (&str, &str),
) -> Vec<String> {
    let (tables, hidden) = match product {
        Product::Mysql => (MYSQL, RESTRICTIONS),
        Product::Mariadb => (
            MARIADB,
            "SELECT JSON_VALUE(priv, '$.access') FROM mysql.global_priv",
        ),
    };
    let whose = |user_column: &str, host_column: &str| {
        format!(
            "WHERE {user_column} = {} AND {host_column} = {}",
            quoted(user),
            quoted(host)
        )
    };
    let mut found = Found::default();
    for (table, user_column, host_column) in tables {
        let question = format!(
            "SELECT * FROM mysql.{table} {}",
            whose(user_column, host_column)
        );
        found.read(root, table, &question).await;
    }
    let hidden = format!("{hidden} {}", whose("user", "host"));
    found.read(root, "more", &hidden).await;
    let mut all = found.rows;
    all.sort();
    all
}

#[derive(Default)]
struct Found {
    rows: Vec<String>,
    /// The privileges for each table as a whole.
    tables: BTreeMap<[String; 2], Vec<String>>,
    roles: Vec<String>,
    /// The columns of the privileges on everything.
    global: Vec<String>,
}

impl Found {
    async fn read(&mut self, root: &mut Conn, table: &str, question: &str) {
        let rows: Vec<Row> = root.query(question).await.expect(question);
        for row in rows {
            let shown = self.shown(table, &row);
            self.rows.extend(shown);
        }
    }

    /// None, if it grants nothing, as what is left after a REVOKE may.
    fn shown(&mut self, table: &str, row: &Row) -> Option<String> {
        let fields = fields(row);
        let field = |name: &str| fields.iter().find(|(field, _)| field == name);
        let value = |name: &str| field(name).map_or(String::new(), |(_, value)| value.clone());
        let key = [value("db"), value("table_name")];
        if table == "tables_priv" {
            let whole = value("table_priv");
            let whole = whole.split(',').map(ToOwned::to_owned).collect();
            self.tables.insert(key.clone(), whole);
        }
        if table == "roles_mapping" {
            self.roles.push(value("role"));
        }
        if table == "user" {
            let given = fields.iter().filter(|(_, value)| value == "Y");
            self.global = given.map(|(name, _)| name.clone()).collect();
        }
        // What is taken from nothing.
        let taken = format!("{}_priv", value("taken").to_lowercase());
        if field("taken").is_some() && !self.global.contains(&taken) {
            return None;
        }
        let whole = self.tables.get(&key);
        let mut text = format!("{table}:");
        let mut says = !table.ends_with("s_priv") && table != "db";
        for (name, value) in &fields {
            let mut value = value.clone();
            if name == "column_priv" {
                // SHOW GRANTS has no column's beside ALL PRIVILEGES; and whoever takes the table's takes the column's.
                let mut each = Vec::from_iter(value.split(','));
                each.retain(|one| !whole.is_some_and(|whole| whole.iter().any(|it| it == one)));
                value = each.join(",");
            }
            if name == "default_role" && !self.roles.contains(&value) {
                // It was taken, and MariaDB forgot to say so here.
                value.clear();
            }
            let privilege = name.ends_with("_priv");
            let nothing = privilege && (value.is_empty() || value == "N");
            says |= privilege && !nothing || name == "with_grant";
            if !OTHERWISE.contains(&name.as_str()) && !nothing {
                let _ = write!(text, " {name}={value}");
            }
        }
        says.then_some(text)
    }
}

/// Names and values. A routine is the same in capitals.
fn fields(row: &Row) -> Vec<(String, String)> {
    let columns = row.columns_ref().iter().enumerate();
    let fields = columns.map(|(at, column)| {
        let name = column.name_str().to_lowercase();
        let value = match row.as_ref(at) {
            Some(Value::Bytes(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
            _ => "NULL".into(),
        };
        let routine = name == "routine_name";
        let value = if routine { value.to_lowercase() } else { value };
        (name, value)
    });
    fields.collect()
}
