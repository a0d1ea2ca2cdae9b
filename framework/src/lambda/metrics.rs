//! CloudWatch metrics in Embedded Metric Format. CloudWatch reads the figures from a line of the log.

use std::io::Write;
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value, json};

use crate::event::Step;

const NAMESPACE: &str = "Rotation";

/// The figures of one step.
pub(super) struct Metrics {
    pub(super) rotator: &'static str,
    pub(super) step: Option<Step>,
    pub(super) succeeded: bool,
    pub(super) duration: Duration,
    pub(super) refused_at_most: Option<Duration>,
    pub(super) age: Option<Duration>,
    pub(super) now: SystemTime,
}

impl Metrics {
    /// Writes the line at every log level, since alarms depend on it.
    pub(super) fn write(&self) {
        // Nobody could be told of a log that cannot be written.
        let _ = writeln!(std::io::stdout().lock(), "{}", self.line());
    }

    /// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
    fn line(&self) -> Value {
        let count = |yes: bool| json!(u8::from(yes));
        let mut figures = vec![
            ("Succeeded", "Count", count(self.succeeded)),
            ("Failed", "Count", count(!self.succeeded)),
            ("Duration", "Milliseconds", millis(self.duration)),
        ];
        if let Some(refused) = self.refused_at_most {
            figures.push(("RefusedAtMost", "Milliseconds", millis(refused)));
        }
        if let Some(age) = self.age {
            figures.push(("Age", "Seconds", json!(age.as_secs())));
        }
        let mut dimensions = vec![vec!["Rotator"]];
        let mut line = Map::from_iter([("Rotator".to_owned(), json!(self.rotator))]);
        if let Some(step) = self.step {
            dimensions.push(vec!["Rotator", "Step"]);
            line.insert("Step".into(), json!(step.name()));
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
        let since = since.unwrap_or_default().as_millis();
        let timestamp = u64::try_from(since).unwrap_or_default();
        let head = json!({"Timestamp": timestamp, "CloudWatchMetrics": [declared]});
        line.insert("_aws".into(), head);
        line.extend(
            figures
                .into_iter()
                .map(|(name, _, value)| (name.to_owned(), value)),
        );
        Value::Object(line)
    }
}

fn millis(duration: Duration) -> Value {
    json!(duration.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_declared_name_has_its_value() {
        let metrics = Metrics {
            rotator: "postgres",
            step: Some(Step::FinishSecret),
            succeeded: true,
            duration: Duration::from_millis(12),
            refused_at_most: Some(Duration::from_secs(2)),
            age: Some(Duration::from_secs(86_400)),
            now: SystemTime::UNIX_EPOCH + Duration::from_secs(3),
        };
        let line = metrics.line();
        assert_eq!(line["_aws"]["Timestamp"], 3000);
        let declared = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(declared["Namespace"], "Rotation");
        assert_eq!(
            declared["Dimensions"],
            json!([["Rotator"], ["Rotator", "Step"]])
        );
        for metric in declared["Metrics"].as_array().expect("a list") {
            assert!(line[metric["Name"].as_str().expect("a name")].is_number());
        }
        assert_eq!(
            (&line["RefusedAtMost"], &line["Age"]),
            (&json!(2000.0), &json!(86_400))
        );
        assert_eq!(
            (&line["Rotator"], &line["Step"]),
            (&json!("postgres"), &json!("finishSecret"))
        );
    }
}
