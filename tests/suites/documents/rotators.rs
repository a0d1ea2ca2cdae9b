//! A rotator is a folder of `rotators/`. Whatever names all rotators names each.

use rotation_tests::rotators;
use rotation_tests::setting::workspace;

/// Where each rotator stands: the file, and what is then in it. `scripts/generate` writes these.
const GENERATED: &[(&str, &str)] = &[
    ("template.yaml", "\n  {Name}Function:\n"),
    ("deploy/alarms.yaml", "\"${functionName}-{name}\""),
    ("README.md", "\n| [{name}](rotators/{name}/README.md) |"),
];

/// The same. A person writes these. Another place is a line more.
const BY_HAND: &[(&str, &str)] = &[
    ("rotators/{name}/rotator.toml", "title = "),
    ("rotators/{name}/README.md", "# rotator-{name}\n"),
    ("rotators/{name}/src/main.rs", "rotator_{name}::"),
    ("cli/Cargo.toml", "\nrotator-{name} = "),
    ("cli/src/lib.rs", "rotator_{name}::"),
    ("CHANGELOG.md", "\n- {title}: "),
];

#[test]
fn each_is_wherever_all_are() {
    let missing: Vec<String> = rotators::all()
        .iter()
        .filter_map(|rotator| missing(rotator))
        .collect();
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
}

/// A sentence, if a rotator is missing somewhere.
fn missing(rotator: &str) -> Option<String> {
    let files = absent(GENERATED, rotator).into_iter().map(|(file, _)| file);
    let generated: Vec<String> = files.collect();
    let with_text = |(file, text): (String, String)| {
        let words: Vec<&str> = text.split_whitespace().collect();
        format!("{file} ({})", words.join(" "))
    };
    let lines = absent(BY_HAND, rotator).into_iter().map(with_text);
    let by_hand: Vec<String> = lines.collect();
    let mut parts = Vec::new();
    if !by_hand.is_empty() {
        parts.push(format!("write it into {}", by_hand.join(", ")));
    }
    if !generated.is_empty() {
        let files = generated.join(", ");
        parts.push(format!("scripts/generate writes it into {files}"));
    }
    (!parts.is_empty()).then(|| format!("rotators/{rotator} is missing: {}.", parts.join("; ")))
}

/// The places that do not have it.
fn absent(places: &[(&str, &str)], rotator: &str) -> Vec<(String, String)> {
    let (first, rest) = rotator.split_at(1);
    let capital = first.to_uppercase() + rest;
    let mut title = rotators::says(rotator, "title");
    if title.is_empty() {
        title.push_str("TITLE");
    }
    let filled = |text: &str| {
        let text = text.replace("{name}", rotator).replace("{Name}", &capital);
        text.replace("{title}", &title)
    };
    let places = places
        .iter()
        .map(|(file, text)| (filled(file), filled(text)));
    let has = |(file, text): &(String, String)| {
        let there = std::fs::read_to_string(workspace().join(file));
        there.is_ok_and(|there| there.contains(text))
    };
    places.filter(|place| !has(place)).collect()
}

#[test]
fn one_that_is_missing_is_told_with_all_places() {
    let said = missing("nobody").expect("a sentence");
    assert_eq!(said.lines().count(), 1);
    for place in [
        "cli/Cargo.toml (rotator-nobody =)",
        "scripts/generate writes it into template.yaml, deploy/alarms.yaml, README.md.",
    ] {
        assert!(said.contains(place), "{said}");
    }
}
