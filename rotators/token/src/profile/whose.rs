//! Whose a credential is: what a service says of it, held against the secret.

use std::collections::BTreeMap;

use rotation::secret::printable;
use rotation::{HookError, Secret};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use crate::answer::text_at;
use crate::place::Place;
use crate::template::Template;
use crate::values::Values;

/// Of names that are not to be shown whole.
const LONGEST: usize = 100;

/// JSON pointers, and what must be there.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Whose(BTreeMap<String, Owner>);

/// A text with places. `*/` in it stands for any number of folders, none included, as in an ARN: `user/*/{username}`.
pub(crate) struct Owner {
    before: Template,
    after: Option<Template>,
}

impl Whose {
    /// Whether it asks for nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Where it looks.
    pub(crate) fn pointers(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }

    /// The places of all its texts.
    pub(crate) fn places(&self) -> impl Iterator<Item = &Place> {
        self.0.values().flat_map(Owner::places)
    }

    /// After `Ok`, `content` says of the credential what the secret says. An `id` that is empty, or missing, is not known: it is not asked for.
    ///
    /// # Errors
    /// What both say.
    pub(crate) fn check(
        &self,
        content: &Value,
        values: &Values<'_>,
        id: Option<&str>,
    ) -> Result<(), HookError> {
        for (pointer, owner) in &self.0 {
            if owner.is_unknown(id, values) {
                continue;
            }
            let said = text_at(content, pointer);
            let said = said.as_ref().map(Secret::expose);
            let fits = match said {
                Some(said) => owner.fits(said, values)?,
                None => false,
            };
            if !fits {
                return Err(HookError::refused(format!(
                    "the credential is somebody else's: the secret says {}, the service says {} at {pointer}. Correct the secret",
                    printable(&owner.told(values)?, LONGEST),
                    printable(said.unwrap_or("nothing"), LONGEST),
                )));
            }
        }
        Ok(())
    }
}

impl Owner {
    fn places(&self) -> impl Iterator<Item = &Place> {
        let after = self.after.iter().flat_map(Template::places);
        self.before.places().chain(after)
    }

    fn is_unknown(&self, id: Option<&str>, values: &Values<'_>) -> bool {
        let id = id.map(|key| Place::Secret(key.to_owned()));
        let alone = self.before.alone().filter(|_| self.after.is_none());
        alone.is_some_and(|place| {
            Some(place) == id.as_ref() && values.text(place).map_or(true, |id| id.is_empty())
        })
    }

    fn fits(&self, said: &str, values: &Values<'_>) -> Result<bool, HookError> {
        for place in self.places() {
            if values.text(place)?.is_empty() {
                return Ok(false);
            }
        }
        let before = self.before.plain(values)?;
        let Some(after) = &self.after else {
            return Ok(said == before);
        };
        let after = after.plain(values)?;
        let between = said.strip_prefix(&before);
        let between = between.and_then(|rest| rest.strip_suffix(&after));
        Ok(between.is_some_and(|folders| folders.is_empty() || folders.ends_with('/')))
    }

    fn told(&self, values: &Values<'_>) -> Result<String, HookError> {
        let mut told = self.before.plain(values)?;
        if let Some(after) = &self.after {
            told.push_str("*/");
            told.push_str(&after.plain(values)?);
        }
        Ok(told)
    }
}

impl<'de> Deserialize<'de> for Owner {
    fn deserialize<D: Deserializer<'de>>(toml: D) -> Result<Self, D::Error> {
        let text = String::deserialize(toml)?;
        let parse = |text: &str| Template::parse(text).map_err(de::Error::custom);
        match text.split_once("*/") {
            None => Ok(Self {
                before: parse(&text)?,
                after: None,
            }),
            Some((before, after)) => Ok(Self {
                before: parse(before)?,
                after: Some(parse(after)?),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::Fields;

    fn fits(owner: &str, said: &str, user: &str) -> bool {
        let whose: Whose = toml::from_str(&format!("\"/arn\" = \"{owner}\"")).expect(owner);
        let mut fields = Fields::default();
        fields.put("user", Secret::new(user));
        let values = Values {
            secret: Some(&fields),
            ..Values::default()
        };
        let content = serde_json::json!({"arn": said});
        whose.check(&content, &values, Some("user")).is_ok()
    }

    #[test]
    fn folders_are_passed_over_and_names_are_not() {
        let owner = "arn:aws:iam::1:user/*/{user}";
        for (said, user, expected) in [
            ("arn:aws:iam::1:user/a", "a", true),
            ("arn:aws:iam::1:user/x/y/a", "a", true),
            ("arn:aws:iam::1:user/ba", "a", false),
            ("arn:aws:iam::2:user/a", "a", false),
            ("arn:aws:iam::1:role/a", "a", false),
            ("arn:aws:iam::1:user/a/b", "a", false),
            ("arn:aws:iam::1:user/a", "*/a", false),
            ("arn:aws:iam::1:user/", "", false),
        ] {
            assert_eq!(fits(owner, said, user), expected, "{said} {user}");
        }
        assert!(fits("{user}", "a", "a") && !fits("{user}", "a", "A"));
        assert!(fits("{user}", "a", ""), "an id that nobody knows");
    }
}
