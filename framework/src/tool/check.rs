//! Whether targets accept what is stored, for one secret or many. Nothing is changed.

use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::arguments::Output;
use super::screen::{document, note, say};
use super::{Failure, Tool};
use crate::aws::AwsStore;
use crate::clock;
use crate::engine::{Checked, Limits};
use crate::error::RotationError;
use crate::store::Description;
use crate::version::{Stage, VersionId};

/// The JSON's name and version. A new version is only needed if something is taken away or gets another meaning.
const SCHEMA: &str = "rotation.check.v1";
/// The longest time for one credential.
const LIMIT: Duration = Duration::from_secs(60);
const COST: &str = "a target may count a refused login, and some lock an account after a few. \
    Where a user has one password, AWSPREVIOUS is refused as it should be";

/// Log in with the stored credentials, and say whether the target accepts them
///
/// It logs in, and changes nothing. A target may count a login that it refuses.
///
/// Rights: secretsmanager:DescribeSecret and GetSecretValue, kms:Decrypt on the secret's key, and ListSecrets for --tag. This machine must
/// reach the target.
#[derive(Args, Debug)]
#[command(
    after_long_help = "Examples:\n  rotation check prod/db prod/queue\n  rotation check --tag team=payments --output json"
)]
pub(super) struct Check {
    /// The secrets' ARNs or names
    #[arg(value_name = "SECRET", required_unless_present = "tag")]
    pub(super) secrets: Vec<String>,
    /// Also check all secrets of this Region that have this tag
    #[arg(long, value_name = "KEY=VALUE", value_parser = tag)]
    pub(super) tag: Option<(String, String)>,
    /// Also check AWSPENDING, AWSPREVIOUS and the versions that earlier rotations left. A target may count a refused login
    #[arg(long)]
    pub(super) all_labels: bool,
    /// The rotator for these secrets [default: as their values and their functions show]
    #[arg(long, value_name = "NAME")]
    pub(super) rotator: Option<String>,
    /// The form of the result: lines for a person, or one JSON document at the end
    #[arg(long, value_enum, default_value = "text")]
    pub(super) output: Output,
}

/// One credential.
#[derive(Debug, Serialize)]
struct Row {
    secret: String,
    label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(flatten)]
    verdict: Verdict,
}

#[derive(Debug, Serialize)]
#[serde(tag = "verdict", rename_all = "lowercase")]
enum Verdict {
    Accepted {
        target: String,
        principal: String,
    },
    Refused {
        target: String,
        principal: String,
        reason: String,
    },
    /// The question could not be asked, or was not answered.
    Unknown {
        reason: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        error_type: Option<&'static str>,
    },
}

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    credentials: Vec<Row>,
}

/// Checks the secrets one after another. One that cannot be checked does not keep the others from it.
pub(super) async fn run(tool: &Tool, arguments: &Check) -> Result<(), Failure> {
    let store = tool.store().await?;
    let mut names = arguments.secrets.clone();
    if let Some((key, value)) = &arguments.tag {
        let tagged = store.tagged(key, value).await;
        names.extend(tagged.map_err(RotationError::from)?);
    }
    if names.is_empty() {
        return Err(Failure::Failed("no secret has this tag".into()));
    }
    if arguments.all_labels {
        note(COST);
    }
    let mut credentials = Vec::new();
    for name in &names {
        let rows = secret(tool, &store, name, arguments).await;
        if arguments.output == Output::Text {
            rows.iter().for_each(|row| say(&row.line()));
        }
        credentials.extend(rows);
    }
    let ended = sum(&credentials);
    if arguments.output == Output::Json {
        document(&Document {
            schema: SCHEMA,
            credentials,
        });
    }
    ended
}

/// A row for each credential of the secret, or one that says why there is none.
async fn secret(tool: &Tool, store: &AwsStore, name: &str, arguments: &Check) -> Vec<Row> {
    match labels(tool, store, name, arguments).await {
        Ok(rows) => rows,
        Err(failure) => vec![Row {
            secret: name.to_owned(),
            label: Stage::Current.to_string(),
            version: None,
            verdict: Verdict::Unknown {
                reason: failure.text().to_owned(),
                error_type: None,
            },
        }],
    }
}

async fn labels(
    tool: &Tool,
    store: &AwsStore,
    name: &str,
    arguments: &Check,
) -> Result<Vec<Row>, Failure> {
    let found = store.find(name).await;
    let (id, description) = found.map_err(RotationError::from)?;
    let asked = arguments.rotator.as_deref();
    let known = tool.of(store, &id, &description, asked).await?;
    let engine = known.engine(store.clone())?;
    let mut rows = Vec::new();
    for (version, label) in credentials(&description, arguments.all_labels)? {
        let limits = Limits::new(clock::now() + LIMIT, LIMIT);
        let checked = engine.check(&id, &version, &label, &limits).await;
        rows.push(Row {
            secret: id.to_string(),
            label: label.to_string(),
            version: Some(version.to_string()),
            verdict: checked.map_or_else(|error| Verdict::unknown(&error), Verdict::of),
        });
    }
    Ok(rows)
}

/// The versions to check, AWSCURRENT's first. A version that has nothing but its mark may hold the only credential that works.
fn credentials(
    description: &Description,
    all: bool,
) -> Result<Vec<(VersionId, Stage)>, RotationError> {
    let stages = &description.stages;
    let Some(current) = stages.holder(&Stage::Current) else {
        return Err(RotationError::Versions(
            "no version is AWSCURRENT: store a value first".into(),
        ));
    };
    let mut found = vec![(current.clone(), Stage::Current)];
    if all {
        for label in [Stage::Pending, Stage::Previous] {
            let holder = stages.holder(&label).filter(|id| *id != current);
            found.extend(holder.map(|id| (id.clone(), label)));
        }
        let left = stages.orphans(current).into_iter();
        found.extend(left.map(|id| (id.clone(), Stage::Mark(id))));
    }
    Ok(found)
}

impl Verdict {
    fn of(checked: Checked) -> Self {
        let Checked {
            target,
            principal,
            answer,
        } = checked;
        match answer {
            Ok(()) => Self::Accepted { target, principal },
            Err(rejection) => Self::Refused {
                target,
                principal,
                reason: rejection.reason().to_owned(),
            },
        }
    }

    fn unknown(error: &RotationError) -> Self {
        Self::Unknown {
            reason: error.to_string(),
            error_type: Some(error.error_type()),
        }
    }
}

impl Row {
    fn line(&self) -> String {
        let Self { secret, label, .. } = self;
        match &self.verdict {
            Verdict::Accepted { target, principal } => {
                format!("accepted  {secret} {label}: user {principal} at {target}")
            }
            Verdict::Refused {
                target,
                principal,
                reason,
            } => format!("REFUSED   {secret} {label}: user {principal} at {target}: {reason}"),
            Verdict::Unknown { reason, .. } => format!("unknown   {secret} {label}: {reason}"),
        }
    }
}

/// The result of the command: what is refused counts before what is unknown.
fn sum(rows: &[Row]) -> Result<(), Failure> {
    let count = |fits: fn(&Verdict) -> bool| rows.iter().filter(|row| fits(&row.verdict)).count();
    let refused = count(|verdict| matches!(verdict, Verdict::Refused { .. }));
    let unknown = count(|verdict| matches!(verdict, Verdict::Unknown { .. }));
    let of = rows.len();
    match (refused, unknown) {
        (0, 0) => Ok(()),
        (0, _) => Err(Failure::Failed(format!(
            "{unknown} of {of} could not be checked"
        ))),
        _ => Err(Failure::Refused(format!(
            "{refused} of {of} are refused by their target"
        ))),
    }
}

fn tag(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(key, _)| !key.is_empty());
    let (key, value) = pair.ok_or("a tag is KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}
