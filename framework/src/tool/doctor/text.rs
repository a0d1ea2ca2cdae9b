//! The lines for a person. The last two say what is wrong and what comes next.

use super::Shown;
use crate::secret::printable;

pub(super) fn of(shown: &Shown) -> Vec<String> {
    let rotator = shown
        .rotator
        .map_or_else(String::new, |name| format!(" ({name})"));
    let mut lines = vec![format!("{}{rotator}", shown.secret), String::new()];
    let facts = shown.facts.iter();
    lines.extend(facts.map(|fact| format!("{:<13} {}", fact.name, fact.text)));
    if !shown.versions.is_empty() {
        lines.extend([String::new(), "Versions, oldest first:".into()]);
        lines.extend(shown.versions.iter().map(|row| format!("  {}", row.line())));
    }
    lines.push(String::new());
    let unknown = shown.unknown.iter();
    lines.extend(unknown.map(|unknown| format!("Not known: {unknown}")));
    let faults = shown.faults.iter().rev();
    lines.extend(faults.map(|fault| {
        let kind = match fault.stops {
            true => "Stops rotations",
            false => "Risk",
        };
        format!("{kind}: {}", fault.line())
    }));
    lines.push(format!("State: {}. {}", shown.state, shown.says));
    match &shown.cause {
        Some(cause) => lines.push(format!("Cause: {cause}")),
        None => lines.push("Cause: nothing that is known stands in the way of a rotation.".into()),
    }
    lines.push(format!("Next: {}", shown.next));
    let lines = lines.iter();
    lines.map(|line| printable(line, usize::MAX)).collect()
}
