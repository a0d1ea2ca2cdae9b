//! The alarms of CloudWatch that look at a function.
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html>.

use roxmltree::Node;

use super::xml::{child, is, list, text};
use super::{Api, CLOUDWATCH, Question};
use crate::error::StoreError;

/// The most pages that are read, each of a hundred alarms.
const PAGES: usize = 20;

/// An alarm.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Alarm {
    pub(crate) name: String,
    /// As in `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub(crate) state: String,
    /// Whether anybody is told.
    pub(crate) tells: bool,
}

/// Those that look at figures of the function with this name, and whether these are all: an account may have very many.
pub(crate) async fn of(api: &Api<'_>, function: &str) -> Result<(Vec<Alarm>, bool), StoreError> {
    let question = Question {
        service: &CLOUDWATCH,
        operation: "DescribeAlarms",
        resource: "*",
    };
    let mut found = Vec::new();
    let mut token = String::new();
    for _ in 0..PAGES {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let mut parameters = vec![
            pair("MaxRecords", "100"),
            pair("AlarmTypes.member.1", "MetricAlarm"),
        ];
        if !token.is_empty() {
            parameters.push(("NextToken".to_owned(), token));
        }
        let read = |root: Node<'_, '_>| page(root, function);
        let page = api.query(&question, "2010-08-01", &parameters, read);
        let (alarms, next) = page.await?;
        found.extend(alarms);
        if next.is_empty() {
            return Ok((found, true));
        }
        token = next;
    }
    Ok((found, false))
}

fn page(root: Node<'_, '_>, function: &str) -> (Vec<Alarm>, String) {
    let Some(result) = child(root, "DescribeAlarmsResult") else {
        return (Vec::new(), String::new());
    };
    let alarms = list(result, "MetricAlarms").filter(|alarm| watches(*alarm, function));
    (alarms.map(alarm).collect(), text(result, "NextToken"))
}

fn alarm(member: Node<'_, '_>) -> Alarm {
    Alarm {
        name: text(member, "AlarmName"),
        state: text(member, "StateValue"),
        tells: is(member, "ActionsEnabled") && list(member, "AlarmActions").next().is_some(),
    }
}

/// Returns true if one of the alarm's figures is the function's. It does so too if an expression of the alarm names it, as in
/// `SELECT SUM(Errors) FROM "AWS/Lambda" WHERE FunctionName = 'rotation-postgres'`.
fn watches(alarm: Node<'_, '_>, function: &str) -> bool {
    let quoted = [format!("'{function}'"), format!("\"{function}\"")];
    let own = |node: Node<'_, '_>| match node.tag_name().name() {
        "Dimensions" => node.children().any(|dimension| {
            text(dimension, "Name") == "FunctionName" && text(dimension, "Value") == function
        }),
        "Expression" => node
            .text()
            .is_some_and(|text| quoted.iter().any(|name| text.contains(name))),
        _ => false,
    };
    alarm.descendants().any(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An alarm of one figure, one of deploy/alarms.yaml, one that tells nobody, and one of another function.
    #[test]
    fn which_alarms_look_at_a_function() {
        let dimension = |name: &str| {
            format!(
                "<Dimensions><member><Name>FunctionName</Name><Value>{name}</Value></member></Dimensions>"
            )
        };
        let own = dimension("rotation-postgres");
        let other = dimension("other");
        let on = "<ActionsEnabled>true</ActionsEnabled><AlarmActions><member>arn:t</member></AlarmActions>";
        let xml = format!(
            "<DescribeAlarmsResponse xmlns=\"http://monitoring.amazonaws.com/doc/2010-08-01/\"><DescribeAlarmsResult><MetricAlarms>\
             <member><AlarmName>one</AlarmName><StateValue>OK</StateValue>{on}{own}</member>\
             <member><AlarmName>all</AlarmName><StateValue>ALARM</StateValue>{on}<Metrics><member><Expression>a+b</Expression></member><member><MetricStat><Metric>{own}</Metric></MetricStat></member></Metrics></member>\
             <member><AlarmName>mute</AlarmName><StateValue>OK</StateValue><ActionsEnabled>false</ActionsEnabled><AlarmActions/>{own}</member>\
             <member><AlarmName>other</AlarmName><StateValue>OK</StateValue>{on}{other}</member>\
             </MetricAlarms><NextToken>more</NextToken></DescribeAlarmsResult></DescribeAlarmsResponse>"
        );
        let document = roxmltree::Document::parse(&xml).expect("XML");
        let (alarms, next) = page(document.root_element(), "rotation-postgres");
        let alarms: Vec<_> = alarms
            .iter()
            .map(|alarm| (alarm.name.as_str(), alarm.state.as_str(), alarm.tells))
            .collect();
        assert_eq!(
            alarms,
            [
                ("one", "OK", true),
                ("all", "ALARM", true),
                ("mute", "OK", false)
            ]
        );
        assert_eq!(next, "more");
    }
}
