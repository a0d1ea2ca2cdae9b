//! Grants as statements and as messages say them.

use std::fmt;

use crate::quoting::identifier;

use super::{Grant, Named, OPTION, Object};

/// A statement, and what it takes to run it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// A GRANT, a REVOKE or a SET DEFAULT ROLE.
    pub(crate) statement: String,
    pub(super) what: What,
}

/// What GRANT names, and the words by which it may be passed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct What(pub(super) String, pub(super) &'static str);

const GRANT_OPTION: &str = " WITH GRANT OPTION";
const ADMIN_OPTION: &str = " WITH ADMIN OPTION";

impl Change {
    /// The statements by which an administrator is allowed to run this one.
    pub(crate) fn permits(&self, admin: &str) -> Vec<String> {
        let What(what, with) = &self.what;
        let mut permits = Vec::new();
        // Who passes on a dynamic privilege's own option needs that for everything, too.
        if what.ends_with(" ON *.*") && self.statement.ends_with(GRANT_OPTION) {
            permits.push(format!("GRANT USAGE ON *.* TO {admin}{GRANT_OPTION}"));
        }
        permits.push(format!("GRANT {what} TO {admin}{with}"));
        permits.dedup();
        permits
    }

    /// What is granted or taken.
    pub(crate) fn what(&self) -> &str {
        &self.what.0
    }
}

/// What one statement may name together: an object, and of columns one privilege.
type Group<'a> = (&'a Object, Option<&'a String>);

/// The privileges among `grants`, one statement for each object; and for each privilege of columns, as MariaDB asks whoever
/// grants several for all of them on all columns.
pub(super) fn each(grants: &[&Grant], statement: impl Fn(&str) -> String) -> Vec<Change> {
    let mut grouped: Vec<(Group<'_>, Vec<String>)> = Vec::new();
    for grant in grants {
        if let Grant::Privilege { on, name, column } = grant {
            let key = (on, column.as_ref().map(|_| name));
            let what = privilege(name, column.as_deref());
            match grouped.iter_mut().find(|(same, _)| *same == key) {
                Some((_, all)) => all.push(what),
                None => grouped.push((key, vec![what])),
            }
        }
    }
    let grouped = grouped.into_iter();
    let whats = grouped.map(|((on, _), all)| format!("{} ON {on}", all.join(", ")));
    whats
        .map(|what| Change {
            statement: statement(&what),
            what: What(what, GRANT_OPTION),
        })
        .collect()
}

impl Grant {
    /// The statement that grants what is no plain privilege.
    pub(super) fn begin(&self, to: &str) -> Option<Change> {
        let what = self.what()?;
        let What(named, with) = &what;
        let statement = match self {
            Self::Revoked { on, name } => format!("REVOKE {name} ON {on} FROM {to}"),
            _ if self.option() => format!("GRANT {named} TO {to}{with}"),
            _ => format!("GRANT {named} TO {to}"),
        };
        Some(Change {
            statement,
            what: self.needed().unwrap_or(what),
        })
    }

    /// The statement that takes it away.
    pub(super) fn end(&self, from: &str) -> Option<Change> {
        let what = self.what()?;
        let statement = match self {
            Self::Revoked { name, .. } if name == OPTION => {
                format!("GRANT {} TO {from}{}", what.0, what.1)
            }
            Self::Revoked { .. } => format!("GRANT {} TO {from}", what.0),
            Self::Option(on) => format!("REVOKE GRANT OPTION ON {on} FROM {from}"),
            _ => format!("REVOKE {} FROM {from}", what.0),
        };
        Some(Change {
            statement,
            what: self.needed().unwrap_or(what),
        })
    }

    fn what(&self) -> Option<What> {
        Some(match self {
            Self::Privilege { .. } | Self::DefaultRole(_) => return None,
            Self::Option(on) => What(format!("USAGE ON {on}"), GRANT_OPTION),
            Self::Dynamic { name, .. } => What(format!("{name} ON *.*"), GRANT_OPTION),
            Self::Role { role, .. } => What(named(role), ADMIN_OPTION),
            Self::Proxy { proxied, .. } => {
                What(format!("PROXY ON {}", named(proxied)), GRANT_OPTION)
            }
            Self::Revoked { on, name } if name == OPTION => {
                What(format!("USAGE ON {on}"), GRANT_OPTION)
            }
            Self::Revoked { on, name } => What(format!("{name} ON {on}"), GRANT_OPTION),
        })
    }

    /// What an administrator must have, if that is something else: a PROXY for where it comes from itself.
    fn needed(&self) -> Option<What> {
        match self {
            Self::Proxy { proxied, .. } => {
                let anywhere = (proxied.0.clone(), Some("%".to_owned()));
                Some(What(format!("PROXY ON {}", named(&anywhere)), GRANT_OPTION))
            }
            _ => None,
        }
    }

    fn option(&self) -> bool {
        match self {
            Self::Option(_) => true,
            Self::Dynamic { option, .. }
            | Self::Role { option, .. }
            | Self::Proxy { option, .. } => *option,
            _ => false,
        }
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let option = |option: &bool| if *option { " with its option" } else { "" };
        match self {
            Self::Privilege { on, name, column } => {
                write!(f, "{} ON {on}", privilege(name, column.as_deref()))
            }
            Self::Option(on) => write!(f, "GRANT OPTION ON {on}"),
            Self::Dynamic { name, option: with } => write!(f, "{name} ON *.*{}", option(with)),
            Self::Role { role, option: with } => write!(f, "role {}{}", named(role), option(with)),
            Self::Proxy {
                proxied,
                option: with,
            } => write!(f, "PROXY ON {}{}", named(proxied), option(with)),
            Self::Revoked { on, name } => write!(f, "the revoked {name} ON {on}"),
            Self::DefaultRole(role) => write!(f, "default role {}", named(role)),
        }
    }
}

impl Object {
    /// Everything on the server.
    pub(super) const ALL: Self = Self {
        routine: None,
        database: None,
        name: None,
    };

    pub(super) fn is_global(&self) -> bool {
        self.database.is_none()
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(routine) = self.routine {
            write!(f, "{routine} ")?;
        }
        let part = |part: &Option<String>| part.as_deref().map_or("*".into(), identifier);
        write!(f, "{}.{}", part(&self.database), part(&self.name))
    }
}

fn privilege(name: &str, column: Option<&str>) -> String {
    column.map_or_else(
        || name.to_owned(),
        |column| format!("{name} ({})", identifier(column)),
    )
}

/// A user or a role as statements name it.
pub(super) fn named((name, host): &Named) -> String {
    let host = host.iter().map(|host| format!("@{}", identifier(host)));
    std::iter::once(identifier(name)).chain(host).collect()
}
