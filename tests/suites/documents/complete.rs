//! What the book lists is complete: every variable, and what the log has.

use std::collections::BTreeSet;

use rotation_tests::setting::workspace;

fn read(path: &str) -> String {
    std::fs::read_to_string(workspace().join(path)).expect(path)
}

/// What stands in quotes in `source` and begins with `prefix`.
fn quoted(source: &str, fits: impl Fn(&str) -> bool) -> Vec<&str> {
    source
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(|text| fits(text))
        .collect()
}

/// All that the sources name, once each.
pub(crate) fn error_types() -> BTreeSet<String> {
    let sources = read("framework/src/error.rs") + &read("framework/src/lambda.rs");
    let types = quoted(&sources, |text| text.starts_with("Rotation."));
    types.into_iter().map(ToOwned::to_owned).collect()
}

#[test]
fn every_variable() {
    let settings = read("docs/book/src/settings.md");
    let source = read("framework/src/config/names.rs");
    let upper =
        |text: &str| text.len() > 8 && text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    let names = quoted(&source, upper);
    assert!(names.len() > 15, "{names:?}");
    for name in names {
        assert!(settings.contains(&format!("`{name}`")), "{name}");
    }
}

/// The names that the first column of the table under `heading` has in back quotes.
fn rows<'a>(page: &'a str, heading: &str) -> BTreeSet<&'a str> {
    let (_, below) = page.split_once(heading).expect(heading);
    let rows = below
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with('|'));
    let first = rows.map(|row| row.split('|').nth(1).expect("a column"));
    first
        .flat_map(|names| names.split('`').skip(1).step_by(2))
        .collect()
}

/// The stable files have what the function writes. X-Ray's id is there where Lambda gives one, which its emulator does not.
#[test]
fn every_field_and_figure() {
    let page = read("docs/book/src/log.md");
    let stable = read("tests/stable/log-fields.txt");
    let fields = stable.lines().filter_map(|line| line.split_once(": "));
    let fields = fields.flat_map(|(_, names)| names.split(' '));
    let fields: BTreeSet<&str> = fields.chain(["xray_trace_id"]).collect();
    assert_eq!(
        rows(&page, "| field | lines that have it | what it says |\n"),
        fields
    );
    let stable = read("tests/stable/figures.txt");
    let figures = stable
        .lines()
        .filter_map(|line| line.strip_prefix("figure \""));
    let figures = figures.filter_map(|line| line.split('"').next()).collect();
    assert_eq!(rows(&page, "| figure | unit | what it says |\n"), figures);
}
