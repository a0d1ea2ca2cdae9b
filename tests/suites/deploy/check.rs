//! deploy/check.yaml: who asks a function, how often, and about what.

use rotation_tests::deploy::stacks;
use serde_json::{Value, json};

const ARN: &str = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db-AbCdEf";

#[test]
fn a_schedule_names_one_secret_and_nothing_else() {
    let parameters = [("functionName", "rotation-postgres"), ("secretArn", ARN)];
    let Some(stacks) = stacks(&[("deploy/check.yaml", &parameters)]) else {
        return;
    };
    let rule = &stacks[0].resource("Rule")["Properties"];
    assert_eq!(rule["ScheduleExpression"], "rate(1 hour)");
    let target = &rule["Targets"][0];
    let input = target["Input"].as_str().expect("a text");
    let input: Value = serde_json::from_str(input).expect("JSON");
    assert_eq!(input, json!({"Check": ARN}));
    assert_eq!(target["RetryPolicy"], json!({"MaximumRetryAttempts": 0}));
    let function = target["Arn"].as_str().expect("a text");
    assert!(
        function.ends_with(":function:rotation-postgres"),
        "{function}"
    );
    let permission = &stacks[0].resource("Permission")["Properties"];
    assert_eq!(permission["Principal"], "events.amazonaws.com");
    assert_eq!(permission["SourceArn"], "Rule.Arn");
}
