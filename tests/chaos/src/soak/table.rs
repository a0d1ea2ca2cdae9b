//! The figures as tables in Markdown.

use crate::soak::Figures;
use crate::words::{grouped, shown};

/// A row for each strategy: whether AWSCURRENT was refused, and for how long.
pub fn table(all: &[Figures]) -> String {
    const HEAD: &str = "\
| target and strategy | rotations | logins | AWSCURRENT refused | wrongly | for how long: median | 99 % | longest |
|---|---:|---:|---:|---:|---:|---:|---:|
";
    rows(
        HEAD,
        all,
        |Figures {
             rotations, found, ..
         }| {
            let window = |percent| match found.windows.is_empty() {
                true => "–".to_owned(),
                false => shown(found.percentile(percent)),
            };
            let counts = [*rotations, found.logins, found.refused, found.wrong.len()];
            let windows = [50, 99, 100].map(window);
            counts.map(grouped).into_iter().chain(windows).collect()
        },
    )
}

/// A row for each strategy: what else clients saw.
pub fn beside(all: &[Figures]) -> String {
    const HEAD: &str = "\
| target and strategy | no answer | refused again | older value refused |
|---|---:|---:|---:|
";
    rows(HEAD, all, |figures| {
        let counts = [figures.found.unanswered, figures.again, figures.stale];
        counts.map(grouped).to_vec()
    })
}

fn rows(head: &str, all: &[Figures], cells: impl Fn(&Figures) -> Vec<String>) -> String {
    let rows = all.iter().map(|figures| {
        let name = figures.name.replace('/', ", ").replace('-', " ");
        format!("| {name} | {} |\n", cells(figures).join(" | "))
    });
    head.to_owned() + &rows.collect::<String>()
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
        assert_eq!(cells, [9; 4]);
        let mut rows = table.lines().skip(2);
        assert_eq!(
            rows.next(),
            Some("| postgres, single user | 1,000 | 12,345 | 3 | 0 | 30 ms | 2.0 s | 2.0 s |")
        );
        assert!(rows.next().expect("a row").contains("| – | – | – |"));
        assert!(beside(&all).ends_with("| ssh | 0 | 0 | 0 |\n"));
    }
}
