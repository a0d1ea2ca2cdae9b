//! What the function's owner says, and what a secret may say instead.

use std::time::Duration;

use rotation::HookError;
use rotation::config::Config;
use rotation::settings::Setting;

use crate::payload::TokenSecret;
use crate::profile::{self, Profile};

pub(crate) const PROFILE: &str = "TOKEN_PROFILE";
pub(crate) const PROFILES: &str = "TOKEN_PROFILES";
pub(crate) const BUNDLE: &str = "API_CA_BUNDLE";
pub(crate) const LIFE: &str = "TOKEN_LIFE";
const SCOPE: &str = "TOKEN_SCOPE";
const SOLE_OWNER: &str = "TOKEN_SOLE_OWNER";

/// A tag belongs to a secret. So it may only make less of what the function allows.
pub(crate) const ALL: &[Setting] = &[
    Setting::of_function(PROFILE, "the profile of secrets that have no key profile"),
    Setting::of_function(PROFILES, "a folder with profiles of one's own: NAME.toml"),
    Setting::by_tag(
        LIFE,
        "how long a new one lives, as in 90d. A tag may shorten it [default: the profile's]",
    ),
    Setting::of_function(
        SCOPE,
        "what a new one may do, where nothing is copied [default: the profile's]",
    ),
    Setting::of_function(
        SOLE_OWNER,
        "true: at services without names, revoke what no version holds [default: false]",
    ),
    Setting::of_function(BUNDLE, "certificates to trust beside the public ones, PEM"),
];

/// What the function's owner says about all credentials.
pub(crate) struct Owner {
    life: Option<Duration>,
    scope: Option<String>,
    pub(crate) sole: bool,
}

impl Owner {
    /// # Errors
    /// In words, if a setting does not fit.
    pub(crate) fn read(config: &Config) -> Result<Self, String> {
        let setting = |name| config.settings.get(name);
        Ok(Self {
            life: life(setting(LIFE))?,
            scope: setting(SCOPE).map(ToOwned::to_owned),
            sole: match setting(SOLE_OWNER) {
                None | Some("false") => false,
                Some("true") => true,
                Some(_) => return Err(format!("{SOLE_OWNER} must be true or false")),
            },
        })
    }

    /// What a new credential of this profile may do, where only the administrator says that.
    pub(crate) fn scope(&self, profile: &Profile) -> Option<String> {
        let usual = profile.scope.as_ref()?;
        Some(self.scope.as_ref().unwrap_or(usual).clone())
    }

    /// How long a new credential of this profile lives: as the function says, or as the secret's tag says, if that is shorter.
    ///
    /// # Errors
    /// If the tag says more, or is no time.
    pub(crate) fn life(
        &self,
        tag: Option<&str>,
        profile: &Profile,
    ) -> Result<Option<Duration>, HookError> {
        let Some(usual) = profile.life else {
            return Ok(None);
        };
        let most = self.life.unwrap_or(usual);
        let said = life(tag).map_err(HookError::refused)?;
        match said {
            Some(said) if said > most => Err(HookError::refused(format!(
                "the tag rotation:token-life asks for more than the function allows: it may only shorten what {LIFE} or the profile says"
            ))),
            said => Ok(Some(said.unwrap_or(most))),
        }
    }

    /// Refuses a secret that says what only the function's owner may say. Earlier versions took it from there.
    ///
    /// # Errors
    /// A sentence that follows on `it`.
    pub(crate) fn alone_says(&self, secret: &TokenSecret, profile: &Profile) -> Result<(), String> {
        let scope = self.scope(profile);
        let sole = Some(if self.sole { "true" } else { "false" });
        let keys = [
            ("scope", SCOPE, profile.scope.is_some(), scope.as_deref()),
            ("sole_owner", SOLE_OWNER, profile.is_nameless(), sole),
        ];
        for (key, variable, counts, value) in keys {
            let said = secret.fields().get(key).filter(|_| counts);
            if said.is_some_and(|said| Some(said) != value && said != "false") {
                return Err(format!(
                    "has the key {key}, which only the function's owner may say: remove it, and set the variable {variable} if that is right for all secrets of this function"
                ));
            }
        }
        Ok(())
    }
}

fn life(text: Option<&str>) -> Result<Option<Duration>, String> {
    let parsed = text.map(profile::life).transpose();
    parsed.map_err(|rule| format!("{LIFE} {rule}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Shelf;

    fn owner(variables: &[(&str, &str)]) -> Result<Owner, String> {
        let pairs = variables.iter();
        let pairs = pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Owner::read(&Config::from_vars(pairs, "", ALL).expect("settings"))
    }

    #[test]
    fn a_tag_may_only_shorten_the_life() {
        let shelf = Shelf::open(None).expect("no folder");
        let profile = shelf.profile("jfrog").expect("a profile");
        for (variable, tag, days) in [
            ("", None, Some(90)),
            ("30d", None, Some(30)),
            ("", Some("7d"), Some(7)),
            ("", Some("91d"), None),
            ("30d", Some("31d"), None),
            ("", Some("30m"), None),
            ("", Some("soon"), None),
        ] {
            let owner = owner(&[("TOKEN_LIFE", variable)]).expect("settings that fit");
            let life = owner.life(tag, &profile).ok().flatten();
            let expected = days.map(|days| Duration::from_secs(days * 86_400));
            assert_eq!(life, expected, "{variable} {tag:?}");
        }
        for wrong in [("TOKEN_LIFE", "0d"), ("TOKEN_SOLE_OWNER", "yes")] {
            assert!(owner(&[wrong]).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn the_scope_is_the_functions() {
        let shelf = Shelf::open(None).expect("no folder");
        let profile = shelf.profile("jfrog").expect("a profile");
        let scope = |variables| owner(variables).expect("settings that fit").scope(&profile);
        let usual = "applied-permissions/user";
        assert_eq!(scope(&[]).as_deref(), Some(usual));
        let readers = [("TOKEN_SCOPE", "applied-permissions/groups:readers")];
        assert_eq!(scope(&readers).as_deref(), Some(readers[0].1));
        let other = shelf.profile("grafana").expect("a profile");
        let owner = owner(&readers).expect("settings that fit");
        assert_eq!(owner.scope(&other), None);
    }
}
