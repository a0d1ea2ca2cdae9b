//! What an account may do, taken from SHOW GRANTS, and the statements that make another one's the same.

#[cfg(any(test, fuzzing))]
pub(crate) mod properties;
mod row;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeSet;

use rotation::HookError;

use crate::account::Name;
use crate::connection::MysqlConnection;
use crate::dialect::Dialect;
use crate::quoting;

use words::{What, each, named};

pub(crate) use words::Change;

const ALL: &str = "ALL PRIVILEGES";
const OPTION: &str = "GRANT OPTION";

/// What privileges are for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Object {
    routine: Option<&'static str>,
    /// A pattern as it stands: `\_` is not `_`. Nothing: all.
    database: Option<String>,
    name: Option<String>,
}

/// A user or a role, with its host if it has one.
type Named = (String, Option<String>);

/// One thing that can be granted by itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Grant {
    Privilege {
        on: Object,
        name: String,
        column: Option<String>,
    },
    /// Whatever is granted for it may be passed on.
    Option(Object),
    Dynamic {
        name: String,
        option: bool,
    },
    Role {
        role: Named,
        option: bool,
    },
    Proxy {
        proxied: Named,
        option: bool,
    },
    /// Taken from a global privilege.
    Revoked {
        on: Object,
        name: String,
    },
    DefaultRole(Named),
}

/// All that one account is granted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Grants(BTreeSet<Grant>);

impl Grants {
    /// Asked of the server.
    pub(crate) async fn read(
        admin: &mut MysqlConnection,
        account: &Name,
    ) -> Result<Self, HookError> {
        let name = quoting::account(&account.0, &account.1);
        let rows = admin.column(&format!("SHOW GRANTS FOR {name}")).await?;
        let mut grants = Self::parse(&rows, account)?;
        if admin.dialect() == Dialect::Mysql {
            grants.read_more(admin, account).await?;
        }
        Ok(grants)
    }

    /// What MySQL does not show.
    async fn read_more(
        &mut self,
        admin: &mut MysqlConnection,
        account: &Name,
    ) -> Result<(), HookError> {
        let (user, host) = (quoting::literal(&account.0), quoting::literal(&account.1));
        let whose = format!("WHERE user = {user} AND host = {host}");
        let question =
            format!("SELECT default_role_user, default_role_host FROM mysql.default_roles {whose}");
        let roles: Vec<(String, String)> = admin.rows(&question).await?;
        let roles = roles
            .into_iter()
            .map(|(role, host)| Grant::DefaultRole((role, Some(host))));
        self.0.extend(roles);
        if !self.has(&Object::ALL, OPTION) {
            return Ok(());
        }
        let question = format!(
            "SELECT name FROM mysql.user, JSON_TABLE(user_attributes, '$.Restrictions[*]' COLUMNS (\
             name VARCHAR(64) PATH '$.Database', \
             NESTED PATH '$.Privileges[*]' COLUMNS (privilege VARCHAR(64) PATH '$'))) AS taken \
             {whose} AND privilege = 'GRANT'"
        );
        let options = admin.column(&question).await?.into_iter();
        self.0.extend(options.map(|database| Grant::Revoked {
            on: Object {
                database: Some(database),
                ..Object::ALL
            },
            name: OPTION.into(),
        }));
        Ok(())
    }

    fn parse(rows: &[String], account: &Name) -> Result<Self, HookError> {
        let mut all = BTreeSet::new();
        for row in rows {
            all.extend(row::grants(row, account)?);
        }
        let grants = Self(all);
        let void = grants.0.iter().filter(|grant| grants.is_void(grant));
        let void: BTreeSet<Grant> = void.cloned().collect();
        Ok(Self(&grants.0 - &void))
    }

    /// Whether the server says it of an account that has nothing by it, and would not let another have it: what is taken
    /// from a privilege that is gone; MariaDB's default role that was taken.
    fn is_void(&self, grant: &Grant) -> bool {
        match grant {
            Grant::Revoked { name, .. } => !self.has(&Object::ALL, name),
            Grant::DefaultRole(default) => {
                let is_it =
                    |grant: &Grant| matches!(grant, Grant::Role { role, .. } if role == default);
                !self.0.iter().any(is_it)
            }
            _ => false,
        }
    }

    fn has(&self, on: &Object, name: &str) -> bool {
        self.0.contains(&if name == OPTION {
            Grant::Option(on.clone())
        } else {
            Grant::Privilege {
                on: on.clone(),
                name: name.to_owned(),
                column: None,
            }
        })
    }

    /// The first thing in which `self` is not as `model`, in words.
    pub(crate) fn difference(&self, model: &Self) -> Option<String> {
        let missing = model.0.difference(&self.0).next();
        let surplus = self.0.difference(&model.0).next();
        missing
            .map(|grant| format!("lacks {grant}"))
            .or_else(|| surplus.map(|grant| format!("has {grant} in surplus")))
    }

    /// The statements that bring `account` from `self` to `model`. One may undo a little of another (a table's privilege
    /// goes with its columns'), so the outcome is to be looked at.
    pub(crate) fn changes(&self, model: &Self, account: &str, dialect: Dialect) -> Vec<Change> {
        let (mut changes, have) = self.without_all(model, account);
        let surplus = have.difference(&model.0);
        let surplus = surplus.filter(|grant| !model.settles(grant) && !self.goes(grant, model));
        let surplus: Vec<&Grant> = surplus.collect();
        // MySQL takes this one in its tables from what has an option of its own, too.
        let option = surplus.contains(&&Grant::Option(Object::ALL));
        let spoilt = |grant: &Grant| option && matches!(grant, Grant::Dynamic { option: true, .. });
        let missing = model.0.iter();
        let missing = missing.filter(|grant| !have.contains(grant) || spoilt(grant));
        let missing: Vec<&Grant> = missing.collect();
        let gone = |what: &str| format!("REVOKE {what} FROM {account}");
        changes.extend(each(&surplus, gone));
        changes.extend(surplus.iter().filter_map(|grant| grant.end(account)));
        changes.extend(each(&missing, |what| format!("GRANT {what} TO {account}")));
        changes.extend(missing.iter().filter_map(|grant| grant.begin(account)));
        let is_default = |grant: &&Grant| matches!(grant, Grant::DefaultRole(_));
        if missing.into_iter().chain(surplus).any(|it| is_default(&it)) {
            changes.push(model.default_roles(account, dialect));
        }
        changes
    }

    /// ALL PRIVILEGES goes as a whole, and what is left is granted again.
    fn without_all(&self, model: &Self, account: &str) -> (Vec<Change>, BTreeSet<Grant>) {
        let mut have = self.0.clone();
        let mut changes = Vec::new();
        for grant in self.0.difference(&model.0) {
            if let Grant::Privilege { on, name, .. } = grant
                && name == ALL
            {
                changes.extend(each(&[grant], |what| {
                    format!("REVOKE {what} FROM {account}")
                }));
                have.retain(
                    |other| !matches!(other, Grant::Privilege { on: same, .. } if same == on),
                );
            }
        }
        (changes, have)
    }

    /// Whether what is in surplus needs no statement: ALL PRIVILEGES says it, or it goes with the privilege that it is
    /// taken from.
    fn settles(&self, grant: &Grant) -> bool {
        match grant {
            Grant::Privilege {
                on, column: None, ..
            } => self.has(on, ALL),
            Grant::Revoked { .. } => self.is_void(grant),
            _ => false,
        }
    }

    /// Whether it goes with another that is taken: a default role with the role, a column's privilege with the table's.
    fn goes(&self, grant: &Grant, model: &Self) -> bool {
        match grant {
            Grant::DefaultRole(_) => !self.is_void(grant) && model.is_void(grant),
            Grant::Privilege {
                on,
                name,
                column: Some(_),
            } => self.has(on, name) && !model.has(on, name),
            _ => false,
        }
    }

    fn default_roles(&self, account: &str, dialect: Dialect) -> Change {
        let roles = self.0.iter().filter_map(|grant| match grant {
            Grant::DefaultRole(role) => Some(named(role)),
            _ => None,
        });
        let mut roles: Vec<String> = roles.collect();
        if roles.is_empty() {
            roles.push("NONE".into());
        }
        let to = match dialect {
            Dialect::Mysql => "TO",
            Dialect::Mariadb => "FOR",
        };
        Change {
            statement: format!("SET DEFAULT ROLE {} {to} {account}", roles.join(", ")),
            what: What("UPDATE ON mysql.*".into(), ""),
        }
    }
}
