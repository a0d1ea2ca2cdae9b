//! A test that cannot run here says so, and is counted.

use std::io::Write;

/// Says that a test was skipped, on the terminal and in the file that ROTATION_SKIPS names, which `scripts/test` counts.
///
/// # Panics
/// With CI set: a skipped test is an error there.
#[expect(clippy::print_stderr, reason = "a skipped test must be seen")]
pub fn skip(what: &str, why: &str) {
    assert!(
        std::env::var_os("CI").is_none(),
        "{what} would be skipped: {why}"
    );
    eprintln!("SKIPPED: {what}: {why}");
    let file = std::env::var_os("ROTATION_SKIPS");
    let file = file.and_then(|path| std::fs::OpenOptions::new().append(true).open(path).ok());
    if let Some(mut file) = file {
        let _ = writeln!(file, "{what}: {why}");
    }
}

/// Says that a test did not run which needs what nobody installs for it, in CI neither. CONTRIBUTING.md has its variables.
#[expect(clippy::print_stderr, reason = "a test that did not run must be seen")]
pub fn not_run(what: &str, why: &str) {
    eprintln!("NOT RUN: {what}: {why}");
}
