//! What AWS's templates do and ours do not: `deploy/differences.toml`, from which MOVING.md has it.

use crate::setting::workspace;

/// The key of each difference.
///
/// # Panics
/// If the file cannot be read.
pub fn keys() -> Vec<String> {
    let path = workspace().join("deploy/differences.toml");
    let text = std::fs::read_to_string(path).expect("deploy/differences.toml");
    let headers = text.lines().filter_map(|line| line.strip_prefix('['));
    headers
        .map(|header| header.trim_end_matches(']').to_owned())
        .collect()
}
