//! What the places of a profile are filled with.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use rotation::version;
use rotation::{HookError, Secret};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::fields::Fields;
use crate::place::{Aws, New, Place};

/// The values of one call. What is not there was not to be used by it, as the profile's check made sure.
#[derive(Clone, Copy, Default)]
pub(crate) struct Values<'a> {
    /// The secret's, and the profile's defaults behind them.
    pub(crate) secret: Option<&'a Fields>,
    /// The admin's.
    pub(crate) admin: Option<&'a Fields>,
    /// Where the secret is.
    pub(crate) aws: Option<version::Place<'a>>,
    /// The new credential's.
    pub(crate) new: Option<&'a Wanted>,
    /// The answer to the call `copy`.
    pub(crate) old: Option<&'a Value>,
    /// The answer to the call that logs in.
    pub(crate) login: Option<&'a Value>,
}

/// What the new credential shall be like.
pub(crate) struct Wanted {
    /// By which it is found again.
    pub(crate) name: String,
    /// The value that we drew, where we do.
    pub(crate) value: Option<Secret>,
    /// What it may do, where the function says so.
    pub(crate) scope: Option<String>,
    /// When its life begins.
    pub(crate) now: SystemTime,
    /// How long it lasts.
    pub(crate) life: Option<Duration>,
}

impl<'a> Values<'a> {
    /// The value of `place`, as a text.
    ///
    /// # Errors
    /// If there is none, or none that is a text.
    pub(crate) fn text(&self, place: &Place) -> Result<Cow<'a, str>, HookError> {
        let found = match place {
            Place::Secret(key) => self.secret.and_then(|secret| secret.get(key)),
            Place::Admin(key) => self.admin.and_then(|admin| admin.get(key)),
            Place::Aws(Aws::Account) => self.aws.map(|aws| aws.account),
            Place::Aws(Aws::Partition) => self.aws.map(|aws| aws.partition),
            Place::New(New::Name) => self.new.map(|new| new.name.as_str()),
            Place::New(New::Value) => self
                .new
                .and_then(|new| new.value.as_ref())
                .map(Secret::expose),
            Place::New(_) | Place::Old(_) | Place::Login(_) => {
                return match self.json(place)? {
                    Value::String(text) => Ok(Cow::Owned(text)),
                    Value::Number(number) => Ok(Cow::Owned(number.to_string())),
                    _ => Err(missing(place)),
                };
            }
        };
        found.map(Cow::Borrowed).ok_or_else(|| missing(place))
    }

    /// The value of `place`, with its type.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) fn json(&self, place: &Place) -> Result<Value, HookError> {
        let at = |answer: Option<&Value>, pointer: &str| {
            let found = answer.and_then(|answer| answer.pointer(pointer)).cloned();
            found.ok_or_else(|| missing(place))
        };
        match place {
            Place::Old(pointer) => at(self.old, pointer),
            Place::Login(pointer) => at(self.login, pointer),
            Place::New(new) => self.wanted(*new).ok_or_else(|| missing(place)),
            _ => self.text(place).map(|text| Value::from(text.into_owned())),
        }
    }

    fn wanted(&self, what: New) -> Option<Value> {
        let new = self.new?;
        let end = || OffsetDateTime::from(new.now).checked_add(new.life?.try_into().ok()?);
        Some(match what {
            New::Name => new.name.as_str().into(),
            New::Value => new.value.as_ref()?.expose().into(),
            New::Scope => new.scope.as_deref()?.into(),
            New::Seconds => new.life?.as_secs().into(),
            New::Hours => new.life?.as_secs().div_ceil(3600).into(),
            New::Days => new.life?.as_secs().div_ceil(86400).into(),
            New::End => end()?
                .replace_nanosecond(0)
                .ok()?
                .format(&Rfc3339)
                .ok()?
                .into(),
            New::EndDate => end()?.date().to_string().into(),
            New::EndUnix => end()?.unix_timestamp().into(),
        })
    }
}

fn missing(place: &Place) -> HookError {
    HookError::refused(match place {
        Place::Secret(key) => format!("the secret has no key {key}, which the profile needs"),
        Place::Admin(key) => format!("the admin secret has no key {key}, which the profile needs"),
        Place::Old(pointer) => format!(
            "the present credential, as the service shows it, has nothing at {pointer}. The profile copies that"
        ),
        Place::Login(pointer) => {
            format!("the answer to the login has nothing at {pointer}. The profile needs that")
        }
        Place::Aws(_) | Place::New(_) => format!("there is no {place} here"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Template;

    #[test]
    fn the_end_in_each_form() {
        let new = Wanted {
            name: "n".into(),
            value: None,
            scope: Some("read".into()),
            now: SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_500),
            life: Some(Duration::from_secs(36 * 3600)),
        };
        let values = Values {
            new: Some(&new),
            ..Values::default()
        };
        for (text, expected) in [
            ("{new.seconds}s", "129600s"),
            ("{new.hours}", "36"),
            ("{new.days}", "2"),
            ("{new.scope}", "read"),
            ("{new.end}", "2023-11-16T10:13:20Z"),
            ("{new.end-date}", "2023-11-16"),
            ("{new.end-unix}", "1700129600"),
        ] {
            let filled = Template::parse(text).expect(text).plain(&values);
            assert_eq!(filled.map_err(|e| e.text().to_owned()), Ok(expected.into()));
        }
        let alone = Template::parse("{new.seconds}").expect("a place");
        assert!(alone.json(&values).is_ok_and(|value| value == 129_600));
    }
}
