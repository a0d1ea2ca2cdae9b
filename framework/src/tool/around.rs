//! What is around a secret: its function, the role, policies, the key, the network, alarms, and the last error. Everything is read, and
//! nothing is changed. What may not be read is a sentence in [`Around::unknown`], and never an error.

mod alarms;
mod function;
mod key;
mod network;
mod policy;
mod role;
mod secret;
#[cfg(test)]
mod tests;

use std::time::{Duration, UNIX_EPOCH};

use futures_util::future::{join_all, join3, join4};
use serde::Serialize;

use super::known::Reading;
use crate::aws::around::function::Configuration;
use crate::aws::around::logs::{LastError, last_error};
use crate::aws::around::{Api, alarms as figures, function as lambda};
use crate::aws::connect::Access;
use crate::aws::{AwsStore, Survey};
use crate::clock::{now, rfc3339};
use crate::error::StoreError;
use crate::secret::{Secret, printable, scrub};
use crate::store::{SecretStore, Which};
use crate::version::{Place, SecretId, Stage};

/// How far back the function's log is read.
const LOOK_BACK: Duration = Duration::from_secs(3 * 24 * 60 * 60);

/// What it is called, if it cannot be read.
const LAST_ERROR: &str = "the function's last error";
/// The most of an error that is shown, in characters.
const LONGEST: usize = 600;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Around {
    /// What is there, each with a name for it.
    pub(super) facts: Vec<(&'static str, String)>,
    /// What is wrong. What stops a rotation comes first.
    pub(super) faults: Vec<Fault>,
    /// What could not be read, and the right that it needs.
    pub(super) unknown: Vec<String>,
    /// The function's last error, of the last three days.
    pub(super) last_error: Option<LastError>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Fault {
    /// What must be changed: an ARN, or an id.
    pub(super) culprit: String,
    /// What is wrong with it.
    pub(super) says: String,
    /// What to type or to do.
    pub(super) fix: String,
    /// Whether rotations fail by it. Otherwise, it is a risk.
    pub(super) stops: bool,
}

/// What is looked at.
struct Subject<'a> {
    secret: &'a str,
    function: &'a str,
    /// The id, alias or ARN of the secret's key, if it is a customer's.
    key: Option<&'a str>,
    tags: &'a [(String, String)],
    administrator: Option<&'a str>,
    /// The target's port, if that is known.
    port: Option<u16>,
}

impl Fault {
    /// For the screen.
    pub(super) fn line(&self) -> String {
        let Self {
            culprit, says, fix, ..
        } = self;
        format!("{culprit}: {says}. {fix}")
    }
}

impl<'a> Subject<'a> {
    fn of(found: &'a Survey, reading: Option<&'a Reading>) -> Self {
        let function = found.description.rotation_function.as_deref();
        let administrator = reading.and_then(|reading| reading.administrator.as_deref());
        Self {
            secret: found.id.as_str(),
            function: function.unwrap_or_default(),
            key: found.key.as_deref(),
            tags: &found.description.tags,
            administrator,
            port: reading.and_then(|reading| port(&reading.target)),
        }
    }

    /// Where the secret is.
    fn home(&self) -> Place<'a> {
        Place::of(self.secret)
    }

    /// What a command needs to find the function, whose Region may not be the person's.
    fn of_function(&self) -> String {
        let Self { function, .. } = self;
        format!(
            "--function-name {function} --region {}",
            Place::of(function).region
        )
    }
}

/// The port at the end of a target, as in `db.example:5432` or `db.example:5432/app`.
fn port(target: &str) -> Option<u16> {
    let behind_address = target.rsplit(']').next()?;
    let digits = behind_address.rsplit(':').next()?;
    let end = digits.find(|c: char| !c.is_ascii_digit());
    digits[..end.unwrap_or(digits.len())].parse().ok()
}

/// Looks around. `settings` are the variables that the rotators know.
pub(super) async fn look(
    access: &Access,
    store: &AwsStore,
    found: &Survey,
    reading: Option<&Reading>,
    settings: &[&str],
) -> Around {
    let subject = Subject::of(found, reading);
    let mut around = Around::default();
    let functions = Api::at(access, subject.function);
    let name = lambda::name(subject.function);
    let alarms = async {
        match name {
            "" => Ok((Vec::new(), true)),
            name => figures::of(&functions, name).await,
        }
    };
    let (function, alarms, key, policy) = join4(
        function::ask(&functions, subject.function),
        alarms,
        key::ask(access, &subject),
        store.resource_policy(&found.id),
    )
    .await;
    let key = around.key(&subject, key);
    let policy = around.learn("the secret's resource policy", policy);
    if subject.function.is_empty() {
        return around;
    }
    let gone = matches!(function.configuration, Ok(None));
    match around.function(&subject, function, settings) {
        Some(configuration) => {
            let policies = policy::Policies::new(policy.flatten(), key);
            let asked = around.configured(access, &subject, &configuration, &policies);
            asked.await;
        }
        None if gone => return around,
        None => {
            let error = logged(access, &subject, None).await;
            around.last_error = around.learn(LAST_ERROR, error).flatten();
        }
    }
    around.alarms(&subject, alarms);
    around.faults.sort_by_key(|fault| !fault.stops);
    if let Some(error) = &mut around.last_error {
        error.text = without_secrets(store, &found.id, &error.text).await;
        let shown = shown(error);
        around.fact("Last error", shown);
    }
    around
}

/// A text of the function's log, as it may be shown: without what AWSCURRENT and AWSPENDING hold, as far as the caller may read that. Errors
/// of AWS's templates may quote the new password.
pub(super) async fn without_secrets(store: &AwsStore, secret: &SecretId, text: &str) -> String {
    let stages = [Stage::Current, Stage::Pending].map(Which::Stage);
    let values = join_all(stages.map(|stage| store.value(secret, stage))).await;
    let values = values.into_iter().filter_map(|read| read.ok().flatten());
    let secrets: Vec<Secret> = values.flat_map(|version| version.value.guarded()).collect();
    printable(&scrub(text, &secrets), LONGEST)
}

/// The function's last error. Its log is in this group, if not where it usually is.
async fn logged(
    access: &Access,
    subject: &Subject<'_>,
    group: Option<&str>,
) -> Result<Option<LastError>, StoreError> {
    let since = now().checked_sub(LOOK_BACK).unwrap_or(UNIX_EPOCH);
    last_error(access, subject.function, group, subject.secret, since).await
}

impl Around {
    /// What depends on how the function is set up.
    async fn configured(
        &mut self,
        access: &Access,
        subject: &Subject<'_>,
        configuration: &Configuration,
        policies: &policy::Policies,
    ) {
        let group = configuration.logging_config.log_group.as_str();
        let key = policies.key_arn();
        let (rights, network, error) = join3(
            role::ask(access, subject, configuration, key),
            network::ask(access, subject, configuration),
            logged(access, subject, Some(group)),
        )
        .await;
        self.rights(subject, &configuration.role, rights, policies);
        self.denied(subject, &configuration.role, policies);
        self.network(subject, configuration, network);
        self.last_error = self.learn(LAST_ERROR, error).flatten();
    }

    fn fact(&mut self, name: &'static str, text: impl Into<String>) {
        self.facts.push((name, text.into()));
    }

    /// What stops rotations.
    fn stop(&mut self, culprit: &str, says: impl Into<String>, fix: impl Into<String>) {
        self.fault(true, culprit, says, fix);
    }

    /// What may go wrong one day.
    fn risk(&mut self, culprit: &str, says: impl Into<String>, fix: impl Into<String>) {
        self.fault(false, culprit, says, fix);
    }

    fn fault(
        &mut self,
        stops: bool,
        culprit: &str,
        says: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.faults.push(Fault {
            culprit: culprit.to_owned(),
            says: says.into(),
            fix: fix.into(),
            stops,
        });
    }

    /// What was read. If it could not be, that is said.
    fn learn<T>(&mut self, what: &str, read: Result<T, StoreError>) -> Option<T> {
        let missed = |error: StoreError| self.unknown.push(format!("{what}: {error}"));
        read.map_err(missed).ok()
    }
}

fn shown(error: &LastError) -> String {
    let error_type = error.error_type.as_ref();
    let error_type = error_type.map_or_else(String::new, |kind| format!("{kind}: "));
    let whose = match error.names_secret {
        true => "",
        false => " (it names no secret)",
    };
    format!("{} {error_type}{}{whose}", rfc3339(error.at), error.text)
}
