//! The figures as a table in Markdown.

use crate::soak::Figures;
use crate::soak::figures::{grouped, shown};

const HEAD: &str = "\
| target and strategy | rotations | logins | no answer | AWSCURRENT refused | wrongly | window: median | 99 % | longest | refused again | older value refused |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
";

/// A row for each strategy.
pub fn table(all: &[Figures]) -> String {
    let rows = all.iter().map(row);
    HEAD.to_owned() + &rows.collect::<String>()
}

fn row(figures: &Figures) -> String {
    let found = &figures.found;
    let window = |percent| match found.windows.is_empty() {
        true => "–".to_owned(),
        false => shown(found.percentile(percent)),
    };
    let counts = [
        figures.rotations,
        found.logins,
        found.unanswered,
        found.refused,
        found.wrong.len(),
    ];
    let mut cells = vec![figures.name.replace('/', ", ").replace('-', " ")];
    cells.extend(counts.map(grouped));
    cells.extend([50, 99, 100].map(window));
    cells.extend([figures.again, figures.stale].map(grouped));
    format!("| {} |\n", cells.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::soak::figures::tests::figures;

    #[test]
    fn a_row_has_a_cell_for_each_column() {
        let all = [
            figures("postgres/single-user", &[20, 30, 2000]),
            figures("ssh", &[]),
        ];
        let table = table(&all);
        let cells: Vec<usize> = table
            .lines()
            .map(|line| line.matches('|').count())
            .collect();
        assert_eq!(cells, [12; 4]);
        let mut rows = table.lines().skip(2);
        assert_eq!(
            rows.next(),
            Some(
                "| postgres, single user | 1,000 | 12,345 | 0 | 3 | 0 | 30 ms | 2.0 s | 2.0 s | 0 | 0 |"
            )
        );
        assert!(rows.next().expect("a row").contains("| – | – | – |"));
    }
}
