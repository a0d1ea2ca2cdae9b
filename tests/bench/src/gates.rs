//! What a function costs, in figures that a busy machine does not move. `tests/bench/gates.toml` has them, so a change of one is a
//! line in a diff.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::process::Command;

use serde::Deserialize;

mod counted;

pub use counted::{dependencies, rotations, zip};

/// The least and the most that a figure may be, of the file's.
const ABOUT: (f64, f64) = (0.97, 1.03);

/// The file, or what was measured in its place.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Gates {
    /// The first line of `rustc --version`. Another compiler makes other instructions.
    pub compiler: String,
    /// The instruction set that the libraries choose their code by.
    pub processor: String,
    /// Figures that are held within 3 %, in both directions.
    pub about: BTreeMap<String, u64>,
    /// Figures that are held as they are.
    pub exactly: BTreeMap<String, u64>,
}

impl Gates {
    /// No figures yet, of this machine.
    pub fn here() -> Self {
        Self {
            compiler: compiler(),
            processor: processor(),
            ..Self::default()
        }
    }

    /// # Errors
    /// Where the text is not as it must be.
    pub fn read(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    /// Whether the figures of the other can be held against these.
    pub fn are_comparable(&self, other: &Self) -> bool {
        (&self.compiler, &self.processor) == (&other.compiler, &other.processor)
    }

    /// A sentence for each figure that is not what this file says.
    pub fn differences(&self, now: &Self) -> Vec<String> {
        let about = differences(&self.about, &now.about, |was, is| {
            let (was, is) = (was as f64, is as f64);
            is >= was * ABOUT.0 && is <= was * ABOUT.1
        });
        let exactly = differences(&self.exactly, &now.exactly, |was, is| was == is);
        about.chain(exactly).collect()
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        let mut text = format!(
            "{HEAD}\ncompiler = {:?}\nprocessor = {:?}\n",
            self.compiler, self.processor
        );
        for (name, figures) in [("about", &self.about), ("exactly", &self.exactly)] {
            let _ = writeln!(text, "\n[{name}]");
            for (figure, value) in figures {
                let _ = writeln!(text, "{figure:?} = {value}");
            }
        }
        text
    }
}

const HEAD: &str = "\
# What each function costs, for one target of each rotator: medians of 5. A test of rotation-bench holds them: `about` within 3 %,
# `exactly` as they are. With another compiler or processor, the test prints the figures, and holds nothing. CI must have these.
# If a change of a figure is meant, CONTRIBUTING.md has the command that writes this file anew.
";

fn differences<'a>(
    was: &'a BTreeMap<String, u64>,
    is: &'a BTreeMap<String, u64>,
    fits: impl Fn(u64, u64) -> bool + 'a,
) -> impl Iterator<Item = String> + 'a {
    let gone = was.keys().filter(|figure| !is.contains_key(*figure));
    let gone = gone.map(|figure| format!("{figure}: is in gates.toml, and was not measured"));
    let moved = is
        .iter()
        .filter_map(move |(figure, is)| match was.get(figure) {
            None => Some(format!("{figure}: {is} now, and gates.toml lacks it")),
            Some(was) if fits(*was, *is) => None,
            Some(was) => {
                let percent = (*is as f64 / *was as f64 - 1.0) * 100.0;
                Some(format!(
                    "{figure}: {was} in gates.toml, {is} now ({percent:+.1} %)"
                ))
            }
        });
    gone.chain(moved)
}

fn compiler() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let said = Command::new(rustc)
        .arg("--version")
        .output()
        .expect("rustc");
    String::from_utf8_lossy(&said.stdout).trim().to_owned()
}

/// Valgrind has no later instructions than AVX2.
fn processor() -> String {
    let flags = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let avx2 = flags.split_whitespace().any(|flag| flag == "avx2");
    let set = if avx2 { " with AVX2" } else { "" };
    format!("{}{set}", std::env::consts::ARCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gates(about: u64, exactly: u64) -> Gates {
        Gates {
            about: [("door instructions".to_owned(), about)].into(),
            exactly: [("door logins".to_owned(), exactly)].into(),
            ..Gates::here()
        }
    }

    #[test]
    fn the_file_is_read_as_it_is_written() {
        let gates = gates(1000, 3);
        assert_eq!(Gates::read(&gates.text()), Ok(gates));
    }

    #[test]
    fn a_figure_that_moves_is_told_in_both_directions() {
        let file = gates(1000, 3);
        assert!(file.differences(&gates(970, 3)).is_empty());
        assert!(file.differences(&gates(1030, 3)).is_empty());
        for (about, exactly) in [(969, 3), (1031, 3), (1000, 4), (1000, 2)] {
            let told = file.differences(&gates(about, exactly));
            assert_eq!(told.len(), 1, "{told:?}");
        }
        let told = file.differences(&gates(1031, 3)).concat();
        assert_eq!(
            told,
            "door instructions: 1000 in gates.toml, 1031 now (+3.1 %)"
        );
    }

    #[test]
    fn a_figure_that_comes_or_goes_is_told() {
        let (file, mut now) = (gates(1000, 3), gates(1000, 3));
        now.exactly = [("door calls".to_owned(), 3)].into();
        let told = file.differences(&now).join("\n");
        assert!(told.contains("door logins: is in gates.toml"), "{told}");
        assert!(
            told.contains("door calls: 3 now, and gates.toml lacks it"),
            "{told}"
        );
    }
}
