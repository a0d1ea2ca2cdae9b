//! What a secret looks like: versions and labels, schedule, function, replicas, and in one sentence what state that is. Nothing is
//! changed, and nobody logs in.

mod state;
mod text;

use std::collections::BTreeMap;

use clap::Args;
use serde::Serialize;

use super::arguments::Output;
use super::choose::choose;
use super::known::{Known, Reading};
use super::screen::{document, say};
use super::{Failure, Tool};
use crate::aws::{AwsStore, Survey};
use crate::clock::{now, rfc3339};
use crate::document::Document;
use crate::error::RotationError;
use crate::store::{SecretStore, Which};
use crate::version::{Stage, VersionId};
use state::{State, left_over, notes};

/// The JSON's name and version. A new version is only needed if something is taken away or gets another meaning.
const SCHEMA: &str = "rotation.status.v1";
/// The tags that change how a secret rotates begin so.
const TAGS: &str = "rotation:";

/// Show versions and labels, schedule, function and replicas, and the state that they are in
///
/// It changes nothing, and it does not log in.
///
/// Rights: secretsmanager:DescribeSecret. ListSecretVersionIds adds the age of the versions. GetSecretValue adds the user of the
/// credential. Without these two rights, status says what it does not know.
#[derive(Args, Debug)]
#[command(
    after_long_help = "Examples:\n  rotation status prod/db\n  rotation status prod/db --output json"
)]
pub(super) struct Status {
    /// The secret's ARN or name
    #[arg(value_name = "SECRET")]
    pub(super) secret: String,
    /// The rotator for this secret [default: as the secret's value and its function show]
    #[arg(long, value_name = "NAME")]
    pub(super) rotator: Option<String>,
    /// The form of the result: lines for a person, or one JSON document
    #[arg(long, value_enum, default_value = "text")]
    pub(super) output: Output,
}

/// Everything that is shown. What is not known is null, and `unknown` says why.
#[derive(Serialize)]
struct Shown {
    schema: &'static str,
    secret: String,
    #[serde(flatten)]
    state: State,
    notes: Vec<String>,
    rotation: Rotation,
    credential: Credential,
    kms_key: String,
    replicas: Vec<Replica>,
    tags: BTreeMap<String, String>,
    versions: Vec<Version>,
    labels_in_use: usize,
    left_over: Vec<String>,
    unknown: Vec<String>,
}

#[derive(Serialize)]
struct Rotation {
    enabled: Option<bool>,
    function: Option<String>,
    schedule: Option<String>,
    window: Option<String>,
    last: Option<String>,
    next: Option<String>,
}

/// What AWSCURRENT's value says.
#[derive(Serialize)]
struct Credential {
    rotator: Option<&'static str>,
    target: Option<String>,
    principal: Option<String>,
    administrator: Option<String>,
}

#[derive(Serialize)]
struct Replica {
    place: String,
    status: String,
    message: Option<String>,
}

#[derive(Serialize)]
struct Version {
    version: String,
    made: Option<String>,
    labels: Vec<String>,
    /// It has its mark: its value may have reached the target.
    marked: bool,
}

pub(super) async fn run(tool: &Tool, arguments: &Status) -> Result<(), Failure> {
    let store = tool.store().await?;
    let found = store.survey(&arguments.secret).await;
    let found = found.map_err(RotationError::from)?;
    let mut unknown = Vec::new();
    let value = value(&store, &found, &mut unknown).await;
    if let Err(error) = &found.made {
        unknown.push(format!("when the versions were made: {error}"));
    }
    let function = found.description.rotation_function.as_deref();
    let asked = arguments.rotator.as_deref();
    let known = choose(&tool.rotators, asked, value.as_ref(), function).ok();
    let credential = Credential::of(known, value.as_ref());
    let shown = Shown::of(&found, credential, unknown);
    match arguments.output {
        Output::Text => text::of(&shown).iter().for_each(|line| say(line)),
        Output::Json => document(&shown),
    }
    Ok(())
}

/// AWSCURRENT's value, if the caller may read it.
pub(super) async fn value(
    store: &AwsStore,
    found: &Survey,
    unknown: &mut Vec<String>,
) -> Option<Document> {
    match store.value(&found.id, Which::Stage(Stage::Current)).await {
        Ok(version) => version.map(|version| version.value),
        Err(error) => {
            unknown.push(format!("whose credential it is: {error}"));
            None
        }
    }
}

impl Credential {
    /// What the rotator reads in the value, as far as both are known.
    fn of(known: Option<&Known>, value: Option<&Document>) -> Self {
        let reading = known.zip(value);
        let reading = reading.and_then(|(known, value)| (known.reads)(value));
        let of_value = |field: fn(Reading) -> Option<String>| reading.clone().and_then(field);
        Self {
            rotator: known.map(|known| known.about.name),
            target: of_value(|reading| Some(reading.target)),
            principal: of_value(|reading| Some(reading.principal)),
            administrator: of_value(|reading| reading.administrator),
        }
    }
}

impl Shown {
    fn of(found: &Survey, credential: Credential, unknown: Vec<String>) -> Self {
        let description = &found.description;
        let date = |date: Option<_>| date.map(rfc3339);
        let tags = description.tags.iter();
        let replicas = description.replicas.iter();
        let left = left_over(description).into_iter();
        Self {
            schema: SCHEMA,
            secret: found.id.to_string(),
            state: State::of(&found.id, description),
            notes: notes(description, found.next, now()),
            rotation: Rotation {
                enabled: description.rotation_enabled,
                function: description.rotation_function.clone(),
                schedule: found.schedule.clone(),
                window: found.window.clone(),
                last: date(found.last),
                next: date(found.next),
            },
            credential,
            kms_key: found
                .key
                .clone()
                .unwrap_or_else(|| "aws/secretsmanager".into()),
            replicas: replicas
                .map(|replica| Replica {
                    place: replica.place.clone(),
                    status: replica.status.as_str().to_owned(),
                    message: replica.message.clone(),
                })
                .collect(),
            tags: tags
                .filter(|(key, _)| key.starts_with(TAGS))
                .cloned()
                .collect(),
            versions: versions(found),
            labels_in_use: description.stages.count(),
            left_over: left.map(|id| id.to_string()).collect(),
            unknown,
        }
    }
}

/// Those that have a label, the oldest first.
fn versions(found: &Survey) -> Vec<Version> {
    let made = found.made.as_deref().unwrap_or_default();
    let made = |id: &VersionId| made.iter().find(|(made, _)| made == id).map(|(_, at)| *at);
    let stages = &found.description.stages;
    let mut all: Vec<_> = stages
        .versions()
        .map(|(id, labels)| (made(id), id, labels))
        .collect();
    all.sort_by_key(|(made, id, _)| (*made, (*id).clone()));
    let version = |(made, id, labels): (_, &VersionId, &[Stage])| Version {
        version: id.to_string(),
        made: Option::map(made, rfc3339),
        labels: labels
            .iter()
            .filter(|label| !matches!(label, Stage::Mark(_)))
            .map(ToString::to_string)
            .collect(),
        marked: stages.marked(id),
    };
    all.into_iter().map(version).collect()
}
