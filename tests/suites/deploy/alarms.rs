//! deploy/alarms.yaml: who is told of what.

use std::collections::BTreeSet;

use rotation_tests::deploy::{Stack, stacks};
use rotation_tests::rotators;
use rotation_tests::setting::workspace;
use serde_json::{Value, json};

use super::members;

pub(super) const ALARMS: &str = "deploy/alarms.yaml";

/// The figures that are declared stable, and the sets of dimensions that they have.
struct Declared {
    figures: BTreeSet<String>,
    dimensions: Vec<Vec<String>>,
}

impl Declared {
    /// A test of the suite `documents` holds the file against what the functions write.
    fn read() -> Self {
        let path = workspace().join("tests/stable/figures.txt");
        let text = std::fs::read_to_string(path).expect("the figures");
        assert!(text.contains("namespace \"Rotation\"\n"));
        let named = |line: &str| Some(line.strip_prefix("figure ")?.split('"').nth(1)?.to_owned());
        let dimensions = text
            .lines()
            .find_map(|line| line.strip_prefix("dimensions "));
        let dimensions = dimensions.expect("the dimensions");
        Self {
            figures: text.lines().filter_map(named).collect(),
            dimensions: serde_json::from_str(dimensions).expect("lists of names"),
        }
    }

    /// Whether it exists with these dimensions.
    fn has(&self, figure: &str, dimensions: &[&str]) -> bool {
        self.figures.contains(figure) && self.dimensions.iter().any(|set| set == dimensions)
    }
}

#[test]
fn a_rotation_that_fails_or_is_abandoned_is_told() {
    let Some(stacks) = stacks(&[
        (ALARMS, &[]),
        (
            ALARMS,
            &[("email", "a@example.com"), ("lateRotations", "true")],
        ),
        (
            ALARMS,
            &[("accountRules", "false"), ("lateRotations", "true")],
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
    for (stack, rules) in stacks.iter().zip([2, 3, 0]) {
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
    assert!(stacks[2].of_type("AWS::Config::ConfigRule").is_empty());
    let policy = stacks[2].resource("TopicPolicy");
    let senders = policy["Properties"]["PolicyDocument"]["Statement"].as_array();
    assert_eq!(senders.map(Vec::len), Some(1), "the alarms alone");
    let check = stacks[1].resource("LateCheck");
    assert_eq!(check["Properties"]["ConfigRuleName"], "rotation-late");
    assert_eq!(stacks[1].of_type("AWS::SNS::Subscription").len(), 1);
}

/// The metrics of all alarms.
fn metrics(stack: &Stack) -> Vec<Value> {
    let made = stack.made();
    let mut metrics = Vec::new();
    made.values()
        .for_each(|it| members(it, "Metric", &mut metrics));
    metrics.into_iter().cloned().collect()
}

/// What the dashboard draws: lists of namespace, name, and dimensions with their values.
fn drawn(stack: &Stack) -> Vec<Vec<String>> {
    let board = stack.resource("Dashboard");
    let board = board["Properties"]["DashboardBody"]
        .as_str()
        .expect("a text");
    let board: Value = serde_json::from_str(board).expect("JSON");
    let mut graphs = Vec::new();
    members(&board, "metrics", &mut graphs);
    let lines = graphs
        .into_iter()
        .flat_map(|graph| graph.as_array().expect("a list"));
    let texts = |line: &Value| {
        let parts = line.as_array().expect("a list").iter();
        let texts = parts.filter_map(Value::as_str).map(ToOwned::to_owned);
        texts.collect::<Vec<_>>()
    };
    lines.map(texts).filter(|line| !line.is_empty()).collect()
}

#[test]
fn only_figures_that_are_declared_are_looked_at() {
    let Some(stacks) = stacks(&[(ALARMS, &[])]) else {
        return;
    };
    let declared = Declared::read();
    assert_eq!(declared.figures.len(), 9);
    let metrics = metrics(&stacks[0]);
    assert_eq!(metrics.len(), 7 * rotators::all().len());
    let mut looked_at = BTreeSet::new();
    for metric in &metrics {
        let dimensions = metric["Dimensions"].as_array().expect("a list").iter();
        let names = dimensions.map(|it| it["Name"].as_str().expect("a name"));
        let name = metric["MetricName"].as_str().expect("a name");
        looked_at.insert(name);
        match metric["Namespace"].as_str().expect("a namespace") {
            "AWS/Lambda" => assert!(["Errors", "Throttles"].contains(&name)),
            "Rotation" => assert!(declared.has(name, &names.collect::<Vec<_>>()), "{name}"),
            other => panic!("{other}"),
        }
    }
    assert_eq!(looked_at.len(), 7, "one alarm for each: {looked_at:?}");
    let mut shown = BTreeSet::new();
    for line in drawn(&stacks[0]) {
        if line[0] == "Rotation" {
            let names: Vec<&str> = line[2..].iter().step_by(2).map(String::as_str).collect();
            assert!(declared.has(&line[1], &names), "{line:?}");
            shown.insert(line[1].clone());
        }
    }
    assert_eq!(shown, declared.figures);
}

/// Two stacks in one account, as of staging and of production: neither looks at the other's functions, and no name is both's.
#[test]
fn a_stack_looks_at_its_own_functions_alone() {
    let Some(stacks) = stacks(&[(ALARMS, &[]), (ALARMS, &[("functionName", "staging")])]) else {
        return;
    };
    let mut named = BTreeSet::new();
    for (stack, prefix) in stacks.iter().zip(["rotation", "staging"]) {
        let own = rotators::all().into_iter();
        let own: BTreeSet<String> = own.map(|it| format!("{prefix}-{it}")).collect();
        let mut found = BTreeSet::new();
        for metric in metrics(stack) {
            let value = &metric["Dimensions"][0]["Value"];
            found.insert(value.as_str().expect("a name").to_owned());
        }
        assert_eq!(found, own, "the alarms");
        let drawn = drawn(stack);
        let shown: BTreeSet<String> = drawn.iter().map(|line| line[3].clone()).collect();
        assert_eq!(shown, own, "the dashboard");
        let alarms = stack.of_type("AWS::CloudWatch::Alarm");
        let names = alarms.values().map(|it| &it["Properties"]["AlarmName"]);
        let names = names.cloned();
        let board = stack.resource("Dashboard")["Properties"]["DashboardName"].clone();
        for name in names.chain([board]) {
            assert!(named.insert(name.to_string()), "{name} twice");
        }
    }
}

#[test]
fn alarms_tell_the_topic() {
    let Some(stacks) = stacks(&[(ALARMS, &[])]) else {
        return;
    };
    let alarms = stacks[0].of_type("AWS::CloudWatch::Alarm");
    assert_eq!(alarms.len(), 7);
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
