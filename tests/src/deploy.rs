//! Templates as CloudFormation is given them, with what each set of parameters makes of them.

pub mod policy;
mod resolve;
pub mod schedule;
mod translator;

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

pub use resolve::{Stack, statements};

use crate::setting::workspace;

/// The account that the stacks are made in.
pub const ACCOUNT: &str = "111122223333";
/// The Region that they are made in.
pub const REGION: &str = "eu-central-1";

/// A template's path in the workspace, and its parameters.
pub type Job<'a> = (&'a str, &'a [(&'a str, &'a str)]);

/// A program of the Python environment. None if it is not installed: the test is then counted as skipped.
fn program(name: &str) -> Option<PathBuf> {
    let tools = workspace().join(".tools/python/bin");
    if tools.join("cfn-lint").exists() {
        return Some(tools.join(name));
    }
    crate::skip::skip("the templates", "run scripts/install");
    None
}

/// What SAM makes of the templates, and what is then there. None if SAM's translator is not installed.
///
/// # Panics
/// If it refuses one.
pub fn stacks(jobs: &[Job<'_>]) -> Option<Vec<Stack>> {
    let input: Vec<Value> = jobs
        .iter()
        .map(|(template, parameters)| {
            let parameters: serde_json::Map<_, _> = parameters
                .iter()
                .map(|(name, value)| ((*name).to_owned(), json!(value)))
                .collect();
            json!({"template": workspace().join(template), "parameters": parameters})
        })
        .collect();
    let documents = translator::translate(&program("python")?, &json!(input));
    let stacks = documents.into_iter().zip(jobs);
    Some(
        stacks
            .map(|(document, (_, parameters))| Stack::new(document, parameters))
            .collect(),
    )
}

/// What cfn-lint says of the templates: nothing, if all is well. None if it is not installed.
///
/// # Panics
/// If it cannot be run.
pub fn lint(templates: &[String]) -> Option<String> {
    let output = Command::new(program("cfn-lint")?)
        .args(["--regions", REGION, "--"])
        .args(templates)
        .current_dir(workspace())
        .output()
        .expect("cfn-lint starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() || !text.is_empty(),
        "cfn-lint: {}",
        output.status
    );
    Some(text)
}

/// All templates that are shipped.
///
/// # Panics
/// If the folder cannot be read.
pub fn templates() -> Vec<String> {
    let mut found = vec!["template.yaml".to_owned(), "deploy/alarms.yaml".to_owned()];
    found.extend(examples());
    found
}

/// The examples.
///
/// # Panics
/// If the folder cannot be read.
pub fn examples() -> Vec<String> {
    let folder = std::fs::read_dir(workspace().join("deploy/examples"));
    let names = folder
        .expect("the examples")
        .map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = names
        .map(|name| format!("deploy/examples/{}", name.to_string_lossy()))
        .filter(|name| name.ends_with(".yaml"))
        .collect();
    names.sort();
    names
}
