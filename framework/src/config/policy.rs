//! The password policy's options, which have the same names and rules as variables and as tags.

use super::variables::{Variables, flag, suggestion, told};
use crate::error::RotationError;
use crate::password::PasswordPolicy;
use crate::secret::printable;
use crate::settings::{Setting, TAG, tag_of};

const CHARACTERS: &str = "EXCLUDE_CHARACTERS";
const OPTIONS: [&str; 8] = [
    CHARACTERS,
    "PASSWORD_LENGTH",
    "EXCLUDE_NUMBERS",
    "EXCLUDE_PUNCTUATION",
    "EXCLUDE_UPPERCASE",
    "EXCLUDE_LOWERCASE",
    "INCLUDE_SPACE",
    "REQUIRE_EACH_INCLUDED_TYPE",
];

/// The function's policy.
pub(super) fn from_variables(vars: &mut Variables, exclude_characters: &str) -> PasswordPolicy {
    let mut policy = PasswordPolicy {
        exclude_characters: exclude_characters.to_owned(),
        ..PasswordPolicy::default()
    };
    let mut set = Vec::new();
    let mut sound = true;
    for option in OPTIONS {
        let value = match option {
            CHARACTERS => vars.raw(option),
            _ => vars.get(option),
        };
        if let Some(value) = value {
            let read = assign(&mut policy, option, option, value);
            sound &= vars.keep(read).is_some();
            set.push(option.to_owned());
        }
    }
    if sound {
        vars.keep(check(&policy, &set));
    }
    policy
}

/// The tag that overrides this variable, if it is one of the policy's.
#[cfg(feature = "command-line")]
pub(crate) fn password_tag(variable: &str) -> Option<String> {
    OPTIONS.contains(&variable).then(|| tag_of(variable))
}

/// One secret's policy.
pub(super) fn from_tags(
    function: &PasswordPolicy,
    tags: &[(String, String)],
    others: &[Setting],
) -> Result<PasswordPolicy, RotationError> {
    let (others, alone): (Vec<&Setting>, Vec<&Setting>) =
        others.iter().partition(|setting| setting.by_tag);
    let others: Vec<String> = others.into_iter().map(Setting::tag).collect();
    let mut policy = function.clone();
    let mut set = Vec::new();
    let mut problems = Vec::new();
    let ours = tags
        .iter()
        .filter(|(tag, _)| tag.starts_with(TAG) && !others.contains(tag));
    for (tag, value) in ours {
        let Some(option) = OPTIONS.into_iter().find(|option| tag_of(option) == *tag) else {
            let alone = alone.iter().find(|setting| setting.tag() == *tag);
            problems.push(alone.map_or_else(
                || unknown(tag, &others),
                |setting| functions_own(tag, setting.name),
            ));
            continue;
        };
        if value.is_empty() {
            continue;
        }
        let value = match option {
            CHARACTERS => format!("{}{value}", policy.exclude_characters),
            _ => value.clone(),
        };
        let name = format!("the tag {tag}");
        problems.extend(assign(&mut policy, option, &name, value).err());
        set.push(name);
    }
    if problems.is_empty() {
        problems.extend(check(&policy, &set).err());
    }
    told(problems).map_or(Ok(policy), |all| Err(RotationError::Policy(all)))
}

/// Sets `option`, which the operator knows by `name`.
fn assign(
    policy: &mut PasswordPolicy,
    option: &str,
    name: &str,
    value: String,
) -> Result<(), String> {
    match option {
        CHARACTERS => policy.exclude_characters = value,
        "PASSWORD_LENGTH" => policy.length = length(name, &value)?,
        "EXCLUDE_NUMBERS" => policy.exclude_numbers = flag(name, &value)?,
        "EXCLUDE_PUNCTUATION" => policy.exclude_punctuation = flag(name, &value)?,
        "EXCLUDE_UPPERCASE" => policy.exclude_uppercase = flag(name, &value)?,
        "EXCLUDE_LOWERCASE" => policy.exclude_lowercase = flag(name, &value)?,
        "INCLUDE_SPACE" => policy.include_space = flag(name, &value)?,
        _ => policy.require_each_included_type = flag(name, &value)?,
    }
    Ok(())
}

fn length(name: &str, value: &str) -> Result<usize, String> {
    let parsed = value.parse().ok().filter(|n| (1..=4096).contains(n));
    parsed.ok_or_else(|| format!("{name} must be 1-4096, not \"{}\"", printable(value, 40)))
}

/// Refuses a policy that cannot be used. The message names the options that were set, since these are what somebody must
/// change.
fn check(policy: &PasswordPolicy, set: &[String]) -> Result<(), String> {
    let names = match set {
        [] => String::new(),
        _ => format!("{}: ", set.join(", ")),
    };
    policy
        .check()
        .map_err(|problem| format!("{names}{problem}"))
}

fn functions_own(tag: &str, variable: &str) -> String {
    format!(
        "the tag {tag} has no effect: set the variable {variable} of the function, and remove the tag"
    )
}

fn unknown(tag: &str, others: &[String]) -> String {
    let tags: Vec<String> = OPTIONS.iter().map(|option| tag_of(option)).collect();
    let known = tags.iter().chain(others).map(String::as_str);
    let hint = suggestion(tag, known, TAG);
    format!("unknown tag {}{hint}", printable(tag, 130))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tagged(tags: &[(&str, &str)]) -> Result<PasswordPolicy, String> {
        let function = PasswordPolicy {
            exclude_characters: "\"".into(),
            ..PasswordPolicy::default()
        };
        let tags: Vec<_> = tags
            .iter()
            .map(|(tag, value)| ((*tag).to_owned(), (*value).to_owned()))
            .collect();
        from_tags(&function, &tags, &[]).map_err(|error| error.to_string())
    }

    #[test]
    fn tags_override_and_characters_are_added() {
        let policy = tagged(&[
            ("owner", "rotation:team"),
            ("rotation:password-length", "40"),
            ("rotation:exclude-characters", "@:"),
            ("rotation:exclude-punctuation", "yes"),
        ])
        .expect("valid");
        assert_eq!((policy.length, policy.exclude_punctuation), (40, true));
        assert_eq!(policy.exclude_characters, "\"@:");
    }

    #[test]
    fn problems_name_their_tag() {
        let text = tagged(&[
            ("rotation:password-lenght", "40"),
            ("rotation:include-space", "perhaps"),
        ])
        .expect_err("two problems");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "unknown tag rotation:password-lenght. Did you mean rotation:password-length?"
        );
        assert!(lines[1].starts_with("the tag rotation:include-space must be true/1/y/yes"));
        let weak = tagged(&[("rotation:password-length", "8")]).expect_err("weak");
        assert!(weak.starts_with("the tag rotation:password-length: the password policy gives 5"));
    }
}
