//! What is declared stable: UPGRADING.md says so, and has what changes.

use std::collections::{BTreeMap, BTreeSet};

use rotation::Rotator;
use rotation::config::Config;
use rotation_kit::aws::Replica;
use rotation_tests::lab::Lab;
use rotation_tests::setting::workspace;
use rotation_tests::stable::holds;
use rotator_token::ApiToken;
use serde_json::{Value, json};

use crate::book::section;
use crate::complete;
use crate::links::slug;

fn lines(all: impl IntoIterator<Item = String>) -> String {
    all.into_iter().map(|line| line + "\n").collect()
}

#[test]
fn error_types() {
    holds("error-types.txt", &lines(complete::error_types()));
}

/// Two rotations with a replica, a step that is refused, and a check: all lines that the framework writes, without their values.
#[tokio::test]
async fn log_fields_figures_and_labels() {
    let lab = Lab::one_user(&[("AWS_LAMBDA_LOG_LEVEL", "DEBUG")]).await;
    lab.aws.replicate(&lab.arn, Replica::new("eu-west-1"));
    lab.until("finishSecret").await;
    let token = lab.until("createSecret").await;
    let labels = lab.aws.labels(&lab.arn);
    let labels = labels.iter().flat_map(|(id, labels)| {
        let named = labels
            .iter()
            .map(|label| label.replace(id.as_str(), "<VersionId>"));
        named.collect::<Vec<_>>()
    });
    let labels: BTreeSet<String> = labels.collect();
    holds("staging-labels.txt", &lines(labels));
    for step in ["setSecret", "testSecret", "finishSecret"] {
        lab.step(&token, step).await.expect(step);
    }
    let stranger = "00000000-0000-4000-8000-000000000000";
    assert!(lab.step(stranger, "testSecret").await.is_err());
    let check = json!({"Check": lab.arn}).to_string();
    lab.function.ask(check).await.expect("a verdict");
    let log = lab.function.log();
    let written = log
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    let written: Vec<Value> = written.collect();
    let (figures, said): (Vec<&Value>, Vec<&Value>) =
        written.iter().partition(|line| !line["_aws"].is_null());
    // A rotator's lines may have fields of its own.
    let said: Vec<&Value> = said
        .into_iter()
        .filter(|line| {
            line["target"]
                .as_str()
                .is_some_and(|target| target.starts_with("rotation"))
        })
        .collect();
    holds("log-fields.txt", &lines(fields(&said)));
    helps(&said);
    holds("figures.txt", &lines(names(&figures)));
}

/// A failed step names the section of the book on its kind of error.
fn helps(said: &[&Value]) {
    let failed = said.iter().find(|line| line["level"] == "ERROR");
    let failed = failed.expect("a failed step");
    let text = |field: &str| failed[field].as_str().expect("a text").to_owned();
    let help = text("help");
    let (page, anchor) = help.split_once('#').expect("an anchor");
    assert_eq!(anchor, slug(&text("error_type")));
    let page = std::fs::read_to_string(workspace().join(page)).expect(page);
    assert!(section(&page, anchor).is_some(), "{help}");
}

/// Every field of a step's lines, by the level of the line.
fn fields(said: &[&Value]) -> Vec<String> {
    let mut levels: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in said.iter().filter(|line| line["step"].is_string()) {
        let level = line["level"].as_str().expect("a level");
        let names = line.as_object().expect("an object").keys();
        levels
            .entry(level)
            .or_default()
            .extend(names.map(String::as_str));
    }
    let line = |(level, names): (&str, BTreeSet<&str>)| {
        format!("{level}: {}", Vec::from_iter(names).join(" "))
    };
    levels.into_iter().map(line).collect()
}

/// Namespace, dimensions, and each figure with its unit.
fn names(figures: &[&Value]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in figures {
        let declared = &line["_aws"]["CloudWatchMetrics"][0];
        found.insert(format!("namespace {}", declared["Namespace"]));
        found.insert(format!("dimensions {}", declared["Dimensions"]));
        for figure in declared["Metrics"].as_array().expect("figures") {
            found.insert(format!("figure {} in {}", figure["Name"], figure["Unit"]));
        }
    }
    found
}

/// A profile that has all that the language has a name for. In each row what is put there by mistake, and in whose place: of
/// that the rotator says which names it knows.
const LANGUAGE: [(&str, &str, &str); 11] = [
    ("a profile", "flow =", "x = 1\nflow ="),
    ("flow", "\"create\"", "\"x\""),
    ("answers", "\"json\"", "\"x\""),
    ("[auth.…]", "headers = {}", "x = 1"),
    ("who calls", "[auth.admin]", "[auth.x]"),
    (
        "aws",
        "aws = { service = \"s\"",
        "aws = { x = 1, service = \"s\"",
    ),
    ("a call", "call = \"GET", "x = 1\ncall = \"GET"),
    ("[verdict]", "dead =", "x = 1\ndead ="),
    ("[items]", "at = \"/tokens\"", "x = 1\nat = \"/tokens\""),
    ("pages", "\"link\"", "\"x\""),
    ("{new.…}", "{new.name}", "{new.x}"),
];

const PROFILE: &str = r#"version = 1
flow = "create"
id = "id"
answers = "json"
pages = "link"
[auth.admin]
headers = {}
aws = { service = "s", region = "r" }
[create]
call = "POST https://service.example/tokens"
json = { name = "{new.name}" }
[store]
token = "/token"
id = "/id"
[verify]
call = "GET https://service.example/me"
[verdict]
dead = [401]
[list]
call = "POST https://service.example/list"
[items]
at = "/tokens"
id = "/id"
[[revoke]]
call = "DELETE https://service.example/tokens/{id}"
"#;

#[test]
fn profile_language() {
    assert_eq!(refusal(PROFILE), None);
    let known = LANGUAGE.map(|(what, there, mistake)| {
        assert!(PROFILE.contains(there), "{there}");
        let refused = refusal(&PROFILE.replacen(there, mistake, 1)).expect(what);
        let (_, names) = refused
            .split_once("expected ")
            .or_else(|| refused.split_once("there are "))
            .unwrap_or_else(|| panic!("{what}: {refused}"));
        let names = names.trim_start_matches("one of ").replace(['`', ','], "");
        let mut names: Vec<&str> = names
            .split_whitespace()
            .filter(|word| *word != "or")
            .collect();
        names.sort_unstable();
        format!("{what}: {}", names.join(" "))
    });
    holds("profile-language.txt", &lines(known));
}

/// What the rotator has against a profile.
fn refusal(profile: &str) -> Option<String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("mine.toml"), profile).expect("a file");
    let variables = [(
        "TOKEN_PROFILES".to_owned(),
        folder.path().display().to_string(),
    )];
    let config = Config::from_vars(variables, ApiToken::EXCLUDE_CHARACTERS, ApiToken::SETTINGS);
    ApiToken::build(&config.expect("settings that fit")).err()
}
