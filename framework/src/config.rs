//! The settings of a function. They are read once, from its environment. One error names all problems.

mod endpoint;
mod names;
mod policy;
mod variables;

use std::path::PathBuf;

use tracing::level_filters::LevelFilter;

use crate::error::RotationError;
use crate::password::PasswordPolicy;
use crate::protocol::RetirePolicy;
use crate::secret::printable;
use crate::settings::{Setting, Settings};
use crate::version::SecretId;
use names::{LEVELS, RETIRE, SOURCES, STRATEGIES};
use variables::Variables;

#[cfg(any(test, feature = "lambda"))]
pub(crate) use names::VARIABLES;

/// The checked settings of a function.
///
/// A variable with an empty value counts as not set. `EXCLUDE_CHARACTERS` is the exception: if it is empty, no character is
/// excluded.
#[derive(Clone, Debug)]
pub struct Config {
    /// The function's password policy. The tags of a secret can still change it: [`policy_for`](Self::policy_for).
    pub policy: PasswordPolicy,
    /// Who makes a new password.
    pub password_source: PasswordSource,
    /// When the old credential ends.
    pub retire: RetirePolicy,
    /// Whether setSecret also moves AWSCURRENT.
    pub eager_finish: bool,
    /// The one secret that this function rotates. With `None`, it rotates every secret that names it.
    pub only_secret: Option<SecretId>,
    /// The strategy for all secrets of this function, if the rotator has several. With `None`, each secret decides.
    pub strategy: Option<Strategy>,
    /// The address of Secrets Manager. With `None`, it is the Region's usual one.
    pub endpoint: Option<String>,
    /// The address of the RDS API. With `None`, it is the Region's usual one.
    pub rds_endpoint: Option<String>,
    /// A PEM file with certificates to trust for connections to AWS, besides Amazon's own.
    pub aws_ca_bundle: Option<PathBuf>,
    /// A PEM file with certificates to trust for connections to databases, besides those of RDS.
    pub database_ca_bundle: Option<PathBuf>,
    /// The values of the rotator's own settings.
    pub settings: Settings,
    /// The hosts that a secret may name: names, or suffixes that begin with a dot. If there are none, a secret may name any
    /// host. An address that is loopback, link-local, unspecified or multicast is allowed only if the list has the host's whole
    /// name.
    pub allowed_hosts: Vec<String>,
    /// The level of the log.
    pub log_level: LevelFilter,
}

/// Who makes a new password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PasswordSource {
    /// The function draws it from the operating system's random generator.
    #[default]
    Local,
    /// Secrets Manager makes it (GetRandomPassword).
    SecretsManager,
}

/// Whose password is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// One user.
    SingleUser,
    /// Two users who take turns.
    AlternatingUsers,
    /// One user with two passwords.
    DualPassword,
}

impl Default for Config {
    /// The settings if no variable is set, but without excluded characters.
    fn default() -> Self {
        Self {
            policy: PasswordPolicy::default(),
            password_source: PasswordSource::default(),
            retire: RetirePolicy::default(),
            eager_finish: false,
            only_secret: None,
            strategy: None,
            endpoint: None,
            rds_endpoint: None,
            aws_ca_bundle: None,
            database_ca_bundle: None,
            settings: Settings::default(),
            allowed_hosts: Vec::new(),
            log_level: LevelFilter::INFO,
        }
    }
}

impl Config {
    /// Reads the process's environment. `exclude_characters` and `settings` are the rotator's own
    /// [`EXCLUDE_CHARACTERS`](crate::Rotator::EXCLUDE_CHARACTERS) and [`SETTINGS`](crate::Rotator::SETTINGS).
    ///
    /// # Errors
    /// See [`from_vars`](Self::from_vars).
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the settings come from"
    )]
    pub fn from_env(
        exclude_characters: &str,
        settings: &'static [Setting],
    ) -> Result<Self, RotationError> {
        let readable = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((
                name.into_string().ok()?,
                value.to_string_lossy().into_owned(),
            ))
        };
        let vars = std::env::vars_os().filter_map(readable);
        Self::from_vars(vars, exclude_characters, settings)
    }

    /// Reads the settings from variables: their names and their values.
    ///
    /// # Errors
    /// [`RotationError::Config`], which names all problems, one per line.
    pub fn from_vars(
        vars: impl IntoIterator<Item = (String, String)>,
        exclude_characters: &str,
        settings: &'static [Setting],
    ) -> Result<Self, RotationError> {
        let mut vars = Variables::new(vars);
        vars.refuse_unknown(settings);
        let config = Self {
            policy: policy::from_variables(&mut vars, exclude_characters),
            password_source: vars.choice("PASSWORD_SOURCE", &SOURCES).unwrap_or_default(),
            retire: vars.choice("RETIRE_PREVIOUS", &RETIRE).unwrap_or_default(),
            eager_finish: vars.flag("ROTATION_EAGER_FINISH").unwrap_or_default(),
            only_secret: secret_id(&mut vars, "ONLY_SECRET"),
            strategy: vars.choice("ROTATION_STRATEGY", &STRATEGIES),
            endpoint: endpoint::from_variables(&mut vars, &endpoint::SECRETS_MANAGER),
            rds_endpoint: endpoint::from_variables(&mut vars, &endpoint::RDS),
            aws_ca_bundle: vars.get("AWS_CA_BUNDLE").map(PathBuf::from),
            database_ca_bundle: vars.get("DATABASE_CA_BUNDLE").map(PathBuf::from),
            settings: Settings::read(settings, |name| vars.get(name)),
            allowed_hosts: endpoint::hosts(&mut vars, "ALLOWED_HOSTS"),
            log_level: vars
                .choice("AWS_LAMBDA_LOG_LEVEL", &LEVELS)
                .unwrap_or(LevelFilter::INFO),
        };
        vars.finish(config)
    }

    /// The password policy for a secret with these tags.
    ///
    /// A tag overrides the variable of the same name. The tags are `rotation:password-length`, `rotation:exclude-numbers`,
    /// `rotation:exclude-punctuation`, `rotation:exclude-uppercase`, `rotation:exclude-lowercase`, `rotation:include-space` and
    /// `rotation:require-each-included-type`. The characters of `rotation:exclude-characters` are added to those of the
    /// function, since a tag's value can hold neither quotes nor a backslash.
    ///
    /// # Errors
    /// [`RotationError::Policy`], which names all problems, one per line, each with its tag.
    pub fn policy_for(&self, tags: &[(String, String)]) -> Result<PasswordPolicy, RotationError> {
        policy::from_tags(&self.policy, tags, self.settings.known())
    }
}

fn secret_id(vars: &mut Variables, name: &'static str) -> Option<SecretId> {
    let arn = vars.get(name)?;
    let id = SecretId::parse(&arn);
    if id.is_none() {
        vars.problem(format!(
            "{name} must be the full ARN of a secret, not {:?}",
            printable(&arn, 100)
        ));
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(vars: &[(&str, &str)]) -> Result<Config, String> {
        let vars = vars
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        const SETTINGS: &[Setting] = &[
            Setting::by_tag("DOOR_SIDE", "which side"),
            Setting::of_function("DOOR_KEY", "which key"),
        ];
        Config::from_vars(vars, ":/@\"'\\", SETTINGS).map_err(|error| error.to_string())
    }

    fn wrong(name: &str, value: &str) -> String {
        read(&[(name, value)]).expect_err(value)
    }

    #[test]
    fn nothing_set_is_awss_default() {
        let config = read(&[("PATH", "/bin"), ("PASSWORD_LENGTH", "")]).expect("valid");
        assert_eq!(config.policy.length, 32);
        assert_eq!(config.policy.exclude_characters, ":/@\"'\\");
        assert!(config.policy.require_each_included_type && !config.eager_finish);
        assert_eq!((config.endpoint, config.strategy), (None, None));
        assert_eq!(config.log_level, LevelFilter::INFO);
    }

    #[test]
    fn settings_are_read() {
        let config = read(&[
            ("PASSWORD_LENGTH", "20"),
            ("EXCLUDE_CHARACTERS", ""),
            ("EXCLUDE_PUNCTUATION", "YES"),
            ("REQUIRE_EACH_INCLUDED_TYPE", "0"),
            ("RETIRE_PREVIOUS", "after-finish"),
            ("ROTATION_STRATEGY", "alternating-users"),
            ("ALLOWED_HOSTS", "localhost, .internal"),
            ("PASSWORD_SOURCE", "secrets-manager"),
        ])
        .expect("valid");
        assert_eq!(
            (config.policy.length, config.retire),
            (20, RetirePolicy::AfterFinish)
        );
        assert_eq!(config.policy.exclude_characters, "");
        assert!(config.policy.exclude_punctuation && !config.policy.require_each_included_type);
        assert_eq!(config.strategy, Some(Strategy::AlternatingUsers));
        assert_eq!(config.allowed_hosts, ["localhost", ".internal"]);
        assert_eq!(config.password_source, PasswordSource::SecretsManager);
    }

    #[test]
    fn bad_settings_are_refused_in_words() {
        for value in ["abc", "0", "-1", "5000"] {
            assert!(wrong("PASSWORD_LENGTH", value).starts_with("PASSWORD_LENGTH must be 1-4096"));
        }
        let weak = wrong("PASSWORD_LENGTH", "7");
        assert!(
            weak.contains("bits of entropy, below the floor of 64"),
            "{weak}"
        );
        for value in ["maybe", "TRUE ", "on"] {
            let text = wrong("EXCLUDE_NUMBERS", value);
            assert!(text.contains("EXCLUDE_NUMBERS must be true/1/y/yes or false/0/n/no"));
        }
        let text = wrong("ROTATION_ALOWED_HOSTS", "x");
        assert!(text.contains("unknown setting ROTATION_ALOWED_HOSTS; did you mean ALLOWED_HOSTS"));
        for value in [
            "http://example.com",
            "ftp://localhost",
            "localhost",
            "https://a@b",
            "https://user:hunter2@b/@hunter2@c",
        ] {
            let text = wrong("SECRETS_MANAGER_ENDPOINT", value);
            assert!(!text.contains("hunter2"), "{text}");
            assert!(
                text.contains("must be https, or http on loopback"),
                "{text}"
            );
        }
    }

    #[test]
    fn a_rotators_own_setting_is_overridden_by_a_tag() {
        let config = read(&[("DOOR_SIDE", "left")]).expect("valid");
        let tag = |name: &str| [(name.to_owned(), "right".to_owned())];
        let tagged = config.settings.with_tags(&tag("rotation:door-side"));
        assert_eq!(config.settings.get("DOOR_SIDE"), Some("left"));
        assert_eq!(tagged.get("DOOR_SIDE"), Some("right"));
        assert!(config.policy_for(&tag("rotation:door-side")).is_ok());
        assert!(config.policy_for(&tag("rotation:door-sides")).is_err());
    }

    #[test]
    fn a_setting_of_the_function_has_no_tag() {
        let config = read(&[("DOOR_KEY", "small")]).expect("valid");
        let tag = [("rotation:door-key".to_owned(), "master".to_owned())];
        let tagged = config.settings.with_tags(&tag);
        assert_eq!(tagged.get("DOOR_KEY"), Some("small"));
        let refused = config.policy_for(&tag).expect_err("refused").to_string();
        let words =
            "the tag rotation:door-key has no effect: set the variable DOOR_KEY of the function";
        assert!(refused.contains(words), "{refused}");
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let text = read(&[
            ("PASSWORD_LENGTH", "x"),
            ("PASSWORD_SOURCE", "dice"),
            ("ROTATION_EAGER_FINISH", "on"),
        ])
        .expect_err("three");
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.contains("PASSWORD_SOURCE must be local or secrets-manager, not \"dice\""));
    }

    #[test]
    fn every_variable_in_the_help_is_read() {
        for (name, _) in VARIABLES {
            let read_it = read(&[(name, "\u{1}\n")]).map(|config| format!("{config:?}"));
            let unset = read(&[]).map(|config| format!("{config:?}"));
            assert_ne!(read_it, unset, "{name}");
        }
    }
}
