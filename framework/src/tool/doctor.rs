//! What state a secret is in, what is wrong with it and with what is around it, and what is safe to do. Nothing is changed.

mod text;

use clap::Args;
use futures_util::future::join;
use serde::Serialize;

use super::arguments::{Output, Time, program};
use super::around::{Around, Fault, look};
use super::choose::choose;
use super::diagnosis::{Asked, Cause, Diagnosis, Row, again};
use super::plan::probe;
use super::screen::{document, say};
use super::{Failure, Tool, status};
use crate::aws::{AwsStore, Survey};
use crate::config::VARIABLES;
use crate::engine::Advice;
use crate::error::RotationError;
use crate::version::Stage;

/// The JSON's name and version. A new version is only needed if something is taken away or gets another meaning.
const SCHEMA: &str = "rotation.doctor.v1";

/// Say what state a secret is in, what is wrong, and what is safe to do
///
/// It logs in with AWSCURRENT, and with each other version that may need a repair. If the target accepts AWSCURRENT, doctor goes through a
/// rotation as plan does. It looks at the function, its role, the policies, the key, the network, the alarms and the log, as far as your
/// rights reach. The last two lines say the cause, and the command to type next. It changes nothing. A target may count a login that it
/// refuses.
///
/// Rights: secretsmanager:DescribeSecret. With ListSecretVersionIds, GetSecretValue and kms:Decrypt, doctor says which credentials the
/// target accepts. Doctor also names each right that you lack for the rest.
#[derive(Args, Debug)]
#[command(
    after_long_help = "Examples:\n  rotation doctor prod/db\n  rotation doctor prod/db --output json"
)]
pub(super) struct Doctor {
    #[command(flatten)]
    asked: Asked,
    /// The form of the result: lines for a person, or one JSON document
    #[arg(long, value_enum, default_value = "text")]
    output: Output,
}

/// Everything that is shown.
#[derive(Default, Serialize)]
struct Shown {
    schema: &'static str,
    secret: String,
    rotator: Option<&'static str>,
    state: &'static str,
    says: String,
    /// What stands in the way of a rotation. `None`, if nothing that is known does.
    cause: Option<String>,
    next: String,
    versions: Vec<Row>,
    facts: Vec<Fact>,
    faults: Vec<Fault>,
    unknown: Vec<String>,
    #[serde(skip)]
    refused: bool,
}

#[derive(Serialize)]
struct Fact {
    name: &'static str,
    text: String,
}

/// It fails if something stands in the way of a rotation, and with another exit code if the target refuses AWSCURRENT.
pub(super) async fn run(tool: &Tool, arguments: &Doctor) -> Result<(), Failure> {
    let access = tool.access().await?;
    let store = AwsStore::of(access.clone());
    let asked = &arguments.asked;
    let shown = match store.survey(&asked.secret).await {
        Ok(found) => {
            let mut unknown = Vec::new();
            let value = status::value(&store, &found, &mut unknown).await;
            let function = found.description.rotation_function.clone();
            let rotator = asked.rotator.as_deref();
            let known = choose(&tool.rotators, rotator, value.as_ref(), function.as_deref()).ok();
            let reading = known.zip(value.as_ref());
            let reading = reading.and_then(|(known, value)| (known.reads)(value));
            let settings = settings(tool);
            let around = look(&access, &store, &found, reading.as_ref(), &settings);
            let read = (found.clone(), value.clone());
            let examined = Diagnosis::of(tool, (&access, &store), read, asked);
            let (around, examined) = join(around, examined).await;
            let mut shown = Shown::of(tool, &store, asked, &found, examined, around).await;
            shown.unknown.splice(..0, unknown);
            shown
        }
        Err(error) => Shown::nothing(
            asked,
            RotationError::from(error).into(),
            "Nothing is known of the secret.",
        ),
    };
    match arguments.output {
        Output::Text => text::of(&shown).iter().for_each(|line| say(line)),
        Output::Json => document(&shown),
    }
    match shown.cause {
        None => Ok(()),
        Some(_) => Err(Failure::Told {
            refused: shown.refused,
        }),
    }
}

/// The names of all variables that some rotator knows.
fn settings(tool: &Tool) -> Vec<&'static str> {
    let own = tool.rotators().flat_map(|about| about.settings);
    let own = own.map(|setting| setting.name);
    let shared = VARIABLES.iter().flat_map(|(_, variables)| *variables);
    own.chain(shared.map(|(name, _)| *name)).collect()
}

impl Shown {
    /// If nobody knows what the target accepts.
    fn nothing(asked: &Asked, cause: Cause, says: &str) -> Self {
        let secret = asked.secret.clone();
        Self {
            schema: SCHEMA,
            state: "unknown",
            says: says.to_owned(),
            next: cause.next.unwrap_or_else(|| again(&program(), &secret)),
            cause: Some(cause.text),
            secret,
            ..Self::default()
        }
    }

    async fn of(
        tool: &Tool,
        store: &AwsStore,
        asked: &Asked,
        found: &Survey,
        examined: Result<Diagnosis, Cause>,
        around: Around,
    ) -> Self {
        let diagnosis = match examined {
            Ok(diagnosis) => diagnosis,
            Err(cause) => {
                let says = "Nobody knows what the target accepts.";
                return Self::nothing(asked, cause, says).with(found, around);
            }
        };
        let (state, says) = diagnosis.state();
        let cause = cause(tool, store, asked, &diagnosis, &around).await;
        let next = match &cause {
            None => Some(diagnosis.way_out(&program())),
            Some(cause) => cause.next.clone(),
        };
        let shown = Self {
            schema: SCHEMA,
            rotator: Some(diagnosis.rotator),
            state,
            says,
            next: next.unwrap_or_else(|| again(&program(), &asked.secret)),
            cause: cause.map(|cause| cause.text),
            versions: diagnosis.rows(),
            refused: diagnosis.refuses_current(),
            ..Self::default()
        };
        shown.with(found, around)
    }

    /// Adds what is around the secret.
    fn with(self, found: &Survey, around: Around) -> Self {
        let function = found.description.rotation_function.clone();
        let function = ("Function", function.unwrap_or_else(|| "none".into()));
        let facts = [function].into_iter().chain(around.facts);
        Self {
            secret: found.id.to_string(),
            facts: facts.map(|(name, text)| Fact { name, text }).collect(),
            faults: around.faults,
            unknown: around.unknown,
            ..self
        }
    }
}

/// The first thing that stands in the way: an outage, then what is around the secret, then what a rotation would end with.
async fn cause(
    tool: &Tool,
    store: &AwsStore,
    asked: &Asked,
    diagnosis: &Diagnosis,
    around: &Around,
) -> Option<Cause> {
    let found = |more: &str| Cause {
        text: diagnosis.state().1 + more,
        next: Some(diagnosis.way_out(&program())),
    };
    let advice = &diagnosis.examined.advice;
    let stuck = matches!(advice, Advice::Move(shift) if shift.label == Stage::Pending);
    if *advice != Advice::Healthy && !stuck {
        return Some(found(""));
    }
    if let Some(fault) = around.faults.iter().find(|fault| fault.stops) {
        return Some(Cause::from(fault));
    }
    if stuck {
        let last = around.last_error.as_ref();
        let last = last.map(|error| format!(" The function's last error: {}", error.text));
        return Some(found(&last.unwrap_or_default()));
    }
    let time = Time::new(None, asked.horizon);
    let probed = probe(tool, store, &asked.secret, asked.rotator.as_deref(), time).await;
    let obstacle = probed
        .stands_in_the_way
        .filter(|obstacle| !obstacle.passes())?;
    let outcome = obstacle.outcome().replacen('a', "A", 1);
    Some(Cause {
        text: format!("{outcome}: {}", obstacle.text),
        next: None,
    })
}

impl From<&Fault> for Cause {
    fn from(fault: &Fault) -> Self {
        Self {
            text: format!("{}: {}", fault.culprit, fault.says),
            next: Some(fault.fix.clone()),
        }
    }
}
