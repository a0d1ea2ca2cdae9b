//! What `scripts/chaos --write` writes: a page with the table and the machine, and the sum of it for README.

use std::io;
use std::path::Path;

use crate::documents::Block;
use crate::machine::Machine;
use crate::report::Report;
use crate::words::{grouped, shown};

const HEAD: &str = "\
| target and strategy | seeds | rotations | kills | stalls | restarts | other faults | logins | refused | wrongly | shut out for at most | locked out | strays |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
";

/// Writes docs/chaos.md, and what README.md has between its marks, below `root`. `each` is of one engine, and `all` their sum.
///
/// # Errors
/// That a file cannot be read or written, or that README.md has lost its marks.
pub fn write(root: &Path, machine: &Machine, each: &[Report], all: &Report) -> io::Result<()> {
    let block = Block::new("chaos", sum(all));
    let rows: String = each.iter().map(row).collect();
    let page = format!(
        "# Rotations while things go wrong\n\n\
         By `scripts/chaos --write`, on {machine}.\n\n\
         One thing goes wrong in each rotation: `scripts/chaos --help` lists the faults. Two applications log in with each secret all the time. \
         They follow the rules for applications: each keeps a value for an hour, and asks again after a refused login.\n\n\
         {block}\n{HEAD}{rows}\n{COLUMNS}"
    );
    block.write(root, &page)
}

fn sum(all: &Report) -> String {
    let [rotations, kills, stalls, restarts, others, logins] = [
        all.rotations,
        all.kills,
        all.stalls,
        all.restarts,
        all.others,
        all.logins,
    ]
    .map(grouped);
    let [wrong, locked_out, strays] = [all.wrong, all.locked_out, all.strays].map(grouped);
    format!(
        "In {rotations} rotations, functions were killed {kills} times and frozen {stalls} times, servers started again {restarts} times, \
         and {others} calls or connections went wrong. Applications logged in {logins} times meanwhile.\n\n\
         - {locked_out} secrets were locked out in the end.\n\
         - {wrong} logins were refused wrongly.\n\
         - {strays} credentials lived that no version holds.\n"
    )
}

fn row(report: &Report) -> String {
    let counts = [
        report.seeds,
        report.rotations,
        report.kills,
        report.stalls,
        report.restarts,
        report.others,
        report.logins,
        report.refused,
        report.wrong,
    ];
    let name = report.engine.replace('/', ", ").replace('-', " ");
    let mut cells = vec![name];
    cells.extend(counts.map(grouped));
    cells.push(shown(report.window));
    cells.extend([report.locked_out, report.strays].map(grouped));
    format!("| {} |\n", cells.join(" | "))
}

const COLUMNS: &str = "\
- **refused**: all refused logins, also with older values.
- **wrongly**: the target refused a value that was AWSCURRENT from the beginning of the login to its end. Where the target has one
  password, a refusal during a rotation does not count.
- **shut out for at most**: the longest time from a client's first refusal to its next login. Where the target has one password, a rotation
  that is cut off lasts until the next try. Here the next try comes after seconds.
- **locked out**: no rotation ended well within two horizons after the last fault, or AWSCURRENT was refused after that.
- **strays**: a credential lived outside of all versions with a label, and the rotator cannot find it by its name.
";

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_sum_and_a_row_have_the_figures() {
        let report = Report {
            engine: "mysql/dual-password".to_owned(),
            rotations: 1234,
            kills: 200,
            wrong: 1,
            window: Duration::from_millis(42),
            ..Report::default()
        };
        let row = row(&report);
        assert!(
            row.starts_with("| mysql, dual password | 0 | 1,234 | 200 |"),
            "{row}"
        );
        assert_eq!(
            row.matches('|').count(),
            HEAD.lines().next().expect("a line").matches('|').count()
        );
        let sum = sum(&report);
        assert!(
            sum.contains("In 1,234 rotations, functions were killed 200 times"),
            "{sum}"
        );
        assert!(sum.contains("- 1 logins were refused wrongly."), "{sum}");
    }
}
