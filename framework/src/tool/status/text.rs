//! The picture for a person.

use super::{Shown, Version};
use crate::engine::MAX_LABELS;
use crate::secret::printable;
use crate::tool::screen::day;

/// Lines for the screen. The last one is the state. A value that has line breaks stays on its line.
pub(super) fn of(shown: &Shown) -> Vec<String> {
    let mut lines = vec![shown.secret.clone(), String::new()];
    lines.extend(
        facts(shown)
            .into_iter()
            .map(|(name, value)| format!("{name:<13} {value}")),
    );
    lines.extend([String::new(), "Versions, oldest first:".into()]);
    lines.extend(shown.versions.iter().map(version));
    lines.push(String::new());
    lines.extend(shown.notes.iter().map(|note| format!("Note: {note}")));
    lines.extend(
        shown
            .unknown
            .iter()
            .map(|unknown| format!("Not known: {unknown}")),
    );
    lines.push(format!(
        "State: {}. {}",
        shown.state.name, shown.state.sentence
    ));
    let lines = lines.iter();
    lines.map(|line| printable(line, usize::MAX)).collect()
}

fn facts(shown: &Shown) -> Vec<(&'static str, String)> {
    let credential = &shown.credential;
    let user = credential
        .principal
        .as_ref()
        .zip(credential.target.as_ref());
    let user = user.map(|(principal, target)| format!("{principal} at {target}"));
    let replicas = shown.replicas.iter().map(|replica| {
        let said = replica
            .message
            .as_ref()
            .map_or_else(String::new, |said| format!(": {said}"));
        (
            "Replica",
            format!("{} {}{said}", replica.place, replica.status),
        )
    });
    let tags = shown
        .tags
        .iter()
        .map(|(key, value)| ("Tag", format!("{key} = {value}")));
    let known = [
        ("Rotation", Some(rotation(shown))),
        ("Function", shown.rotation.function.clone()),
        ("Rotator", credential.rotator.map(ToOwned::to_owned)),
        ("User", user),
        ("Administrator", credential.administrator.clone()),
        ("Key", Some(shown.kms_key.clone())),
        (
            "Labels",
            Some(format!("{} of {MAX_LABELS}", shown.labels_in_use)),
        ),
    ];
    let known = known.into_iter();
    let known = known.filter_map(|(name, value)| Some((name, value?)));
    known.chain(replicas).chain(tags).collect()
}

/// As in `on, cron(0 4 1 * ? *) for 2h; last 2026-11-01 04:10, next 2026-12-01 04:00 UTC`.
fn rotation(shown: &Shown) -> String {
    let rotation = &shown.rotation;
    let on = if rotation.enabled == Some(true) {
        "on"
    } else {
        "off"
    };
    let schedule = rotation
        .schedule
        .as_ref()
        .map(|schedule| format!(", {schedule}"));
    let window = rotation
        .window
        .as_ref()
        .map(|window| format!(" for {window}"));
    let dates = [("last", &rotation.last), ("next", &rotation.next)];
    let dates = dates
        .iter()
        .filter_map(|(name, date)| Some(format!("{name} {}", day(date.as_ref()?))));
    let dates: Vec<String> = dates.collect();
    let dates = match dates[..] {
        [] => String::new(),
        _ => format!("; {} UTC", dates.join(", ")),
    };
    format!(
        "{on}{}{}{dates}",
        schedule.unwrap_or_default(),
        window.unwrap_or_default()
    )
}

fn version(version: &Version) -> String {
    let made = version.made.as_deref().map_or_else(|| "?".into(), day);
    let mark = if version.marked { "mark" } else { "" };
    let labels = version.labels.join(" ");
    let line = format!("  {made:<16}  {}  {mark:<4}  {labels}", version.version);
    line.trim_end().to_owned()
}
