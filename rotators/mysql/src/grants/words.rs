//! Grants as statements and as messages say them.

use std::fmt;

use crate::quoting::identifier;

use super::{Grant, Named, Object};

/// The privileges among `grants`, one statement for each object.
pub(super) fn each(grants: &[&Grant], statement: impl Fn(&str, &Object) -> String) -> Vec<String> {
    let mut grouped: Vec<(&Object, Vec<String>)> = Vec::new();
    for grant in grants {
        if let Grant::Privilege { on, name, column } = grant {
            let what = privilege(name, column.as_deref());
            match grouped.last_mut() {
                Some((same, all)) if *same == on => all.push(what),
                _ => grouped.push((on, vec![what])),
            }
        }
    }
    let grouped = grouped.into_iter();
    grouped
        .map(|(on, all)| statement(&all.join(", "), on))
        .collect()
}

impl Grant {
    /// The statement that grants what is no plain privilege.
    pub(super) fn begin(&self, to: &str) -> Option<String> {
        let with = |option: &bool, words: &str| {
            if *option {
                format!(" WITH {words}")
            } else {
                String::new()
            }
        };
        Some(match self {
            Self::Privilege { .. } | Self::DefaultRole(_) => return None,
            Self::Option(on) => format!("GRANT USAGE ON {on} TO {to} WITH GRANT OPTION"),
            Self::Dynamic { name, option } => {
                format!(
                    "GRANT {name} ON *.* TO {to}{}",
                    with(option, "GRANT OPTION")
                )
            }
            Self::Role { role, option } => {
                format!(
                    "GRANT {} TO {to}{}",
                    named(role),
                    with(option, "ADMIN OPTION")
                )
            }
            Self::Proxy { proxied, option } => format!(
                "GRANT PROXY ON {} TO {to}{}",
                named(proxied),
                with(option, "GRANT OPTION")
            ),
            Self::Revoked { on, name } => format!("REVOKE {name} ON {on} FROM {to}"),
        })
    }

    /// The statement that takes it away.
    pub(super) fn end(&self, from: &str) -> Option<String> {
        Some(match self {
            Self::Privilege { .. } | Self::DefaultRole(_) => return None,
            Self::Option(on) => format!("REVOKE GRANT OPTION ON {on} FROM {from}"),
            Self::Dynamic { name, .. } => format!("REVOKE {name} ON *.* FROM {from}"),
            Self::Role { role, .. } => format!("REVOKE {} FROM {from}", named(role)),
            Self::Proxy { proxied, .. } => {
                format!("REVOKE PROXY ON {} FROM {from}", named(proxied))
            }
            Self::Revoked { on, name } => format!("GRANT {name} ON {on} TO {from}"),
        })
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
