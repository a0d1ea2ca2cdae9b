//! Where profiles are found: those that come with the rotator, and the user's own.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use rotation::secret::printable;

use super::Profile;

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../profiles/", $name, ".toml")))),*]
    };
}

/// By their names.
pub(crate) const SHIPPED: &[(&str, &str)] = shipped![
    "jupyterhub",
    "octoprint",
    "rabbitmq",
    "gitlab",
    "gitlab-project",
    "gitlab-group",
    "gitlab-self",
    "grafana",
    "cloudflare",
    "cloudflare-roll",
    "datadog",
    "sendgrid",
    "jfrog",
    "elasticsearch",
    "databricks",
    "okta",
    "entra",
    "mongodb-atlas",
    "auth0",
    "aws-iam",
];

/// Profiles by their names. One of the user's own comes before a shipped one of the same name.
pub(crate) struct Shelf(BTreeMap<String, Arc<Profile>>);

impl Shelf {
    /// With those in `folder`, where one is given: each is checked now, not when a secret is to be rotated.
    ///
    /// # Errors
    /// In words, with file and line.
    pub(crate) fn open(folder: Option<&Path>) -> Result<Self, String> {
        let mut own = BTreeMap::new();
        let Some(folder) = folder else {
            return Ok(Self(own));
        };
        let unreadable = |path: &Path, error| format!("{} cannot be read: {error}", path.display());
        let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, error))?;
        for entry in entries {
            let path = entry.map_err(|error| unreadable(folder, error))?.path();
            if path.extension().is_none_or(|ending| ending != "toml") {
                continue;
            }
            let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let profile = Profile::parse(&name, &text)
                .map_err(|(line, problem)| format!("{} line {line}: {problem}", path.display()))?;
            own.insert(name, Arc::new(profile));
        }
        Ok(Self(own))
    }

    /// The profile that a secret names, or the function's own.
    ///
    /// # Errors
    /// A sentence that follows on `it`.
    pub(crate) fn named(&self, name: Option<&str>) -> Result<Arc<Profile>, String> {
        let name = name.ok_or_else(|| {
            format!(
                "lacks the key profile, and TOKEN_PROFILE is not set. There are {}",
                self.names()
            )
        })?;
        self.profile(name)
            .map_err(|why| format!("names a profile that cannot be used: {why}"))
    }

    /// The profile of this name.
    ///
    /// # Errors
    /// If there is none: which there are.
    pub(crate) fn profile(&self, name: &str) -> Result<Arc<Profile>, String> {
        if let Some(own) = self.0.get(name) {
            return Ok(Arc::clone(own));
        }
        match SHIPPED.iter().find(|(known, _)| *known == name) {
            Some((name, text)) => Profile::parse(name, text)
                .map(Arc::new)
                .map_err(|(line, problem)| format!("{name}.toml line {line}: {problem}")),
            None => Err(format!(
                "no profile has that name. There are {}",
                self.names()
            )),
        }
    }

    /// All names, as a sentence has them.
    pub(crate) fn names(&self) -> String {
        let shipped = SHIPPED.iter().map(|(name, _)| *name);
        let mut names: Vec<&str> = self.0.keys().map(String::as_str).chain(shipped).collect();
        names.sort_unstable();
        names.dedup();
        names.join(", ")
    }
}

/// Room for all keys of the language: an unknown one is told with those that there are.
const LONGEST: usize = 800;

impl Profile {
    /// Reads and checks a profile.
    ///
    /// # Errors
    /// The line, and what is wrong there.
    pub(crate) fn parse(name: &str, text: &str) -> Result<Self, (usize, String)> {
        let line_at = |at: usize| {
            text.get(..at)
                .map_or(1, |before| before.matches('\n').count() + 1)
        };
        let mut profile: Self = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            (line_at(at), printable(error.message(), LONGEST))
        })?;
        name.clone_into(&mut profile.name);
        profile
            .check()
            .map_err(|wrong| (line_at(wrong.place(text)), printable(&wrong.text, LONGEST)))?;
        Ok(profile)
    }
}
