//! What `scripts/bench --write` writes: a page with all tables, a picture, and README's part of them.

use std::io;
use std::path::Path;

use rotation_chaos::documents::Block;
use rotation_chaos::machine::Machine;

use crate::contender::Contender;
use crate::figures::{Figures, Row};
use crate::growth::Growth;
use crate::paper::paper;
use crate::picture::picture;
use crate::statistics::{median, spread};
use crate::table::{counts, digits, named, overview, table, times};

/// All that was measured.
pub struct Measured {
    /// How many runs each engine had.
    pub runs: usize,
    /// Engine by engine.
    pub engines: Vec<Figures>,
    /// Question by question.
    pub growths: Vec<Growth>,
}

impl Measured {
    /// Nothing yet.
    pub fn new(runs: usize) -> Self {
        Self {
            runs,
            engines: Vec::new(),
            growths: Vec::new(),
        }
    }

    /// What README has: the first engine.
    pub fn sum(&self) -> String {
        let first = self.engines.first();
        first.map_or(String::new(), |figures| {
            let (title, table) = (titled(figures.name), table(figures, &Row::BRIEF));
            format!("{title}, medians of {} runs:\n\n{table}", self.runs)
        })
    }

    /// Writes docs/performance.svg, docs/performance.md, and what README.md has between its marks, below `root`.
    ///
    /// # Errors
    /// That a file cannot be read or written, or that README.md has lost its marks.
    pub fn write(&self, root: &Path, machine: &Machine) -> io::Result<()> {
        let block = Block::new("performance", self.sum()).by("bench");
        block.write(root, &self.page(&block, machine))?;
        std::fs::write(root.join("docs/performance.svg"), picture(&self.engines))
    }

    fn page(&self, block: &Block, machine: &Machine) -> String {
        let runs = self.runs;
        let mut page = format!(
            "# The cost of a rotation\n\n\
             By `scripts/bench --write`, on {machine}. Each figure is the median of {runs} runs.\n\n{HOW}\n{block}\n\
             ![A cold rotation of each engine, beside AWS's template](performance.svg)\n\n\
             ## All of them\n\n{}\n\
             ## Calls, connections and logins\n\nOf one cold rotation:\n\n{}\n{COUNTED}",
            overview(&self.engines),
            counts(&self.engines)
        );
        for figures in &self.engines {
            let (title, table) = (titled(figures.name), table(figures, &Row::all()));
            page += &format!("\n## {title}\n\n{table}");
        }
        if !self.growths.is_empty() {
            page += "\n## How the cost grows\n\nMedians in milliseconds, with the tenth and the ninetieth hundredth.\n";
        }
        for growth in &self.growths {
            page += &format!("\n{}:\n\n{}", growth.title, grown(growth));
        }
        if let Some(paper) = self.engines.first().and_then(paper) {
            page += &format!("\n## A million secrets a day, on paper\n\n{paper}");
        }
        page
    }
}

/// A table with a line for each size.
pub fn grown(growth: &Growth) -> String {
    let beside = growth
        .points
        .iter()
        .any(|point| !point.figures[Contender::Template as usize].is_empty());
    let mut table = match beside {
        true => format!(
            "| {} | rotation | AWS's template | ratio |\n|---:|---:|---:|---:|\n",
            growth.of
        ),
        false => format!("| {} | rotation |\n|---:|---:|\n", growth.of),
    };
    for point in &growth.points {
        let cell = |figures: &[f64]| match spread(figures) {
            Some(s) => format!(
                "{} ({}–{})",
                digits(s.median),
                digits(s.tenth),
                digits(s.ninetieth)
            ),
            None => "–".to_owned(),
        };
        let [rotation, template] = &point.figures;
        table += &format!("| {} | {} |", point.size, cell(rotation));
        if beside {
            let ratio = median(template)
                .zip(median(rotation))
                .map(|(t, r)| times(t / r));
            table += &format!(" {} | {} |", cell(template), ratio.unwrap_or_default());
        }
        table += "\n";
    }
    table
}

/// A name that begins a line.
fn titled(engine: &str) -> String {
    let name = named(engine);
    match name.split_once("postgres") {
        Some((_, rest)) => format!("PostgreSQL{rest}"),
        None => name
            .replace("mysql", "MySQL")
            .replace("mariadb", "MariaDB")
            .replace("ssh", "SSH")
            .replace("jupyterhub", "JupyterHub")
            .replace("rabbitmq", "RabbitMQ"),
    }
}

const HOW: &str = "\
Secrets Manager is the local one of [tests/kit](../tests/kit/README.md), behind TLS. The servers are real ones on the same machine. They are
asked without TLS: AWS's templates trust the authorities in a file of Amazon Linux alone, which is not there. The program serves Lambda's
Runtime API, starts the function with the variables that Lambda sets, and clocks it. The functions are those of `cargo build --release`.

AWS's templates run unchanged, under AWS's own runtime client for Python, from a checkout that `PEER` names. Each run starts both anew, in
turns. Python's compiled files are there before the first run, and all files are in the page cache. Real Lambda adds the start of its
micro-VM and the download of the package to both.

- A cell has the median, and in brackets the tenth and the ninetieth hundredth. **ratio** is the median of the ratios of each run.
- **init**: from the start of the process to its first question for an event. **cold rotation**: from the start to the answer to finishSecret.
  **warm rotation**: the four answers of a second rotation in the same sandbox.
- **CPU share**: 1,769 MB are one processor, as [AWS documents][memory]. The share is in force once the function asks for its first event. Its
  period is 20 ms.
- **peak memory** is the kernel's VmHWM after both rotations. **CPU** is the run time of the process's threads.
- **zip**: one architecture. AWS's template has the client of its database in it. Lambda's runtime for Python brings boto3 in the version that
  AWS picks. Whoever pins boto3 has it in the zip.

[memory]: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
";

const COUNTED: &str = "\
**in a row**: how many calls waited for one another. **logins**: what the server's log says, taken and refused. Some servers tell none.
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::growth::Point;
    use crate::table::tests::figures;

    #[test]
    fn the_page_has_all_parts_and_readme_has_the_sum() {
        let folder = tempfile::tempdir().expect("a folder");
        let marks = "<!-- BEGIN performance, by scripts/bench -->\nof another day\n<!-- END performance -->\n";
        std::fs::write(folder.path().join("README.md"), marks).expect("a file");
        let machine = Machine {
            cores: 2,
            kernel: "Linux 6.1".to_owned(),
            date: "2026-01-31".to_owned(),
            servers: vec!["mariadbd 11".to_owned()],
        };
        let measured = Measured {
            runs: 3,
            engines: vec![figures("postgres/single-user", true), figures("ssh", false)],
            growths: vec![Growth {
                title: "By size",
                of: "KiB",
                points: vec![Point {
                    size: 4,
                    figures: [vec![10.0, 12.0, 14.0], vec![120.0]],
                }],
            }],
        };
        measured.write(folder.path(), &machine).expect("files");
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect(name);
        let (page, readme) = (read("docs/performance.md"), read("README.md"));
        for words in [
            "\n## SSH\n",
            "| 4 | 12.0 (10.4–13.6) | 120 (120–120) | 10× |",
            "a million of them are in two Regions",
            "| ssh | 3 | 0 | 0 | 1 | 0 | 4 |",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(readme.starts_with(
            "<!-- BEGIN performance, by scripts/bench -->\nPostgreSQL, single user, medians of 3 runs:\n"
        ));
        assert!(
            readme.contains("| 12× |") && !readme.contains("another day"),
            "{readme}"
        );
        assert!(read("docs/performance.svg").starts_with("<svg"));
    }
}
