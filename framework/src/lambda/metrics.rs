//! CloudWatch metrics in Embedded Metric Format. CloudWatch reads the figures from a line of the log.

use std::io::Write;
use std::time::{Duration, SystemTime};

use serde::Serialize;
use serde_json::{Value, json};
use tracing::level_filters::LevelFilter;

use super::invocation::Invocation;
use crate::clock::{self, rfc3339};
use crate::engine::Report;

const NAMESPACE: &str = "Rotation";

/// The figures of one step.
pub(super) struct Metrics<'a> {
    pub(super) invocation: &'a Invocation,
    pub(super) asked: Option<&'static str>,
    pub(super) report: Option<&'a Report>,
    pub(super) succeeded: bool,
    pub(super) duration: Duration,
    /// The level from which on the function writes lines.
    pub(super) level: LevelFilter,
    pub(super) now: SystemTime,
}

/// The line, with all figures beside `_aws`, which says what they are.
#[derive(Serialize)]
struct Line<'a> {
    timestamp: String,
    level: &'static str,
    #[serde(flatten)]
    invocation: &'a Invocation,
    #[serde(flatten)]
    figures: serde_json::Map<String, Value>,
    /// The two dimensions are named as those of Lambda's own figures, and as CloudWatch names what has no name of its own.
    #[serde(rename = "FunctionName")]
    function_name: &'a str,
    #[serde(rename = "Step", skip_serializing_if = "Option::is_none")]
    step: Option<&'static str>,
    #[serde(rename = "_aws")]
    head: Value,
}

impl Metrics<'_> {
    /// Writes the line at every log level, since alarms depend on it.
    pub(super) fn write(&self) {
        let line = serde_json::to_string(&self.line()).unwrap_or_default();
        // Nobody could be told of a log that cannot be written.
        let _ = writeln!(std::io::stdout().lock(), "{line}");
    }

    /// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
    fn line(&self) -> Line<'_> {
        let figures = self.figures();
        let mut dimensions = vec![vec!["FunctionName"]];
        if self.asked.is_some() {
            dimensions.push(vec!["FunctionName", "Step"]);
        }
        let metrics: Vec<Value> = figures
            .iter()
            .map(|(name, unit, _)| json!({"Name": name, "Unit": unit}))
            .collect();
        let declared = json!({
            "Namespace": NAMESPACE,
            "Dimensions": dimensions,
            "Metrics": metrics,
        });
        let since = self.now.duration_since(SystemTime::UNIX_EPOCH);
        let timestamp = clock::millis(since.unwrap_or_default());
        let figures = figures.into_iter();
        Line {
            timestamp: rfc3339(self.now),
            level: level(self.level),
            invocation: self.invocation,
            figures: figures
                .map(|(name, _, value)| (name.to_owned(), value))
                .collect(),
            function_name: &self.invocation.function,
            step: self.asked,
            head: json!({"Timestamp": timestamp, "CloudWatchMetrics": [declared]}),
        }
    }

    /// Each figure with its unit. One that nobody knows is left out.
    fn figures(&self) -> Vec<(&'static str, &'static str, Value)> {
        let count = |yes: bool| Some(json!(u8::from(yes)));
        let told = |figure: fn(&Report) -> Option<Value>| self.report.and_then(figure);
        let known = [
            ("Succeeded", "Count", count(self.succeeded)),
            ("Failed", "Count", count(!self.succeeded)),
            ("Duration", "Milliseconds", Some(millis(self.duration))),
            (
                "RefusedAtMost",
                "Milliseconds",
                told(|report| report.refused_at_most.map(millis)),
            ),
            (
                "Age",
                "Seconds",
                told(|report| Some(json!(report.age?.as_secs()))),
            ),
            (
                "LabelsInUse",
                "Count",
                told(|report| report.labels_in_use.map(Value::from)),
            ),
            (
                "CopiesBehind",
                "Count",
                told(|report| report.copies_behind.map(Value::from)),
            ),
            (
                "CurrentRefused",
                "Count",
                told(|report| report.current_refused.map(|yes| json!(u8::from(yes)))),
            ),
            (
                "Orphans",
                "Count",
                told(|report| report.orphans.map(Value::from)),
            ),
        ];
        let known = known.into_iter();
        known
            .filter_map(|(name, unit, value)| Some((name, unit, value?)))
            .collect()
    }
}

fn millis(duration: Duration) -> Value {
    json!(duration.as_secs_f64() * 1000.0)
}

/// The level that the line says, so that Lambda writes it. Lambda takes a line without `level` or `timestamp` for INFO, and drops
/// what is below the function's own level. Our ERROR stands for Lambda's FATAL too, so that level counts.
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html>.
fn level(level: LevelFilter) -> &'static str {
    match level.into_level() {
        Some(tracing::Level::ERROR) | None => "FATAL",
        Some(level) => level.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use lambda_runtime::Context;

    use super::*;

    #[test]
    fn lambda_writes_it_at_each_level_of_a_function() {
        let invocation = Invocation::new("postgres", &Context::default(), true);
        let written = |level| {
            let metrics = Metrics {
                invocation: &invocation,
                asked: None,
                report: None,
                succeeded: false,
                duration: Duration::from_millis(12),
                level,
                now: SystemTime::UNIX_EPOCH + Duration::from_secs(3),
            };
            let line = serde_json::to_value(metrics.line()).expect("JSON");
            assert_eq!(line["timestamp"], "1970-01-01T00:00:03Z");
            assert_eq!(line["_aws"]["Timestamp"], 3000);
            line["level"].as_str().expect("a text").to_owned()
        };
        assert_eq!(written(LevelFilter::INFO), "INFO");
        assert_eq!(written(LevelFilter::WARN), "WARN");
        assert_eq!(written(LevelFilter::ERROR), "FATAL");
    }
}
