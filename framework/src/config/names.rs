//! The names of the settings, and the words that they take.

use tracing::level_filters::LevelFilter;

use super::{PasswordSource, Strategy};
use crate::config::RetirePolicy;
use crate::settings::Shared;

/// The variables that the framework reads, with their help, by the groups in which a rotator says that it uses them. No group: each
/// rotator does. Any other name that begins with `ROTATION_` is refused, unless it is a setting of the rotator.
pub(crate) const VARIABLES: &[(Option<Shared>, Group)] = &[
    (Some(Shared::Passwords), PASSWORDS),
    (Some(Shared::OldCredentials), OLD_CREDENTIALS),
    (Some(Shared::Hosts), HOSTS),
    (Some(Shared::Databases), DATABASES),
    (None, ALL),
];
/// Names, with their help.
type Group = &'static [(&'static str, &'static str)];

const PASSWORDS: Group = &[
    ("PASSWORD_LENGTH", "1-4096 characters [default: 32]"),
    ("EXCLUDE_CHARACTERS", "characters that no password has"),
    ("EXCLUDE_NUMBERS", "true: no digits"),
    ("EXCLUDE_PUNCTUATION", "true: no punctuation marks"),
    ("EXCLUDE_UPPERCASE", "true: no A-Z"),
    ("EXCLUDE_LOWERCASE", "true: no a-z"),
    ("INCLUDE_SPACE", "true: spaces may occur"),
    (
        "REQUIRE_EACH_INCLUDED_TYPE",
        "one of each class that is not excluded [default: true]",
    ),
    (
        "PASSWORD_SOURCE",
        "local or secrets-manager [default: local]",
    ),
];
const OLD_CREDENTIALS: Group = &[(
    "RETIRE_PREVIOUS",
    "when the old credential ends, if two can live: next-rotation, after-finish or never [default: next-rotation]",
)];
const HOSTS: Group = &[(
    "ALLOWED_HOSTS",
    "the only hosts that secrets may name, with commas. A suffix begins with a dot [default: all but loopback and link-local]",
)];
const DATABASES: Group = &[
    (
        "DATABASE_CA_BUNDLE",
        "PEM file: certificates to trust, besides those of RDS",
    ),
    (
        "AWS_ENDPOINT_URL_RDS",
        "the RDS API: https, or http on loopback [default: the Region's address]",
    ),
];
const ALL: Group = &[
    (
        "ROTATION_STRATEGY",
        "whose password is changed [default: the secret decides]",
    ),
    (
        "ROTATION_EAGER_FINISH",
        "true: setSecret also moves AWSCURRENT [default: false]",
    ),
    ("ONLY_SECRET", "ARN: this function rotates no other secret"),
    (
        "AWS_CA_BUNDLE",
        "PEM file: certificates to trust, besides Amazon's",
    ),
    (
        "SECRETS_MANAGER_ENDPOINT",
        "https, or http on loopback [default: the Region's address]",
    ),
    (
        "AWS_USE_FIPS_ENDPOINT",
        "true: call the FIPS endpoints of AWS [default: false]",
    ),
    (
        "AWS_USE_DUALSTACK_ENDPOINT",
        "true: call the endpoints of AWS that also have IPv6 addresses [default: false]",
    ),
    (
        "AWS_LAMBDA_LOG_LEVEL",
        "TRACE, DEBUG, INFO, WARN, ERROR or FATAL [default: INFO]",
    ),
];

/// The names of all of them.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let variables = VARIABLES.iter().flat_map(|(_, variables)| *variables);
    variables.map(|(name, _)| *name)
}

/// The word for a strategy in `ROTATION_STRATEGY`.
#[cfg(any(feature = "lambda", feature = "command-line", feature = "database"))]
pub(crate) fn word(strategy: Strategy) -> &'static str {
    let found = STRATEGIES.iter().find(|(_, known)| *known == strategy);
    found.map_or("", |(word, _)| word)
}

/// AWS's SDKs know these two words, and no others.
pub(super) const SWITCH: [(&str, bool); 2] = [("true", true), ("false", false)];
pub(super) const SOURCES: [(&str, PasswordSource); 2] = [
    ("local", PasswordSource::Local),
    ("secrets-manager", PasswordSource::SecretsManager),
];
pub(super) const RETIRE: [(&str, RetirePolicy); 3] = [
    ("next-rotation", RetirePolicy::NextRotation),
    ("after-finish", RetirePolicy::AfterFinish),
    ("never", RetirePolicy::Never),
];
pub(super) const STRATEGIES: [(&str, Strategy); 3] = [
    ("single-user", Strategy::SingleUser),
    ("alternating-users", Strategy::AlternatingUsers),
    ("dual-password", Strategy::DualPassword),
];
pub(super) const LEVELS: [(&str, LevelFilter); 6] = [
    ("TRACE", LevelFilter::TRACE),
    ("DEBUG", LevelFilter::DEBUG),
    ("INFO", LevelFilter::INFO),
    ("WARN", LevelFilter::WARN),
    ("ERROR", LevelFilter::ERROR),
    ("FATAL", LevelFilter::ERROR),
];
