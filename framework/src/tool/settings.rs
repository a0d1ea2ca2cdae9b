//! The settings of a rotator, as its help shows them.

use super::known::{About, Known};
use super::say;
use crate::config::{VARIABLES, either, password_tag, word};
use crate::settings::Shared;

/// Shows the settings of the rotator with this name, or of all.
pub(super) fn show(rotators: &[Known], name: Option<&str>) {
    let all = rotators.iter().map(|known| &known.about);
    for about in all.filter(|about| name.is_none_or(|name| name == about.name)) {
        say(&text(about));
    }
}

/// All variables that the rotator reads, its own first.
fn text(about: &About) -> String {
    let own = about.settings.iter();
    let own = own.map(|setting| {
        let tag = setting.by_tag.then(|| setting.tag());
        line(setting.name, setting.help, tag)
    });
    let shared = VARIABLES.iter().filter(|(group, _)| {
        group.is_none_or(|group: Shared| about.shared_settings.contains(&group))
    });
    let shared = shared.flat_map(|(_, variables)| *variables);
    let shared = shared.filter_map(|(name, help)| {
        let help = match *name {
            "ROTATION_STRATEGY" if about.strategies.is_empty() => return None,
            "ROTATION_STRATEGY" => format!("{}: {help}", strategies(about)),
            "EXCLUDE_CHARACTERS" => format!("{help} [default: {}]", about.exclude_characters),
            _ => (*help).to_owned(),
        };
        Some(line(name, &help, password_tag(name)))
    });
    let lines: Vec<String> = own.chain(shared).collect();
    format!("The settings of {}:\n{}\n", about.name, lines.join("\n"))
}

fn strategies(about: &About) -> String {
    let words: Vec<&str> = about.strategies.iter().copied().map(word).collect();
    either(&words)
}

fn line(name: &str, help: &str, tag: Option<String>) -> String {
    let tag = tag.map_or_else(String::new, |tag| {
        format!("\n  {:<27} also by the tag {tag}", "")
    });
    format!("  {name:<27} {help}{tag}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Strategy;
    use crate::settings::Setting;

    #[test]
    fn a_rotator_shows_what_it_reads_and_nothing_else() {
        let mut door = About::unbuilt("door");
        door.settings = const { &[Setting::by_tag("DOOR_SIDE", "which side")] };
        door.shared_settings = &[Shared::Hosts];
        let shown = text(&door);
        for taught in ["DOOR_SIDE", "the tag rotation:door-side", "ALLOWED_HOSTS"] {
            assert!(shown.contains(taught), "{shown}");
        }
        for other in ["PASSWORD", "ROTATION_STRATEGY", "RDS", "RETIRE_PREVIOUS"] {
            assert!(!shown.contains(other), "{other}: {shown}");
        }
        door.shared_settings = Shared::ALL;
        door.strategies = &[Strategy::SingleUser, Strategy::DualPassword];
        door.exclude_characters = "#?";
        let shown = text(&door);
        for taught in [
            "single-user or dual-password: whose",
            "no password has [default: #?]",
            "the tag rotation:exclude-characters",
        ] {
            assert!(shown.contains(taught), "{shown}");
        }
    }
}
