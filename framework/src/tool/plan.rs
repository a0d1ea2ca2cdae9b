//! A rotation, dry: what it would do, and what stands in its way. Nothing is written, and nothing survives at the target.

mod applies;
mod differences;
mod text;

use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::arguments::{Output, Time};
use super::choose::choose;
use super::rotate::next_version;
use super::screen::{document, say};
use super::{Failure, Tool};
use crate::aws::AwsStore;
use crate::document::Document;
use crate::engine::{Call, Party, Planned, PlannedStep, kind};
use crate::error::{RotationError, StoreError};
use crate::event::Step;
use crate::store::{Description, SecretStore, Which};
use crate::version::{SecretId, Stage};
use applies::{Facts, applying};
use differences::Difference;

/// The JSON's name and version. A new version is only needed if something is taken away or gets another meaning.
const SCHEMA: &str = "rotation.plan.v1";
/// What nobody can find out by reading.
/// Source: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html>.
const RIGHTS: &str = "Whether the function may write cannot be read. Its role needs secretsmanager:DescribeSecret, GetSecretValue, PutSecretValue and \
    UpdateSecretVersionStage on this secret, GetSecretValue on the administrator's, if there is one, and kms:Decrypt and kms:GenerateDataKey on a key of your own";

/// Go through a rotation without a change, and say what stands in its way
///
/// Reads, logins, TLS and the target's lock are real. The plan rehearses each change at the target, and takes it back. It changes nothing
/// in Secrets Manager. A target may count a login that it refuses.
///
/// Rights: secretsmanager:DescribeSecret, GetSecretValue on this secret and on the administrator's secret, and kms:Decrypt on their keys.
/// This machine must reach the target.
#[derive(Args, Debug)]
#[command(
    after_long_help = "Examples:\n  rotation plan prod/db\n  rotation plan prod/db --output json"
)]
pub(super) struct Plan {
    /// The secret's ARN or name
    #[arg(value_name = "SECRET")]
    pub(super) secret: String,
    /// The rotator for this secret [default: as the secret's value and its function show]
    #[arg(long, value_name = "NAME")]
    pub(super) rotator: Option<String>,
    /// The form of the result: lines for a person, or one JSON document
    #[arg(long, value_enum, default_value = "text")]
    pub(super) output: Output,
    #[command(flatten)]
    pub(super) time: Time,
}

/// What was found.
#[derive(Serialize)]
pub(super) struct Probed {
    schema: &'static str,
    /// The secret's ARN. If there is no such secret, the name that was asked for.
    pub(super) secret: String,
    pub(super) rotator: Option<&'static str>,
    steps: Vec<Row>,
    differences: Vec<Difference>,
    warnings: Vec<String>,
    rights: &'static str,
    /// `None` if a rotation would go through.
    pub(super) stands_in_the_way: Option<Obstacle>,
}

/// A step, and its calls.
#[derive(Serialize)]
struct Row {
    step: &'static str,
    calls: Vec<Line>,
}

/// A call. It was made only if it changes nothing.
#[derive(Serialize)]
struct Line {
    to: &'static str,
    changes: bool,
    text: String,
}

/// Why a rotation would fail, in the words of the rotation itself.
#[derive(Debug, Serialize)]
pub(super) struct Obstacle {
    /// `None` if the rotation would not begin.
    pub(super) step: Option<&'static str>,
    /// `None` if the command line alone has something against it.
    pub(super) error_type: Option<&'static str>,
    pub(super) text: String,
}

/// Shows the plan. It fails if something stands in the way. If that is the target, which refuses every credential that the rotation
/// could go on from, the exit code is another one.
pub(super) async fn run(tool: &Tool, arguments: &Plan) -> Result<(), Failure> {
    let store = tool.store().await?;
    let asked = arguments.rotator.as_deref();
    let probed = probe(tool, &store, &arguments.secret, asked, arguments.time).await;
    match arguments.output {
        Output::Text => text::of(&probed).iter().for_each(|line| say(line)),
        Output::Json => document(&probed),
    }
    match probed.stands_in_the_way {
        None => Ok(()),
        Some(obstacle) if obstacle.is(&RotationError::NoneAccepted(String::new())) => Err(
            Failure::Refused("a rotation would fail: the target refuses AWSCURRENT".into()),
        ),
        Some(_) => Err(Failure::Failed("a rotation would fail".into())),
    }
}

/// Goes through the rotation of this secret. What stands in its way is part of the answer, and no error.
pub(super) async fn probe(
    tool: &Tool,
    store: &AwsStore,
    name: &str,
    asked: Option<&str>,
    time: Time,
) -> Probed {
    let mut probed = Probed {
        schema: SCHEMA,
        secret: name.to_owned(),
        rotator: None,
        steps: Vec::new(),
        differences: Vec::new(),
        warnings: Vec::new(),
        rights: RIGHTS,
        stands_in_the_way: None,
    };
    if let Err(obstacle) = probed.fill(tool, store, asked, time).await {
        probed.stands_in_the_way = Some(obstacle);
    }
    probed
}

impl Probed {
    async fn fill(
        &mut self,
        tool: &Tool,
        store: &AwsStore,
        asked: Option<&str>,
        time: Time,
    ) -> Result<(), Obstacle> {
        let (id, found) = store.find(&self.secret).await?;
        self.secret = id.to_string();
        kind(&id, &found)?;
        let version = next_version(&found.stages, None)?;
        let value = current(store, &id).await?;
        let function = found.rotation_function.as_deref();
        let known = choose(&tool.rotators, asked, value.as_ref(), function)?;
        self.rotator = Some(known.about.name);
        self.differences = differing(known.about.name, value.as_ref(), &found, |value| {
            Some((known.reads)(value)?.succession)
        });
        let engine = known.engine(store.clone())?;
        let timeout = Duration::from_secs(time.timeout());
        let horizon = Duration::from_secs(time.horizon());
        let planned = engine.plan(&id, &version, timeout, horizon).await;
        self.take(planned)
    }

    fn take(&mut self, planned: Planned) -> Result<(), Obstacle> {
        self.steps = planned.steps.into_iter().map(Row::of).collect();
        self.warnings = planned.warnings;
        match planned.stopped {
            Some((step, error)) => Err(Obstacle::at(step, &error)),
            None => Ok(()),
        }
    }
}

/// AWSCURRENT's value, as createSecret reads it.
async fn current(store: &AwsStore, id: &SecretId) -> Result<Option<Document>, Obstacle> {
    let read = store.value(id, Which::Stage(Stage::Current)).await;
    match read {
        Ok(version) => Ok(version.map(|version| version.value)),
        Err(error) => Err(Obstacle::at(Step::CreateSecret, &error.into())),
    }
}

fn differing(
    rotator: &str,
    value: Option<&Document>,
    found: &Description,
    succession: impl Fn(&Document) -> Option<crate::rotator::Succession>,
) -> Vec<Difference> {
    applying(&Facts {
        rotator,
        value,
        found,
        succession: value.and_then(succession),
    })
}

impl Row {
    fn of(planned: PlannedStep) -> Self {
        Self {
            step: planned.step.name(),
            calls: planned.calls.into_iter().map(Line::of).collect(),
        }
    }
}

impl Line {
    fn of(call: Call) -> Self {
        Self {
            to: match call.to {
                Party::SecretsManager => "Secrets Manager",
                Party::Target => "target",
                Party::Nobody => "nobody",
            },
            changes: call.changes,
            text: call.text,
        }
    }
}

impl Obstacle {
    /// Whether it is an error of this type.
    fn is(&self, error: &RotationError) -> bool {
        self.error_type == Some(error.error_type())
    }

    /// It passes by itself: what an abandoned rotation left is waited for.
    pub(super) fn passes(&self) -> bool {
        self.is(&RotationError::Busy(String::new()))
    }

    /// As in `a rotation would fail in setSecret`.
    pub(super) fn outcome(&self) -> String {
        match self.step {
            Some(step) => format!("a rotation would fail in {step}"),
            None => "a rotation would not begin".into(),
        }
    }

    fn at(step: Step, error: &RotationError) -> Self {
        Self {
            step: Some(step.name()),
            error_type: Some(error.error_type()),
            text: error.to_string(),
        }
    }
}

impl From<RotationError> for Obstacle {
    fn from(error: RotationError) -> Self {
        Self {
            step: None,
            error_type: Some(error.error_type()),
            text: error.to_string(),
        }
    }
}

impl From<StoreError> for Obstacle {
    fn from(error: StoreError) -> Self {
        RotationError::from(error).into()
    }
}

impl From<Failure> for Obstacle {
    fn from(failure: Failure) -> Self {
        Self {
            step: None,
            error_type: None,
            text: failure.text().to_owned(),
        }
    }
}
