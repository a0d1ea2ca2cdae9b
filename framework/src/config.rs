//! The settings of a function. They are read once, from its environment. One error names all problems.

mod endpoint;
mod names;
mod policy;
#[cfg(test)]
mod tests;
mod variables;

use std::path::PathBuf;

#[doc(no_inline)]
pub use tracing::level_filters::LevelFilter;

use crate::error::RotationError;
use crate::password::PasswordPolicy;
pub use crate::protocol::RetirePolicy;
use crate::secret::printable;
use crate::settings::{Setting, Settings};
use crate::version::SecretId;
use names::{LEVELS, RETIRE, SOURCES, STRATEGIES, SWITCH};
use variables::Variables;

#[cfg(any(feature = "lambda", feature = "command-line", feature = "database"))]
pub(crate) use names::word;
#[cfg(feature = "command-line")]
pub(crate) use {
    endpoint::check as check_address, names::VARIABLES, policy::password_tag, variables::either,
};

/// The checked settings of a function.
///
/// A variable with an empty value counts as not set. `EXCLUDE_CHARACTERS` is the exception: if it is empty, no character is
/// excluded.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// The function's password policy. The tags of a secret can still change it: [`policy_for`](Self::policy_for).
    pub policy: PasswordPolicy,
    /// The source of a new password.
    pub password_source: PasswordSource,
    /// When the old credential ends.
    pub retire: RetirePolicy,
    /// True if setSecret also moves AWSCURRENT.
    pub eager_finish: bool,
    /// The one secret that this function rotates. With `None`, it rotates every secret that names it.
    pub only_secret: Option<SecretId>,
    /// The strategy for all secrets of this function, if the rotator has several. With `None`, each secret decides.
    pub strategy: Option<Strategy>,
    /// The address of Secrets Manager. With `None`, it is the Region's usual one.
    pub endpoint: Option<String>,
    /// The address of the RDS API. With `None`, it is the Region's usual one.
    pub rds_endpoint: Option<String>,
    /// True if the FIPS endpoints of AWS are called. With `None`, they are called only if a profile on the command line says so.
    pub fips: Option<bool>,
    /// True if the endpoints of AWS are called that have IPv6 addresses too. With `None`, they are called only if a profile on the
    /// command line says so.
    pub dual_stack: Option<bool>,
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

/// The source of a new password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PasswordSource {
    /// The function draws it from the operating system's random generator.
    #[default]
    Local,
    /// Secrets Manager makes it (GetRandomPassword).
    SecretsManager,
}

/// Whose password is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
            fips: None,
            dual_stack: None,
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
            fips: vars.choice("AWS_USE_FIPS_ENDPOINT", &SWITCH),
            dual_stack: vars.choice("AWS_USE_DUALSTACK_ENDPOINT", &SWITCH),
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

    /// Refuses a strategy that the rotator does not know.
    #[cfg(any(feature = "lambda", feature = "command-line"))]
    pub(crate) fn check_strategy(&self, known: &[Strategy]) -> Result<(), RotationError> {
        let Some(strategy) = self.strategy.filter(|strategy| !known.contains(strategy)) else {
            return Ok(());
        };
        let set = word(strategy);
        let words: Vec<&str> = known.iter().copied().map(word).collect();
        Err(RotationError::Config(match words[..] {
            [] => format!(
                "ROTATION_STRATEGY is {set}, and this rotator has no choice: leave it empty"
            ),
            _ => format!(
                "ROTATION_STRATEGY is {set}: this rotator knows {}",
                words.join(" and ")
            ),
        }))
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
