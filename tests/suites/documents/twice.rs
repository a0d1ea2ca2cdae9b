//! What the databases share stands once, in the framework: no six lines of code stand in both rotators.

use std::collections::BTreeMap;

use crate::files::texts;

/// So many lines in a row may be the same by chance: the end of one function and the beginning of the next.
const LINES: usize = 6;

#[test]
fn no_six_lines_stand_in_both_rotators() {
    let postgres = runs("rotators/postgres/src");
    let mysql = runs("rotators/mysql/src");
    assert!(
        postgres.len() > 500 && mysql.len() > 500,
        "too few lines were read"
    );
    let twice = postgres.iter().filter_map(|(lines, place)| {
        let other = mysql.get(lines)?;
        Some(format!("{place} and {other}:\n{}", lines.join("\n")))
    });
    let twice: Vec<String> = twice.collect();
    assert!(twice.is_empty(), "{}", twice.join("\n\n"));
}

/// Every so many lines of code in a row, and where they begin.
fn runs(folder: &str) -> BTreeMap<Vec<String>, String> {
    let mut runs = BTreeMap::new();
    for (file, text) in texts() {
        let source = file.starts_with(folder) && file.extension().is_some_and(|end| end == "rs");
        if !source || file.ends_with("tests.rs") {
            continue;
        }
        for window in code(&text).windows(LINES) {
            let lines = window.iter().map(|(_, line)| (*line).to_owned());
            let place = format!("{}:{}", file.display(), window[0].0);
            runs.insert(lines.collect(), place);
        }
    }
    runs
}

/// Its lines with their numbers, without white space around them, and without comments, `use` and tests.
fn code(text: &str) -> Vec<(usize, &str)> {
    let lines = text.lines().map(str::trim).enumerate();
    let lines = lines.map(|(at, line)| (at + 1, line));
    let lines = lines.take_while(|(_, line)| *line != "#[cfg(test)]");
    let mut imports = false;
    let code = lines.filter(|(_, line)| {
        imports |= line.starts_with("use ") || line.starts_with("pub use ");
        let import = imports;
        imports &= !line.ends_with(';');
        !import && !line.is_empty() && !line.starts_with("//")
    });
    code.collect()
}
