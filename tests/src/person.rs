//! A person at a screen, with credentials for the local AWS.

use std::process::Stdio;

use rotation_kit::aws::LocalAws;
use rotation_kit::tls::Ca;
use serde_json::Value;
use tokio::process::Command;

use crate::lab::Attached;
use crate::setting::tool;

/// The calls to Secrets Manager that a plan or a doctor may make: none of them changes anything.
pub const READS: [&str; 5] = [
    "DescribeSecret",
    "GetRandomPassword",
    "GetResourcePolicy",
    "GetSecretValue",
    "ListSecretVersionIds",
];
/// An address at which nobody listens.
const NOBODY: &str = "http://127.0.0.1:9";

/// The program, as a person would start it.
pub fn command(aws: &LocalAws, arguments: &[&str]) -> Command {
    let mut command = Command::new(tool());
    command
        .args(arguments)
        .env_clear()
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "id")
        .env("AWS_SECRET_ACCESS_KEY", "key")
        .env("SECRETS_MANAGER_ENDPOINT", aws.url())
        .env("DATABASE_CA_BUNDLE", Ca::shared().pem_path())
        .env("ALLOWED_HOSTS", "localhost")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// The same, where no other service of AWS answers: what is around the secret stays unknown.
pub fn without_other_services(aws: &LocalAws, arguments: &[&str]) -> Command {
    let mut command = command(aws, arguments);
    command.env("AWS_ENDPOINT_URL", NOBODY);
    command
}

/// The plan of a rotation that nothing stands in the way of, with these settings. It must have made no write call.
///
/// # Panics
/// If something stands in the way, or a write call was made.
pub async fn plan(lab: &Attached, variables: &[(&str, &str)]) -> Value {
    lab.aws.forget_calls();
    let mut command = command(&lab.aws, &["plan", &lab.arn, "--output", "json"]);
    let ended = command.envs(variables.iter().copied()).output().await;
    let ended = ended.expect("the program runs");
    let said = String::from_utf8_lossy(&ended.stdout);
    let complained = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{said}{complained}");
    let calls = lab.aws.calls();
    let read = |operation: &str| READS.contains(&operation);
    assert!(calls.iter().all(|call| read(&call.operation)), "{calls:?}");
    let planned: Value = serde_json::from_str(&said).expect("JSON alone");
    let steps = planned["steps"].as_array().map(Vec::len);
    assert_eq!(steps, Some(4), "{said}");
    planned
}

/// What a plan says of its steps: the texts of the calls that change something at a party, `target` or `Secrets Manager`.
///
/// # Panics
/// If it is no plan.
pub fn changes(planned: &Value, step: &str, to: &str) -> Vec<String> {
    calls(planned, step, |call| {
        call["changes"] == true && call["to"] == to
    })
}

/// The texts of those calls of a step that are `meant`.
///
/// # Panics
/// If it is no plan.
pub fn calls(planned: &Value, step: &str, meant: impl Fn(&Value) -> bool) -> Vec<String> {
    let steps = planned["steps"].as_array().expect("steps");
    let row = steps.iter().find(|row| row["step"] == step).expect(step);
    let calls = row["calls"].as_array().expect("calls").iter();
    let calls = calls.filter(|call| meant(call));
    calls
        .map(|call| call["text"].as_str().expect("a text").to_owned())
        .collect()
}
