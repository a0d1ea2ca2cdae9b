//! The figures as tables in Markdown.

use rotation_chaos::words::grouped;

use crate::contender::Contender::{Rotation, Template};
use crate::figures::{Figures, Row};
use crate::statistics::{Spread, median, ratio, spread};

/// A table of one engine, a line for each of these rows: medians, from tenth to ninetieth hundredth, and the median of the ratios of
/// each run.
pub(crate) fn table(figures: &Figures, rows: &[Row]) -> String {
    let beside = figures.counts(Template).is_some();
    let mut table = match beside {
        true => "| | AWS's template | rotation | ratio |\n|---|---:|---:|---:|\n".to_owned(),
        false => "| | rotation |\n|---|---:|\n".to_owned(),
    };
    let mut line = |name: &str, template: String, rotation: String, ratio: String| {
        table += &match beside {
            true => format!("| {name} | {template} | {rotation} | {ratio} |\n"),
            false => format!("| {name} | {rotation} |\n"),
        };
    };
    for &row in rows {
        let (template, rotation) = (figures.row(Template, row), figures.row(Rotation, row));
        let cell = |values| spread(values).map_or("not measured".to_owned(), |s| cell(row, s));
        let ratio = ratio(template, rotation).map_or("–".to_owned(), times);
        line(&name(row), cell(template), cell(rotation), ratio);
    }
    let [rotation, template] = figures.zips;
    if let Some((bytes, _)) = rotation {
        let ratio = template.map(|(alone, _)| times(alone as f64 / bytes as f64));
        let template = template.map_or(String::new(), |(alone, whole)| match whole {
            Some(whole) => format!("{} MB, with boto3 {}", mega(alone), mega(whole)),
            None => format!("{} MB", mega(alone)),
        });
        let rotation = format!("{} MB", mega(bytes));
        line("zip", template, rotation, ratio.unwrap_or_default());
    }
    let called = |contender| {
        figures.counts(contender).map_or(String::new(), |counts| {
            format!("{}, {} in a row", counts.all_calls(), counts.in_a_row)
        })
    };
    line(
        "calls of Secrets Manager",
        called(Template),
        called(Rotation),
        String::new(),
    );
    table
}

/// A line for each engine: a cold and a warm rotation, and memory.
pub(crate) fn overview(all: &[Figures]) -> String {
    const HEAD: &str = "\
| target and strategy | cold rotation | AWS's template | ratio | warm rotation | ratio | memory | ratio |
|---|---:|---:|---:|---:|---:|---:|---:|
";
    let line = |figures: &Figures| {
        let value = |contender, row| {
            median(figures.row(contender, row)).map_or("–".to_owned(), |m| figure(row, m))
        };
        let over = |row| {
            ratio(figures.row(Template, row), figures.row(Rotation, row))
                .map_or("–".to_owned(), times)
        };
        let cells = [
            named(figures.name),
            value(Rotation, Row::Cold),
            value(Template, Row::Cold),
            over(Row::Cold),
            value(Rotation, Row::Warm),
            over(Row::Warm),
            value(Rotation, Row::Memory),
            over(Row::Memory),
        ];
        format!("| {} |\n", cells.join(" | "))
    };
    HEAD.to_owned() + &all.iter().map(line).collect::<String>()
}

/// What a rotation asks of the servers, a line for each engine and contender.
pub(crate) fn counts(all: &[Figures]) -> String {
    const OPERATIONS: [&str; 5] = [
        "DescribeSecret",
        "GetSecretValue",
        "GetRandomPassword",
        "PutSecretValue",
        "UpdateSecretVersionStage",
    ];
    let mut table = format!(
        "| | {} | all | in a row | TLS connections to it | connections to the target | logins, refused |\n|---|{}\n",
        OPERATIONS.join(" | "),
        "---:|".repeat(OPERATIONS.len() + 5)
    );
    for figures in all {
        for (contender, suffix) in [(Rotation, ""), (Template, ", AWS's template")] {
            let Some(counts) = figures.counts(contender) else {
                continue;
            };
            let mut cells = vec![named(figures.name) + suffix];
            let calls = OPERATIONS.map(|operation| counts.of(operation));
            let rest = [
                counts.all_calls(),
                counts.in_a_row,
                counts.tls,
                counts.connections,
            ];
            cells.extend(calls.into_iter().chain(rest).map(grouped));
            cells.push(counts.logins.map_or("–".to_owned(), |(taken, refused)| {
                format!("{taken}, {refused}")
            }));
            table += &format!("| {} |\n", cells.join(" | "));
        }
    }
    table
}

/// As in `postgres, single user`.
pub(crate) fn named(engine: &str) -> String {
    engine.replace('/', ", ").replace('-', " ")
}

/// What a row is called.
fn name(row: Row) -> String {
    match row {
        Row::Init => "init: start to first question for an event".to_owned(),
        Row::Cold => "cold rotation: start to 4th answer".to_owned(),
        Row::Late => "the same, 5 ms more for each call".to_owned(),
        Row::Share(memory) => format!("the same, at the CPU share of {memory} MB"),
        Row::Warm => "warm rotation: four answers".to_owned(),
        Row::Cpu => "CPU of a cold rotation".to_owned(),
        Row::Memory => "peak memory".to_owned(),
    }
}

/// Median, and where most lie.
fn cell(row: Row, spread: Spread) -> String {
    let [median, tenth, ninetieth] = [spread.median, spread.tenth, spread.ninetieth].map(digits);
    format!("{median} {} ({tenth}–{ninetieth})", unit(row))
}

fn figure(row: Row, value: f64) -> String {
    format!("{} {}", digits(value), unit(row))
}

fn unit(row: Row) -> &'static str {
    match row {
        Row::Memory => "MB",
        _ => "ms",
    }
}

/// Three digits, or a whole number.
pub(crate) fn digits(value: f64) -> String {
    match value {
        v if v < 99.95 => format!("{v:.1}"),
        v => grouped(v.round() as usize),
    }
}

/// As in `12×`.
pub(crate) fn times(ratio: f64) -> String {
    match ratio {
        r if r < 9.95 => format!("{r:.1}×"),
        r => format!("{r:.0}×"),
    }
}

/// In MB.
fn mega(bytes: u64) -> String {
    format!("{:.2}", bytes as f64 / 1e6)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::counts::Counts;

    /// Of an engine, with a template beside it if so.
    pub(crate) fn figures(name: &'static str, beside: bool) -> Figures {
        let mut figures = Figures::new(name);
        let counts = Counts {
            calls: [
                ("PutSecretValue".to_owned(), 1),
                ("DescribeSecret".to_owned(), 3),
            ]
            .into(),
            in_a_row: 3,
            logins: Some((5, 1)),
            ..Counts::default()
        };
        for row in Row::all().into_iter().filter(|row| *row != Row::Share(256)) {
            for n in 1..=3 {
                figures.add(Rotation, row, f64::from(n) * 10.0);
                if beside {
                    figures.add(Template, row, f64::from(n) * 125.0);
                }
            }
        }
        figures.zips[0] = Some((4_300_000, None));
        if beside {
            figures.count(Template, counts.clone());
            figures.zips[1] = Some((370_000, Some(17_700_000)));
        }
        figures.count(Rotation, counts);
        figures
    }

    #[test]
    fn a_line_has_a_cell_for_each_column() {
        let beside = table(&figures("postgres/single-user", true), &Row::all());
        let lines: Vec<&str> = beside.lines().collect();
        assert!(
            lines.iter().all(|line| line.matches('|').count() == 5),
            "{beside}"
        );
        for line in [
            "| cold rotation: start to 4th answer | 250 ms (150–350) | 20.0 ms (12.0–28.0) | 12× |",
            "| the same, at the CPU share of 256 MB | not measured | not measured | – |",
            "| zip | 0.37 MB, with boto3 17.70 | 4.30 MB | 0.1× |",
            "| calls of Secrets Manager | 4, 3 in a row | 4, 3 in a row |  |",
        ] {
            assert!(lines.contains(&line), "{line}: {beside}");
        }
        let alone = table(&figures("ssh", false), &Row::all());
        assert!(
            alone.contains("| peak memory | 20.0 MB (12.0–28.0) |\n"),
            "{alone}"
        );
    }

    #[test]
    fn an_engine_without_a_template_has_no_ratio() {
        let all = [figures("mysql/single-user", true), figures("ssh", false)];
        let overview = overview(&all);
        assert!(overview.contains(
            "| mysql, single user | 20.0 ms | 250 ms | 12× | 20.0 ms | 12× | 20.0 MB | 12× |"
        ));
        assert!(overview.ends_with("| ssh | 20.0 ms | – | – | 20.0 ms | – | 20.0 MB | – |\n"));
        let counts = counts(&all);
        assert_eq!(counts.lines().count(), 5);
        assert!(
            counts.contains(
                "| mysql, single user, AWS's template | 3 | 0 | 0 | 1 | 0 | 4 | 3 | 0 | 0 | 5, 1 |"
            ),
            "{counts}"
        );
    }
}
