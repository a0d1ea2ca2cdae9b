//! A sample of what `scripts/fuzz` looks for. An answer that was found to be read wrongly belongs in `corpus/answers`, the headers'
//! value in its first line; the shipped profiles are the profiles' corpus.

use std::panic::catch_unwind;
use std::path::Path;
use std::time::Duration;

use fastrand::Rng;

use crate::profile::{Profile, SHIPPED};
use crate::properties::{
    is_read, is_refused_with_its_line, leads_where_it_says, stays_in_its_place,
};

/// What values, profiles and answers are spoiled with.
const FRAGMENTS: [&str; 30] = [
    "/",
    "..",
    "?",
    "#",
    "%2f",
    "@evil.example",
    "\\",
    "\r\n",
    "\0",
    "é",
    "{",
    "}",
    "{url}",
    "{{",
    "{new.name}",
    "{old:/a}",
    "\"",
    "'",
    "<",
    "</a>",
    "&#10;",
    "[",
    "]",
    "= ",
    "\n[create]\n",
    "https://evil.example/",
    "as = \"nobody\"\n",
    "null",
    "1e999",
    "\u{feff}",
];

#[test]
fn a_sample() {
    let answers = corpus();
    for seed in 0..1000 {
        let seen = catch_unwind(|| {
            let mut random = Rng::with_seed(seed);
            let (_, text) = random.choice(SHIPPED).expect("profiles");
            let sound = Profile::parse("sound", text).expect("a shipped profile");
            let life = Duration::from_secs(random.u64(..10_000_000_000));
            stays_in_its_place(&sound, life, &mut || spoiled("", &mut random));
            is_refused_with_its_line(&spoiled(text, &mut random));
            let answer = random.choice(&answers).expect("answers");
            is_read(&sound, &spoiled(answer, &mut random));
            let address = spoiled("https://service.example/a", &mut random);
            leads_where_it_says(&sound, &address, &spoiled("b", &mut random));
        });
        assert!(seen.is_ok(), "seed {seed}");
    }
}

fn corpus() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/answers");
    let files = std::fs::read_dir(folder).expect("the corpus");
    let mut files: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    files.sort();
    assert!(files.len() >= 5, "{}", files.len());
    let read = |file| std::fs::read_to_string(file).expect("a file");
    files.into_iter().map(read).collect()
}

fn spoiled(text: &str, random: &mut Rng) -> String {
    let mut spoiled: Vec<char> = text.chars().collect();
    for _ in 0..random.u8(..6) {
        let (from, to) = (
            random.usize(..=spoiled.len()),
            random.usize(..=spoiled.len()),
        );
        let (from, to) = (from.min(to), from.max(to).min(from.min(to) + 80));
        match random.u8(..5) {
            0 => drop(spoiled.drain(from..to)),
            1 => spoiled.truncate(from.max(20)),
            2 => {
                let again = spoiled[from..to].to_vec();
                spoiled.splice(from..from, again);
            }
            _ => {
                let fragment = random.choice(FRAGMENTS).unwrap_or_default();
                spoiled.splice(from..from, fragment.chars());
            }
        }
    }
    spoiled.into_iter().collect()
}
