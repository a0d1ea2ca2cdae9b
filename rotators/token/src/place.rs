//! The places of a profile's texts: what each is filled with.

use std::fmt;

/// What stands between braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// `{user}`: a key of the secret.
    Secret(String),
    /// `{admin.token}`: a key of the admin's secret.
    Admin(String),
    /// `{aws.account}` and `{aws.partition}`: of the secret, and so of the function.
    Aws(Aws),
    /// `{new.name}` and others: what the new credential shall be like.
    New(New),
    /// `{old:/scopes}`: of the answer to the call `copy`, by JSON pointer.
    Old(String),
    /// `{login:/access_token}`: of the answer to the call that logs in.
    Login(String),
}

/// Where the function runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aws {
    Account,
    Partition,
}

/// What the new credential shall be like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum New {
    /// By which it is found again: our prefix, the secret's mark, the version, the time.
    Name,
    /// The value that we drew.
    Value,
    /// What it may do, as the function says.
    Scope,
    /// Its life, in seconds.
    Seconds,
    /// Its life, in hours, rounded up.
    Hours,
    /// Its life, in days, rounded up.
    Days,
    /// Its end, as RFC 3339 has it.
    End,
    /// The day of its end, as in `2026-12-31`.
    EndDate,
    /// Its end, in seconds since 1970.
    EndUnix,
}

impl New {
    const NAMES: [(&'static str, Self); 9] = [
        ("name", Self::Name),
        ("value", Self::Value),
        ("scope", Self::Scope),
        ("seconds", Self::Seconds),
        ("hours", Self::Hours),
        ("days", Self::Days),
        ("end", Self::End),
        ("end-date", Self::EndDate),
        ("end-unix", Self::EndUnix),
    ];
}

impl Place {
    /// What stands between the braces, understood.
    ///
    /// # Errors
    /// A sentence on what it must be.
    pub(crate) fn parse(name: &str) -> Result<Self, String> {
        let key = |key: &str| {
            let fits = |b: u8| b.is_ascii_alphanumeric() || b"_-".contains(&b);
            let sound = !key.is_empty() && key.bytes().all(fits);
            sound.then(|| key.to_owned()).ok_or_else(|| {
                format!("must not have the place {{{name}}}: a key has letters, digits, _ and -")
            })
        };
        let pointer = |pointer: &str| {
            if pointer.ends_with('?') {
                return Err(format!(
                    "must not have the place {{{name}}} here: what may be missing is a member in json, and its whole value"
                ));
            }
            let sound = pointer.is_empty() || pointer.starts_with('/');
            sound.then(|| pointer.to_owned()).ok_or_else(|| {
                format!("must have a JSON pointer in {{{name}}}: it begins with a slash")
            })
        };
        if let Some(rest) = name.strip_prefix("admin.") {
            return key(rest).map(Self::Admin);
        }
        match name {
            "aws.account" => return Ok(Self::Aws(Aws::Account)),
            "aws.partition" => return Ok(Self::Aws(Aws::Partition)),
            _ => {}
        }
        if let Some(rest) = name.strip_prefix("old:") {
            return pointer(rest).map(Self::Old);
        }
        if let Some(rest) = name.strip_prefix("login:") {
            return pointer(rest).map(Self::Login);
        }
        let Some(rest) = name.strip_prefix("new.") else {
            return key(name).map(Self::Secret);
        };
        let found = New::NAMES.into_iter().find(|(known, _)| *known == rest);
        found.map(|(_, new)| Self::New(new)).ok_or_else(|| {
            let names = New::NAMES.map(|(name, _)| format!("new.{name}"));
            format!(
                "must not have the place {{{name}}}: there are {}",
                names.join(", ")
            )
        })
    }
}

/// As a profile has it.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret(key) => write!(f, "{{{key}}}"),
            Self::Admin(key) => write!(f, "{{admin.{key}}}"),
            Self::Aws(Aws::Account) => f.write_str("{aws.account}"),
            Self::Aws(Aws::Partition) => f.write_str("{aws.partition}"),
            Self::Old(pointer) => write!(f, "{{old:{pointer}}}"),
            Self::Login(pointer) => write!(f, "{{login:{pointer}}}"),
            Self::New(new) => {
                let name = New::NAMES.iter().find(|(_, known)| known == new);
                write!(f, "{{new.{}}}", name.map_or("", |(name, _)| name))
            }
        }
    }
}
