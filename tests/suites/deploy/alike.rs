//! The alarms of deploy/alarms.yaml, of Terraform's module and of CDK's construct are the same.

use std::collections::{BTreeMap, BTreeSet};

use regex_lite::{Captures, Regex};
use rotation_tests::deploy::{Stack, stacks};
use rotation_tests::rotators;
use rotation_tests::setting::workspace;
use serde_json::Value;

use super::alarms::ALARMS;

const TERRAFORM: &str = "deploy/terraform/alarms.tf";
const CDK: &str = "deploy/cdk/alarms.ts";
/// CloudWatch takes no longer description.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>.
const LONGEST: usize = 1024;
/// As long as template.yaml lets a stack's be.
const LONG_NAME: &str = "a-name-of-a-stack-that-has-fifty-characters-in-all";

/// What an alarm looks at, and what it says.
#[derive(Debug, PartialEq)]
struct Alarm {
    namespace: String,
    figure: String,
    step: String,
    statistic: String,
    period: String,
    threshold: String,
    description: String,
}

/// By the end of their names.
type Alarms = BTreeMap<String, Alarm>;

fn source(path: &str) -> String {
    std::fs::read_to_string(workspace().join(path)).expect(path)
}

fn text(value: &Value) -> String {
    let text = value.as_str().map(ToOwned::to_owned);
    text.unwrap_or_else(|| value.to_string())
}

/// For the function of PostgreSQL, as if the stack had no other.
fn of_template(stack: &Stack) -> Alarms {
    let alarms = stack.of_type("AWS::CloudWatch::Alarm").into_iter();
    let of = |(_, alarm): (_, Value)| {
        let made = &alarm["Properties"];
        let looked_at = &made["Metrics"][1]["MetricStat"];
        let metric = &looked_at["Metric"];
        assert_eq!(metric["Dimensions"][0]["Value"], "rotation-postgres");
        let name = text(&made["AlarmName"]);
        let of = Alarm {
            namespace: text(&metric["Namespace"]),
            figure: text(&metric["MetricName"]),
            step: step(metric["Dimensions"][1]["Value"].as_str()),
            statistic: text(&looked_at["Stat"]),
            period: text(&looked_at["Period"]),
            threshold: text(&made["Threshold"]),
            description: of_one(&text(&made["AlarmDescription"])),
        };
        (name.replacen("rotation-", "", 1), of)
    };
    alarms.map(of).collect()
}

/// The command is typed for each function there.
fn of_one(description: &str) -> String {
    let each = format!("for it in {}; do ", in_order().join(" "));
    assert!(description.contains(&each), "{description}");
    let one = description.replace(&each, "").replace("; done", "");
    one.replace("rotation-$it", "rotation-postgres")
}

/// The first, then the others by name.
fn in_order() -> Vec<String> {
    let mut all = rotators::all();
    all.sort_by_key(|rotator| (rotators::says(rotator, "first") != "true", rotator.clone()));
    all
}

fn step(named: Option<&str>) -> String {
    let named = named.map(|step| step.trim_matches('"'));
    named.filter(|step| *step != "null").unwrap_or("").into()
}

/// Whatever the pattern finds in the source, by the names of its groups.
fn found(path: &str, pattern: &str, threshold: impl Fn(&str) -> String) -> Alarms {
    let of = |found: Captures<'_>| {
        let group = |name: &str| found.name(name).map(|group| group.as_str().to_owned());
        let description = group("description").expect("a description");
        let named = ["${var.name}", "${props.name}"];
        let named = named.iter().fold(description, |description, name| {
            description.replace(name, "rotation-postgres")
        });
        let alarm = Alarm {
            namespace: group("namespace").expect("a namespace"),
            figure: group("figure").expect("a figure"),
            step: step(group("step").as_deref()),
            statistic: group("statistic").expect("a statistic"),
            period: group("period").expect("a period"),
            threshold: threshold(&group("threshold").expect("a threshold")),
            description: named.replace("\\n", "\n"),
        };
        (group("name").expect("a name"), alarm)
    };
    let pattern = Regex::new(pattern).expect("a pattern");
    pattern.captures_iter(&source(path)).map(of).collect()
}

fn of_terraform() -> Alarms {
    let pattern = concat!(
        r#"(?m)^ +(?<name>\w+) = \{\n +namespace += "(?<namespace>.*?)", metric = "(?<figure>\w+)", statistic = "(?<statistic>\w+)", "#,
        r#"period = (?<period>\d+)\n +step += (?<step>\S+), threshold = (?<threshold>\S+)\n +description = "(?<description>.*)"$"#,
    );
    let default = source(TERRAFORM);
    let (_, default) = default
        .split_once("refused_at_most_millis = optional(number, ")
        .expect("a default");
    let default = default.split(')').next().expect("a number").to_owned();
    let threshold =
        |said: &str| said.replace("local.alarms.refused_at_most_millis", default.as_str());
    found(TERRAFORM, pattern, threshold)
}

fn of_cdk() -> Alarms {
    let pattern = concat!(
        r#"name: "(?<name>\w+)", namespace: "(?<namespace>.*?)", metric: "(?<figure>\w+)"(?:, step: "(?<step>\w+)")?,\n"#,
        r#" +statistic: "(?<statistic>\w+)", period: (?<period>\d+), threshold: (?<threshold>.*),\n +description: `(?<description>.*)`,"#,
    );
    let threshold = |said: &str| said.replace("props.refusedAtMostMillis ?? ", "");
    found(CDK, pattern, threshold)
}

#[test]
fn the_same_alarms_in_all_three() {
    let Some(stacks) = stacks(&[(ALARMS, &[])]) else {
        return;
    };
    let theirs = of_template(&stacks[0]);
    let names: Vec<&str> = theirs.keys().map(String::as_str).collect();
    let expected = [
        "copies",
        "current",
        "errors",
        "labels",
        "orphans",
        "refused",
        "throttles",
    ];
    assert_eq!(names, expected);
    assert_eq!(theirs["labels"].threshold, "16", "17 of 20 are many");
    assert_eq!(of_terraform(), theirs, "{TERRAFORM}");
    assert_eq!(of_cdk(), theirs, "{CDK}");
    let [terraform, cdk] = [TERRAFORM, CDK].map(source);
    for (said, there) in [
        (
            &terraform,
            "alarm_name          = \"${var.name}-${each.key}\"",
        ),
        (&terraform, "comparison_operator = \"GreaterThanThreshold\""),
        (&terraform, "treat_missing_data  = \"notBreaching\""),
        (&cdk, "alarmName: `${functionName}-${alarm.name}`"),
        (&cdk, "ComparisonOperator.GREATER_THAN_THRESHOLD"),
        (&cdk, "TreatMissingData.NOT_BREACHING"),
    ] {
        assert!(said.contains(there), "no {there}");
    }
}

/// Every text that says which events are told, and how.
fn texts(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(found.insert(text.clone())),
        Value::Array(list) => list.iter().for_each(|one| texts(one, found)),
        Value::Object(map) => map.values().for_each(|one| texts(one, found)),
        _ => {}
    }
}

#[test]
fn the_same_events_in_all_three() {
    let Some(stacks) = stacks(&[(ALARMS, &[("lateRotations", "true")])]) else {
        return;
    };
    let mut said = BTreeSet::new();
    for (_, rule) in stacks[0].of_type("AWS::Events::Rule") {
        let made = &rule["Properties"];
        for part in [&made["EventPattern"], &made["State"], &made["Description"]] {
            texts(part, &mut said);
        }
        texts(&made["Targets"][0]["InputTransformer"], &mut said);
    }
    texts(
        &stacks[0].resource("LateCheck")["Properties"]["Source"],
        &mut said,
    );
    assert!(said.remove("rotation-late"), "{said:?}");
    assert!(said.len() > 15, "{said:?}");
    for path in [TERRAFORM, CDK] {
        // Terraform's texts have no other quotes.
        let source = source(path).replace("\\\"", "\"");
        for text in &said {
            assert!(source.contains(text.as_str()), "{path} has no {text}");
        }
    }
}

#[test]
fn every_description_says_what_to_type_and_fits() {
    assert_eq!(LONG_NAME.len(), 50);
    let Some(stacks) = stacks(&[(ALARMS, &[("functionName", LONG_NAME)])]) else {
        return;
    };
    for (name, alarm) in stacks[0].of_type("AWS::CloudWatch::Alarm") {
        let description = text(&alarm["Properties"]["AlarmDescription"]);
        let length = description.chars().count();
        assert!(length <= LONGEST, "{name}: {length} characters");
        let (_, typed) = description
            .split_once("\n\nLook first:\n")
            .expect("a command");
        let (command, then) = typed.split_once("\n\n").expect("what comes next");
        assert!(command.contains("; do aws "), "{name}: {command}");
        assert!(command.contains(&format!("{LONG_NAME}-$it")), "{command}");
        assert!(then.contains("aws "), "{name}: {then}");
    }
}
