//! What a million rotations a day would cost, on paper, from the figures of one engine.

use rotation_chaos::words::grouped;

use crate::contender::Contender::{self, Rotation, Template};
use crate::counts::Counts;
use crate::figures::{Figures, Row};
use crate::statistics::median;
use crate::table::{digits, named};

const ROTATIONS: f64 = 1e6;
const SECONDS: f64 = 86_400.0;
/// Of memory of the function, in MB.
const MEMORY: u64 = 128;
/// Dollars in us-east-1, 2026: <https://aws.amazon.com/lambda/pricing/>, <https://aws.amazon.com/secrets-manager/pricing/>.
const GB_SECOND: f64 = 0.000_016_666_7;
const MILLION_INVOCATIONS: f64 = 0.20;
const TEN_THOUSAND_CALLS: f64 = 0.05;
const SECRET_A_MONTH: f64 = 0.40;
/// Calls a second in a Region: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html>.
const READS: f64 = 10_000.0;
const WRITES: f64 = 50.0;
const PASSWORDS: f64 = 50.0;
/// Secrets in a Region, by the same page.
const SECRETS: f64 = 500_000.0;

/// What a contender needs in a day.
struct Day {
    /// Of the function, with its starts.
    seconds: f64,
    counts: Counts,
}

/// A line with its arithmetic, and its figure for each contender.
type Line = (&'static str, &'static str, fn(&Day) -> f64, &'static str);

const LINES: [Line; 10] = [
    (
        "rotations a second",
        "10⁶ ÷ 86,400 s",
        |_| ROTATIONS / SECONDS,
        "",
    ),
    (
        "DescribeSecret and GetSecretValue, of 10,000 a second",
        "calls × rotations a second",
        |day| day.reads(),
        "",
    ),
    (
        "PutSecretValue and UpdateSecretVersionStage, of 50 a second",
        "calls × rotations a second",
        |day| day.writes(),
        "",
    ),
    (
        "GetRandomPassword, of 50 a second",
        "calls × rotations a second",
        |day| day.passwords(),
        "",
    ),
    (
        "seconds of Lambda a day",
        "cold rotation at 128 MB × 10⁶",
        |day| day.seconds,
        "s",
    ),
    (
        "sandboxes at once",
        "seconds a day ÷ 86,400 s",
        |day| day.seconds / SECONDS,
        "",
    ),
    (
        "Lambda: time",
        "seconds × 0.125 GB × $0.0000166667",
        |day| day.seconds * MEMORY as f64 / 1024.0 * GB_SECOND,
        "$",
    ),
    (
        "Lambda: invocations",
        "4 × 10⁶ × $0.20 ÷ 10⁶",
        |_| 4.0 * ROTATIONS / 1e6 * MILLION_INVOCATIONS,
        "$",
    ),
    (
        "Secrets Manager: calls",
        "calls × 10⁶ × $0.05 ÷ 10⁴",
        |day| day.counts.all_calls() as f64 * ROTATIONS / 1e4 * TEN_THOUSAND_CALLS,
        "$",
    ),
    (
        "Secrets Manager: the secrets themselves",
        "10⁶ × $0.40 ÷ 30 days",
        |_| ROTATIONS * SECRET_A_MONTH / 30.0,
        "$",
    ),
];

/// A part of the page. None, if calls were not counted, or this machine gives no share of a processor.
pub(crate) fn paper(figures: &Figures) -> Option<String> {
    let rotation = Day::of(figures, Rotation)?;
    let template = Day::of(figures, Template);
    let mut page = format!(
        "By the figures of {} above. Each rotation is taken for a cold one, at {MEMORY} MB. Quotas and prices are those of one Region, \
         us-east-1, in 2026.\n\n\
         | in a day | arithmetic | rotation | AWS's template |\n|---|---|---:|---:|\n",
        named(figures.name)
    );
    for (name, arithmetic, of, unit) in LINES {
        let shown = |day: &Day| shown(of(day), unit);
        let template = template.as_ref().map_or("–".to_owned(), shown);
        let rotation = shown(&rotation);
        page += &format!("| {name} | {arithmetic} | {rotation} | {template} |\n");
    }
    page += "\n";
    page += &rotation.breaks("the function of this project");
    if let Some(template) = template {
        page += &template.breaks("AWS's template");
    }
    page += &format!(
        "\nA Region holds {} secrets: a million of them are in two Regions or accounts at least, which halves all rates above. \
         A customer's own KMS key adds a call of KMS for each GetSecretValue and PutSecretValue.\n",
        grouped(SECRETS as usize)
    );
    Some(page)
}

impl Day {
    fn of(figures: &Figures, contender: Contender) -> Option<Self> {
        let cold = median(figures.row(contender, Row::Share(MEMORY)))?;
        Some(Self {
            seconds: cold / 1e3 * ROTATIONS,
            counts: figures.counts(contender)?.clone(),
        })
    }

    fn reads(&self) -> f64 {
        self.a_second(&["DescribeSecret", "GetSecretValue"])
    }

    fn writes(&self) -> f64 {
        self.a_second(&["PutSecretValue", "UpdateSecretVersionStage"])
    }

    fn passwords(&self) -> f64 {
        self.a_second(&["GetRandomPassword"])
    }

    fn a_second(&self, operations: &[&str]) -> f64 {
        let calls: usize = operations.iter().map(|name| self.counts.of(name)).sum();
        calls as f64 * ROTATIONS / SECONDS
    }

    /// Which quota is used up first, when there are more rotations.
    fn breaks(&self, who: &str) -> String {
        let shares = [
            (
                "PutSecretValue and UpdateSecretVersionStage",
                self.writes() / WRITES,
            ),
            ("DescribeSecret and GetSecretValue", self.reads() / READS),
            ("GetRandomPassword", self.passwords() / PASSWORDS),
        ];
        let first = shares.iter().max_by(|a, b| a.1.total_cmp(&b.1));
        let (name, share) = first.copied().unwrap_or_default();
        format!(
            "- The first quota that breaks with {who}: {name}. An even day uses {:.0} % of it, so the day's rotations need {} hours at \
             least.\n",
            share * 100.0,
            digits(share * 24.0)
        )
    }
}

fn shown(figure: f64, unit: &str) -> String {
    match unit {
        "$" if figure < 100.0 => format!("${figure:.2}"),
        "$" => format!("${}", digits(figure)),
        "" => digits(figure),
        unit => format!("{} {unit}", digits(figure)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::tests::figures;

    /// 20 ms and 250 ms at 128 MB; one write.
    #[test]
    fn the_arithmetic() {
        let page = paper(&figures("postgres/single-user", true)).expect("figures");
        for words in [
            "| rotations a second | 10⁶ ÷ 86,400 s | 11.6 | 11.6 |",
            "| 34.7 | 34.7 |",
            "× 10⁶ | 20,000 s | 250,000 s |",
            "| Lambda: time | seconds × 0.125 GB × $0.0000166667 | $0.04 | $0.52 |",
            "| Secrets Manager: calls | calls × 10⁶ × $0.05 ÷ 10⁴ | $20.00 | $20.00 |",
            "AWS's template: PutSecretValue and UpdateSecretVersionStage. An even day uses 23 % of it, so the day's rotations need 5.6 hours",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(paper(&Figures::new("ssh")).is_none());
    }
}
