//! What users rely on by its name, each held against a file of `tests/stable/` that a person can read.

use crate::setting::workspace;

/// Compares what is there `now` with the file. With UPDATE_STABLE set, writes the file.
///
/// # Panics
/// If they differ.
pub fn holds(file: &str, now: &str) {
    let path = workspace().join("tests/stable").join(file);
    if std::env::var_os("UPDATE_STABLE").is_some() {
        std::fs::write(&path, now).expect("a file of the repository");
    }
    let declared = std::fs::read_to_string(&path).unwrap_or_default();
    if declared == now {
        return;
    }
    let missing = |of: &str, from: &str, sign| {
        let lines = of.lines().filter(|line| !from.lines().any(|l| l == *line));
        lines
            .map(|line| format!("  {sign} {line}\n"))
            .collect::<String>()
    };
    panic!(
        "tests/stable/{file} declares what users rely on, and now it is otherwise:\n{}{}\
         if that is meant, say in UPGRADING.md what users have to change, and run this test with UPDATE_STABLE=1",
        missing(&declared, now, '-'),
        missing(now, &declared, '+'),
    );
}
