//! What a rotator lets its users set, beside what all rotators have.

use std::collections::BTreeMap;

/// Variables, each with what the help says of it.
pub type Names = &'static [(&'static str, &'static str)];

/// The rotator's own settings: of the function, or of one secret.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    names: Names,
    values: BTreeMap<&'static str, String>,
}

impl Settings {
    /// By what `value` says that they are set to.
    pub(crate) fn read(names: Names, value: impl Fn(&str) -> Option<String>) -> Self {
        let set = names
            .iter()
            .filter_map(|(name, _)| Some((*name, value(name)?)));
        Self {
            names,
            values: set.collect(),
        }
    }

    /// What is set, if it is set to anything.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    pub(crate) fn names(&self) -> Names {
        self.names
    }

    /// Those of a secret with these tags, which win.
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

/// What the tags begin with that override variables.
pub(crate) const TAG: &str = "rotation:";

/// The tag that overrides a variable.
pub(crate) fn tag_of(variable: &str) -> String {
    format!("{TAG}{}", variable.to_ascii_lowercase().replace('_', "-"))
}
