//! What a function's program consists of, by crate.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::process::Command;

use rotation_chaos::words::grouped;

/// Crates with less, in bytes, are one line.
const SMALL: u64 = 20_000;

/// Bytes of a program's symbols, by crate. A generic function counts for the crate that has written it, whoever uses it.
pub struct Crates(BTreeMap<String, u64>);

impl Crates {
    /// Of a program that still has its symbols.
    ///
    /// # Errors
    /// That it has none, or that there is no `nm`, in words.
    pub fn of(program: &Path) -> Result<Self, String> {
        let done = Command::new("nm")
            .args(["--demangle", "--print-size", "--radix=d"])
            .arg(program)
            .output();
        let done = done.map_err(|error| format!("nm, of binutils: {error}"))?;
        let crates = Self::read(&String::from_utf8_lossy(&done.stdout));
        match crates.0.is_empty() {
            true => Err(format!("{} has no symbols", program.display())),
            false => Ok(crates),
        }
    }

    /// Lines of an address, a size, a kind and a name; others have no size.
    fn read(said: &str) -> Self {
        let mut crates = BTreeMap::<String, u64>::new();
        for line in said.lines() {
            let mut words = line.splitn(4, ' ').skip(1);
            let size = words.next().and_then(|word| word.parse::<u64>().ok());
            if let (Some(size), Some(_), Some(name)) = (size, words.next(), words.next()) {
                *crates.entry(owner(name)).or_default() += size;
            }
        }
        Self(crates)
    }

    fn size(&self, name: &str) -> u64 {
        self.0.get(name).copied().unwrap_or_default()
    }
}

/// Writes docs/size.md, below `root`.
///
/// # Errors
/// That it cannot be written.
pub fn write(root: &Path, programs: &[(String, Crates)]) -> io::Result<()> {
    let page = format!("{HEAD}\n{}", table(programs));
    std::fs::write(root.join("docs/size.md"), page)
}

const HEAD: &str = "\
# What the functions consist of

By `scripts/bench --crates --write`: code and constants of the release build, by the crate that has written them, before the zip. A generic
function counts for its own crate, whoever uses it: a future of `lambda_runtime` that holds a hook of a rotator, for `lambda_runtime`. `std`
is `core`, `alloc` and `std`. Texts and tables without a name are not counted.
";

/// A table with a column for each program; the largest crates first.
pub fn table(programs: &[(String, Crates)]) -> String {
    let mut names: BTreeMap<&str, u64> = BTreeMap::new();
    for (name, size) in programs.iter().flat_map(|(_, crates)| &crates.0) {
        let largest = names.entry(name).or_default();
        *largest = (*largest).max(*size);
    }
    let (mut large, small): (Vec<_>, Vec<_>) =
        names.into_iter().partition(|(_, size)| *size >= SMALL);
    large.sort_by_key(|(_, size)| Reverse(*size));
    let columns: Vec<&str> = programs.iter().map(|(name, _)| name.as_str()).collect();
    let mut table = format!(
        "| kB | {} |\n|---|{}\n",
        columns.join(" | "),
        "---:|".repeat(columns.len())
    );
    let mut line = |name: &str, of: &dyn Fn(&Crates) -> u64| {
        let cells = programs.iter().map(|(_, crates)| {
            let kilobytes = usize::try_from(of(crates) / 1000);
            format!(" {} |", grouped(kilobytes.unwrap_or_default()))
        });
        table += &format!("| {name} |{}\n", cells.collect::<String>());
    };
    for (name, _) in &large {
        line(&format!("`{name}`"), &|crates| crates.size(name));
    }
    let others = |crates: &Crates| small.iter().map(|(name, _)| crates.size(name)).sum();
    line(&format!("{} others", small.len()), &others);
    line("all", &|crates| crates.0.values().sum());
    table
}

/// The first crate that a name has, as in `<tokio::task::Task as core::fmt::Debug>::fmt`. What is no Rust has no path; of that, ring's
/// begins with its name.
fn owner(name: &str) -> String {
    let path = name.split("::").next().unwrap_or_default();
    if path.len() == name.len() {
        let ring = name.starts_with("ring_core");
        return if ring {
            "ring"
        } else {
            "C, and what no crate names"
        }
        .to_owned();
    }
    // `<&mut dyn a::B as c::D>::e`
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let owner = path.rsplit(|c| !word(c)).next().unwrap_or_default();
    match owner {
        "core" | "alloc" | "std" | "" => "std".to_owned(),
        owner => owner.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_their_crates() {
        let said = "\
0001 00030000 T tokio::task::spawn
0002 00021000 t <&mut dyn tokio::io::AsyncRead as core::fmt::Debug>::fmt
0003 00040000 t core::ptr::drop_in_place<rustls::client::ClientConfig>
0004 00000500 t <[u8] as base64::Encode>::encode
0005 00030000 T ring_core_0_17_14__aes_gcm
                 U malloc
0006 T without_a_size
";
        let other = "0001 00090000 T rustls::client::connect\n";
        let programs = [said, other].map(Crates::read);
        let programs: Vec<_> = ["a".to_owned(), "b".to_owned()]
            .into_iter()
            .zip(programs)
            .collect();
        let expected = "\
| kB | a | b |
|---|---:|---:|
| `rustls` | 0 | 90 |
| `tokio` | 51 | 0 |
| `std` | 40 | 0 |
| `ring` | 30 | 0 |
| 1 others | 0 | 0 |
| all | 121 | 90 |
";
        assert_eq!(table(&programs), expected);
    }
}
