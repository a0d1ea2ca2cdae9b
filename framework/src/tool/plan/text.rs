//! The plan, for a person.

use super::differences::Difference;
use super::{Line, Obstacle, Probed, Row};
use crate::error::help;

/// The lines of the screen.
pub(super) fn of(probed: &Probed) -> Vec<String> {
    let mut lines = vec![probed.secret.clone()];
    if let Some(rotator) = probed.rotator {
        lines.push(format!("Rotator: {rotator}"));
    }
    if !probed.steps.is_empty() {
        lines.push(String::new());
        lines.push(
            "What a rotation does. A star marks what changes something: that was not done now."
                .into(),
        );
    }
    lines.extend(probed.steps.iter().flat_map(step));
    if !probed.differences.is_empty() {
        lines.push(String::new());
        lines.push("Where AWS's template would do something else with this secret:".into());
    }
    for difference in &probed.differences {
        let Difference {
            key,
            template,
            function,
            ..
        } = difference;
        lines.push(format!(
            "  {key}: AWS's template {template}. This function {function}"
        ));
        lines.push(format!("    to do: {}", difference.remedy));
    }
    lines.push(String::new());
    let warnings = probed.warnings.iter();
    lines.extend(warnings.map(|warning| format!("Note: {warning}")));
    lines.push(format!("Note: {}.", probed.rights));
    let obstacle = probed.stands_in_the_way.as_ref();
    lines.push(verdict(obstacle));
    let error_type = obstacle.and_then(|obstacle| obstacle.error_type);
    lines.extend(error_type.map(|error_type| format!("Help: {}", help(error_type))));
    lines
}

fn step(row: &Row) -> Vec<String> {
    let calls = row.calls.iter().map(call);
    [row.step.to_owned()].into_iter().chain(calls).collect()
}

fn call(line: &Line) -> String {
    let star = if line.changes { '*' } else { ' ' };
    let to = match line.to {
        "nobody" => "",
        to => to,
    };
    format!("  {star} {to:<15}  {}", line.text)
}

fn verdict(obstacle: Option<&Obstacle>) -> String {
    let Some(obstacle) = obstacle else {
        return "Verdict: a rotation would go through now.".into();
    };
    let of_type = obstacle
        .error_type
        .map_or_else(String::new, |name| format!(" ({name})"));
    let outcome = obstacle.outcome();
    format!("Verdict: {outcome}{of_type}: {}", obstacle.text)
}
