//! deploy/alarms.yaml: who is told of what.

use std::collections::BTreeSet;

use rotation_tests::deploy::stacks;
use rotation_tests::rotators;
use rotation_tests::setting::workspace;
use serde_json::{Value, json};

use super::members;

const ALARMS: &str = "deploy/alarms.yaml";

/// The figures that the functions' log has, from the source that writes them.
fn emitted() -> BTreeSet<String> {
    let path = workspace().join("framework/src/lambda/metrics.rs");
    let source = std::fs::read_to_string(path).expect("the metrics");
    assert!(source.contains(r#"const NAMESPACE: &str = "Rotation";"#));
    assert!(source.contains(r#"vec![vec!["Rotator"]]"#));
    assert!(source.contains(r#"vec!["Rotator", "Step"]"#));
    let known = ["Succeeded", "Failed", "Duration", "RefusedAtMost", "Age"];
    let names = known
        .into_iter()
        .filter(|name| source.contains(&format!("(\"{name}\", ")));
    names.map(ToOwned::to_owned).collect()
}

#[test]
fn a_rotation_that_fails_or_is_abandoned_is_told() {
    let Some(stacks) = stacks(&[
        (ALARMS, &[]),
        (
            ALARMS,
            &[("email", "a@example.com"), ("lateRotations", "true")],
        ),
    ]) else {
        return;
    };
    let rule = stacks[0].resource("FailedRule");
    let pattern = &rule["Properties"]["EventPattern"];
    let events = ["RotationFailed", "RotationAbandoned", "TestRotationFailed"];
    assert_eq!(pattern["detail"]["eventName"], json!(events));
    assert_eq!(pattern["source"], json!(["aws.secretsmanager"]));
    let deleted = stacks[0].resource("DeletedRule");
    let state = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";
    assert_eq!(
        deleted["Properties"]["State"], state,
        "reads come in no other"
    );
    for (stack, rules) in stacks.iter().zip([2, 3]) {
        let found = stack.of_type("AWS::Events::Rule");
        assert_eq!(found.len(), rules);
        let policy = stack.resource("TopicPolicy");
        let statement = &policy["Properties"]["PolicyDocument"]["Statement"][0];
        let sources = &statement["Condition"]["ArnEquals"]["aws:SourceArn"];
        for (name, rule) in found {
            assert_eq!(rule["Properties"]["Targets"][0]["Arn"], "Topic");
            let arn = json!(format!("{name}.Arn"));
            assert!(sources.as_array().expect("a list").contains(&arn), "{name}");
        }
    }
    let check = stacks[1].resource("LateCheck");
    assert_eq!(check["Properties"]["ConfigRuleName"], "rotation-late");
    assert_eq!(stacks[1].of_type("AWS::SNS::Subscription").len(), 1);
}

#[test]
fn only_figures_that_are_emitted_are_looked_at() {
    let Some(stacks) = stacks(&[(ALARMS, &[])]) else {
        return;
    };
    let (emitted, made) = (emitted(), stacks[0].made());
    assert_eq!(emitted.len(), 5);
    let mut metrics = Vec::new();
    made.values()
        .for_each(|it| members(it, "Metric", &mut metrics));
    assert_eq!(metrics.len(), 3 * rotators::all().len());
    for metric in metrics {
        let name = metric["MetricName"].as_str().expect("a name");
        match metric["Namespace"].as_str().expect("a namespace") {
            "AWS/Lambda" => assert!(["Errors", "Throttles"].contains(&name)),
            "Rotation" => assert!(emitted.contains(name), "{name}"),
            other => panic!("{other}"),
        }
    }
    let board = stacks[0].resource("Dashboard");
    let board = board["Properties"]["DashboardBody"]
        .as_str()
        .expect("a text");
    let board: Value = serde_json::from_str(board).expect("JSON");
    let mut expressions = Vec::new();
    members(&board, "expression", &mut expressions);
    assert_eq!(expressions.len(), 5);
    let mut shown = BTreeSet::new();
    for expression in expressions {
        let text = expression.as_str().expect("a text");
        let name = text.split('"').nth(1).expect("a name");
        assert!(text.contains("{Rotation,Rotator"), "{text}");
        shown.insert(name.to_owned());
    }
    assert_eq!(shown, emitted);
}

#[test]
fn alarms_tell_the_topic() {
    let Some(stacks) = stacks(&[(ALARMS, &[])]) else {
        return;
    };
    let alarms = stacks[0].of_type("AWS::CloudWatch::Alarm");
    assert_eq!(alarms.len(), 3);
    for (name, alarm) in alarms {
        assert_eq!(
            alarm["Properties"]["AlarmActions"],
            json!(["Topic"]),
            "{name}"
        );
        let called = alarm["Properties"]["AlarmName"].as_str().expect("a name");
        assert!(
            called.starts_with("rotation-"),
            "else the topic refuses {called}"
        );
    }
}
