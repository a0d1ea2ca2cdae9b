//! Terraform's module and CDK's construct, held against template.yaml: what it says of the function for PostgreSQL, they say.

use std::collections::BTreeSet;

use rotation_tests::deploy::Stack;
use rotation_tests::deploy::policy::texts;
use rotation_tests::setting::workspace;
use serde_json::Value;

use super::{ALL, LEAST, stacks};

const TERRAFORM: &str = "deploy/terraform/rotation.tf";
const CDK: &str = "deploy/cdk/rotation.ts";

/// With single spaces, so that a formatter changes nothing.
fn source(path: &str) -> String {
    let text = std::fs::read_to_string(workspace().join(path)).expect(path);
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// Every quoted text that is formed like an action or a condition key, as in `kms:Decrypt`; not the one of an ARN.
fn policy_words(source: &str) -> BTreeSet<String> {
    let word = |text: &str| {
        let formed = |c: char| c.is_ascii_alphanumeric() || c == ':' || c == '/';
        text.contains(':') && text.chars().all(formed)
    };
    let quoted = source.split('"').skip(1).step_by(2);
    quoted
        .filter(|text| word(text))
        .map(str::to_owned)
        .collect()
}

/// The same of the template: of the role, of who may assume it, and of who may call the function. And the operators.
fn policies(stack: &Stack) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut words, mut operators) = (BTreeSet::new(), BTreeSet::new());
    let trust = &stack.resource("PostgresRole")["Properties"]["AssumeRolePolicyDocument"];
    let mut statements = stack.statements("PostgresRole");
    statements.extend(trust["Statement"].as_array().expect("a list").clone());
    statements.push(stack.resource("PostgresPermission")["Properties"].clone());
    for statement in &statements {
        words.extend(texts(&statement["Action"]).into_iter().map(str::to_owned));
        for (operator, keys) in statement["Condition"].as_object().into_iter().flatten() {
            operators.insert(operator.clone());
            words.extend(keys.as_object().expect("keys").keys().cloned());
        }
    }
    (words, operators)
}

#[test]
fn they_name_the_same_actions_and_condition_keys() {
    let Some([all]) = stacks([ALL]) else {
        return;
    };
    let (words, operators) = policies(&all);
    assert!(words.contains("kms:ViaService") && words.contains("sts:AssumeRole"));
    for path in [TERRAFORM, CDK] {
        let source = source(path);
        // CDK assumes a role by itself.
        let mut named = policy_words(&source);
        named.insert("sts:AssumeRole".into());
        assert_eq!(named, words, "{path}");
        for operator in &operators {
            assert!(source.contains(operator), "{path} has no {operator}");
        }
    }
}

#[test]
fn they_make_the_same_function() {
    let Some([least]) = stacks([LEAST]) else {
        return;
    };
    let of = |resource: &str, property: &str| -> String {
        match &least.resource(resource)["Properties"][property] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    };
    let function = |property: &str| of("PostgresFunction", property);
    let (runtime, handler, name) = (
        function("Runtime"),
        function("Handler"),
        function("FunctionName"),
    );
    let (memory, timeout) = (function("MemorySize"), function("Timeout"));
    let retries = of("PostgresFunctionEventInvokeConfig", "MaximumRetryAttempts");
    let days = of("PostgresLogs", "RetentionInDays");
    let constant = runtime.to_uppercase().replace('.', "_");
    let terraform = [
        format!("runtime = \"{runtime}\""),
        format!("handler = \"{handler}\""),
        format!("default = \"{name}\""),
        format!("memory_size = optional(number, {memory})"),
        format!("timeout = optional(number, {timeout})"),
        format!("log_retention_days = optional(number, {days})"),
        format!("maximum_retry_attempts = {retries}"),
        "source_account = local.account".into(),
        "architecture = optional(string, \"arm64\")".into(),
    ];
    // Ninety days have a name there.
    assert_eq!(days, "90");
    let cdk = [
        format!("lambda.Runtime.{constant},"),
        format!("handler: \"{handler}\""),
        format!("props.name ?? \"{name}\""),
        format!("props.memorySize ?? {memory},"),
        format!("props.timeout ?? Duration.seconds({timeout})"),
        "props.logRetention ?? logs.RetentionDays.THREE_MONTHS".into(),
        format!("retryAttempts: {retries},"),
        "sourceAccount: Stack.of(this).account".into(),
        "props.architecture ?? lambda.Architecture.ARM_64".into(),
    ];
    for (path, phrases) in [(TERRAFORM, &terraform), (CDK, &cdk)] {
        let source = source(path);
        for phrase in phrases {
            assert!(source.contains(phrase.as_str()), "{path}: no {phrase}");
        }
    }
}
