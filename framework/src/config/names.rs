//! The names of the settings, and the words that they take.

use tracing::level_filters::LevelFilter;

use super::{PasswordSource, Strategy};
use crate::config::RetirePolicy;

/// Every variable that all rotators read, with its help text. Any other name that begins with `ROTATION_` is refused, unless it
/// is a setting of the rotator.
pub(crate) const VARIABLES: &[(&str, &str)] = &[
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
    (
        "RETIRE_PREVIOUS",
        "next-rotation, after-finish or never [default: next-rotation]",
    ),
    (
        "ROTATION_STRATEGY",
        "single-user, alternating-users or dual-password [default: the secret decides]",
    ),
    (
        "ROTATION_EAGER_FINISH",
        "true: setSecret also moves AWSCURRENT [default: false]",
    ),
    ("ONLY_SECRET", "ARN: this function rotates no other secret"),
    (
        "ALLOWED_HOSTS",
        "host names, and suffixes with a dot: connect to no others [default: any but loopback and link-local]",
    ),
    (
        "DATABASE_CA_BUNDLE",
        "PEM file: certificates to trust, besides those of RDS",
    ),
    (
        "AWS_CA_BUNDLE",
        "PEM file: certificates to trust, besides Amazon's",
    ),
    (
        "SECRETS_MANAGER_ENDPOINT",
        "https, or http on loopback [default: the Region's]",
    ),
    (
        "AWS_ENDPOINT_URL_RDS",
        "the same, for the RDS API, where that is asked",
    ),
    (
        "AWS_LAMBDA_LOG_LEVEL",
        "TRACE, DEBUG, INFO, WARN, ERROR or FATAL [default: INFO]",
    ),
];

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
