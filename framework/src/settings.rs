//! The settings that a rotator has beside those of all rotators.

use std::collections::BTreeMap;

/// One setting of a rotator: a variable of the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The variable's name, as in `SSH_KEY_TYPE`.
    pub name: &'static str,
    /// One line of help.
    pub help: &'static str,
    /// True if a tag of the secret overrides the variable, as `rotation:ssh-key-type` does.
    pub by_tag: bool,
}

impl Setting {
    /// A setting of the function alone. This is right for whatever widens what the function does: a tag belongs to a secret,
    /// and somebody else than the function's owner may set it.
    pub const fn of_function(name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            help,
            by_tag: false,
        }
    }

    /// A setting that a tag of the secret overrides.
    pub const fn by_tag(name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            help,
            by_tag: true,
        }
    }

    /// The tag of the same name.
    pub(crate) fn tag(&self) -> String {
        tag_of(self.name)
    }
}

/// Settings that the framework reads for the rotators that use them. Without a group, each rotator has a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shared {
    /// The characters and the length of a new password: `PASSWORD_LENGTH` and so on.
    Passwords,
    /// When an old credential ends, if two can live: `RETIRE_PREVIOUS`.
    OldCredentials,
    /// The hosts that a secret may name: `ALLOWED_HOSTS`.
    Hosts,
    /// Whom a database's connection trusts, and what is asked of RDS: `DATABASE_CA_BUNDLE`, `AWS_ENDPOINT_URL_RDS`.
    Databases,
}

impl Shared {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Passwords,
        Self::OldCredentials,
        Self::Hosts,
        Self::Databases,
    ];
}

/// The values of the rotator's own settings: those of the function, or those of one secret.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    known: &'static [Setting],
    values: BTreeMap<&'static str, String>,
}

impl Settings {
    /// Reads the settings. `value` returns what a variable is set to.
    pub(crate) fn read(known: &'static [Setting], value: impl Fn(&str) -> Option<String>) -> Self {
        let set = known
            .iter()
            .filter_map(|setting| Some((setting.name, value(setting.name)?)));
        Self {
            known,
            values: set.collect(),
        }
    }

    /// The value of this setting, if it has one.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    pub(crate) fn known(&self) -> &'static [Setting] {
        self.known
    }

    /// The settings of a secret that has these tags. A tag wins over a variable, where the setting allows one.
    pub(crate) fn with_tags(&self, tags: &[(String, String)]) -> Self {
        let mut settings = self.clone();
        for setting in self.known.iter().filter(|setting| setting.by_tag) {
            let tag = tags.iter().find(|(tag, _)| *tag == setting.tag());
            if let Some((_, value)) = tag.filter(|(_, value)| !value.is_empty()) {
                settings.values.insert(setting.name, value.clone());
            }
        }
        settings
    }
}

/// The prefix of the tags that override variables.
pub(crate) const TAG: &str = "rotation:";

/// The tag that overrides a variable.
pub(crate) fn tag_of(variable: &str) -> String {
    format!("{TAG}{}", variable.to_ascii_lowercase().replace('_', "-"))
}
