//! The rotators: one for each folder of `rotators/`, with what its `rotator.toml` says.

use std::fs;

use crate::setting::workspace;

/// Their names.
///
/// # Panics
/// If the folder cannot be read.
pub fn all() -> Vec<String> {
    let entries = fs::read_dir(workspace().join("rotators")).expect("rotators");
    let folders = entries.flatten().filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> = folders
        .map(|folder| folder.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// What its `rotator.toml` says on the line of a key: a text without its quotes. Nothing, if there is no such line.
pub fn says(rotator: &str, key: &str) -> String {
    let path = workspace().join(format!("rotators/{rotator}/rotator.toml"));
    let text = fs::read_to_string(path).unwrap_or_default();
    let start = format!("{key} = ");
    let said = text.lines().find_map(|line| line.strip_prefix(&start));
    said.unwrap_or_default().trim_matches('"').to_owned()
}
