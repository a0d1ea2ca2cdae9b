//! The alarms that look at the function.

use super::{Around, Subject};
use crate::aws::around::alarms::Alarm;
use crate::aws::around::function::name;
use crate::error::StoreError;

impl Around {
    pub(super) fn alarms(
        &mut self,
        subject: &Subject<'_>,
        seen: Result<(Vec<Alarm>, bool), StoreError>,
    ) {
        let Some((alarms, all)) = self.learn("whether an alarm looks at the function", seen) else {
            return;
        };
        let make = format!(
            "Deploy the alarms of deploy/alarms.yaml, or one: aws cloudwatch put-metric-alarm --alarm-name {}-errors --namespace AWS/Lambda --metric-name Errors --dimensions Name=FunctionName,Value={} --statistic Sum --period 300 --evaluation-periods 1 --threshold 0 --comparison-operator GreaterThanThreshold --treat-missing-data notBreaching --alarm-actions TOPIC",
            name(subject.function),
            name(subject.function)
        );
        if !alarms.is_empty() {
            let each = alarms.iter();
            let each = each.map(|alarm| format!("{} {}", alarm.name, alarm.state));
            self.fact("Alarms", each.collect::<Vec<_>>().join(", "));
        }
        match alarms.iter().any(|alarm| alarm.tells) {
            true => {}
            false if !all => self.unknown.push(
                "whether an alarm looks at the function: the account has more alarms than are read here".into(),
            ),
            false if alarms.is_empty() => self.risk(
                subject.function,
                "no alarm looks at it, so nobody hears of a rotation that fails",
                make,
            ),
            false => self.risk(
                subject.function,
                "its alarms tell nobody, since they have no action, or their actions are off",
                "Give them a topic, or turn them on: aws cloudwatch enable-alarm-actions --alarm-names NAME",
            ),
        }
    }
}
