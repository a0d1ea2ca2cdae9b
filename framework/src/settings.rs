//! The settings that a rotator has beside those of all rotators.

use std::collections::BTreeMap;

/// The names of variables, each with its help text.
pub type Names = &'static [(&'static str, &'static str)];

/// The rotator's own settings: of the function, or of one secret.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    names: Names,
    values: BTreeMap<&'static str, String>,
}

impl Settings {
    /// Reads the settings. `value` returns what a variable is set to.
    pub(crate) fn read(names: Names, value: impl Fn(&str) -> Option<String>) -> Self {
        let set = names
            .iter()
            .filter_map(|(name, _)| Some((*name, value(name)?)));
        Self {
            names,
            values: set.collect(),
        }
    }

    /// The value of this setting, if it has one.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    pub(crate) fn names(&self) -> Names {
        self.names
    }

    /// The settings of a secret that has these tags. A tag wins over a variable.
    pub(crate) fn with_tags(&self, tags: &[(String, String)]) -> Self {
        let mut settings = self.clone();
        for (name, _) in self.names {
            let tag = tags.iter().find(|(tag, _)| *tag == tag_of(name));
            if let Some((_, value)) = tag.filter(|(_, value)| !value.is_empty()) {
                settings.values.insert(name, value.clone());
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
