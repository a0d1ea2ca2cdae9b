//! The table of servers in a rotator's README: those that a suite has rotated by each strategy, and those that no test has.

use crate::setting::workspace;
use crate::skip::skip;

const BEGIN: &str = "<!-- BEGIN servers, by the suite: UPDATE_STABLE=1 writes them -->\n";
const END: &str = "<!-- END servers -->";

/// Compares the README's table with the servers that were `run`, each by all `strategies`, and with those that nobody has: `read`. A
/// server of the table that this machine does not have is counted as skipped. With UPDATE_STABLE set, writes the table.
///
/// # Panics
/// If they differ.
pub fn holds(rotator: &str, strategies: &[&str], run: &[String], read: &[&str]) {
    let path = workspace().join(format!("rotators/{rotator}/README.md"));
    let text = std::fs::read_to_string(&path).expect("the rotator's README");
    let parts = text.split_once(BEGIN);
    let parts = parts.and_then(|(before, rest)| Some((before, rest.split_once(END)?)));
    let (before, (declared, after)) = parts.expect("the lines BEGIN servers and END servers");
    let now = table(strategies, run, read);
    if std::env::var_os("UPDATE_STABLE").is_some() {
        let written = format!("{before}{BEGIN}{now}{END}{after}");
        return std::fs::write(&path, written).expect("a file of the repository");
    }
    let missing = |of: &str, from: &str| -> Vec<String> {
        let there = |line: &&str| !from.lines().any(|other| other == *line);
        of.lines().filter(there).map(str::to_owned).collect()
    };
    let absent = missing(&now, declared);
    assert!(
        absent.is_empty(),
        "rotators/{rotator}/README.md lacks {absent:#?}: run this test with UPDATE_STABLE=1"
    );
    for line in missing(declared, &now) {
        assert!(
            line.contains("| run |"),
            "rotators/{rotator}/README.md has {line}"
        );
        skip(&line, "the README has it, and this machine has not");
    }
}

fn table(strategies: &[&str], run: &[String], read: &[&str]) -> String {
    let row = |server: &str, word: &str| {
        let cells = format!(" {word} |").repeat(strategies.len());
        format!("| {server} |{cells}\n")
    };
    let mut table = format!("| server | {} |\n", strategies.join(" | "));
    table += &format!("|---|{}\n", "---|".repeat(strategies.len()));
    table.extend(run.iter().map(|server| row(server, "run")));
    table.extend(read.iter().map(|server| row(server, "read, not run")));
    table
}
