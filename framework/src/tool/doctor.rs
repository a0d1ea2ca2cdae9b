//! What keeps a secret from rotating. Nothing is changed, and nobody logs in.

use clap::Args;
use serde::Serialize;

use super::arguments::Output;
use super::around::{Around, Fault, look};
use super::choose::choose;
use super::screen::{document, say};
use super::{Failure, Tool, status};
use crate::aws::AwsStore;
use crate::config::VARIABLES;
use crate::error::RotationError;
use crate::secret::printable;

/// The JSON's name and version.
const SCHEMA: &str = "rotation.doctor.v1";

#[derive(Args, Debug)]
pub(super) struct Doctor {
    /// The secret's ARN or name
    #[arg(value_name = "SECRET")]
    secret: String,
    /// Which rotator the secret is for [default: as its value and its function show]
    #[arg(long, value_name = "NAME")]
    rotator: Option<String>,
    /// What to write: lines for a person, or one JSON document
    #[arg(long, value_enum, default_value = "text")]
    output: Output,
}

#[derive(Serialize)]
struct Shown {
    schema: &'static str,
    secret: String,
    function: Option<String>,
    facts: Vec<Fact>,
    faults: Vec<Fault>,
    unknown: Vec<String>,
}

#[derive(Serialize)]
struct Fact {
    name: &'static str,
    text: String,
}

pub(super) async fn run(tool: &Tool, arguments: &Doctor) -> Result<(), Failure> {
    let access = tool.access().await?;
    let store = AwsStore::of(access.clone());
    let found = store.survey(&arguments.secret).await;
    let found = found.map_err(RotationError::from)?;
    let mut unknown = Vec::new();
    let value = status::value(&store, &found, &mut unknown).await;
    let function = found.description.rotation_function.clone();
    let asked = arguments.rotator.as_deref();
    let known = choose(&tool.rotators, asked, value.as_ref(), function.as_deref()).ok();
    let reading = known.zip(value.as_ref());
    let reading = reading.and_then(|(known, value)| (known.reads)(value));
    let secrets = value.map_or_else(Vec::new, |value| value.guarded());
    let around = look(
        &access,
        &store,
        &found,
        reading.as_ref(),
        &settings(tool),
        &secrets,
    )
    .await;
    unknown.extend(around.unknown.iter().cloned());
    let shown = Shown::of(found.id.to_string(), function, around, unknown);
    match arguments.output {
        Output::Text => shown.lines().iter().for_each(|line| say(line)),
        Output::Json => document(&shown),
    }
    Ok(())
}

/// The names of all variables that some rotator knows.
fn settings(tool: &Tool) -> Vec<&'static str> {
    let own = tool.rotators().flat_map(|about| about.settings);
    let own = own.map(|setting| setting.name);
    let shared = VARIABLES.iter().flat_map(|(_, variables)| *variables);
    own.chain(shared.map(|(name, _)| *name)).collect()
}

impl Shown {
    fn of(secret: String, function: Option<String>, around: Around, unknown: Vec<String>) -> Self {
        let facts = around.facts.into_iter();
        Self {
            schema: SCHEMA,
            secret,
            function,
            facts: facts.map(|(name, text)| Fact { name, text }).collect(),
            faults: around.faults,
            unknown,
        }
    }

    /// Lines for the screen. What stops rotations comes last, since a person looks there first.
    fn lines(&self) -> Vec<String> {
        let function = self.function.as_deref().unwrap_or("none");
        let mut lines = vec![self.secret.clone(), String::new()];
        lines.push(format!("{:<13} {function}", "Function"));
        let facts = self.facts.iter();
        lines.extend(facts.map(|fact| format!("{:<13} {}", fact.name, fact.text)));
        lines.push(String::new());
        let unknown = self.unknown.iter();
        lines.extend(unknown.map(|unknown| format!("Not known: {unknown}")));
        let mut faults = self.faults.iter().rev().peekable();
        if faults.peek().is_none() {
            let known = match self.unknown.is_empty() {
                true => "",
                false => ", as far as it is known",
            };
            lines.push(format!(
                "Found: nothing that is wrong around the secret{known}."
            ));
        }
        lines.extend(faults.map(|fault| {
            let kind = if fault.stops {
                "Stops rotations"
            } else {
                "Risk"
            };
            format!("{kind}: {}", fault.line())
        }));
        let lines = lines.iter();
        lines.map(|line| printable(line, usize::MAX)).collect()
    }
}
