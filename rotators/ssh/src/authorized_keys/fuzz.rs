//! Random files: what they keep in every case. Each execution takes a file of the corpus, or none, and spoils it.
//!
//! `FUZZ_EXECUTIONS=1000000 cargo test --release -p rotator-ssh fuzz` is the long run; `FUZZ_SEED` is where it begins. A
//! file that was found to be wrong belongs in `corpus/authorized_keys`, where `KEY` and `OTHER` stand for two keys.

use std::panic::catch_unwind;
use std::path::Path;

use fastrand::Rng;
use russh::keys::ssh_key::authorized_keys::Entry as Parsed;

use super::tests::{bare, key};
use super::*;

/// What is put in.
const FRAGMENTS: [&[u8]; 26] = [
    b"KEY",
    b"OTHER",
    b"KEY",
    b"\nKEY\n",
    b"\nOTHER new key\n",
    b"\n",
    b"\r\n",
    b"\r",
    b" ",
    b"\t",
    b"\"",
    b"\\\"",
    b"\\",
    b",",
    b"#",
    b"\0",
    b"\xff",
    b"=",
    BYTE_ORDER_MARK,
    b"cert-authority",
    b"cert-authority,no-pty KEY",
    b"@revoked ",
    b"from=\"10.0.0.0/8,!10.1.0.0/16\" ",
    b"command=\"a \\\"b\\\" , c\",restrict ",
    b"ssh-ed25519 ",
    b"ssh-rsa ",
];

const OPTIONS: [&str; 3] = ["", "restrict", "from=\"a b\",command=\"c \\\"d\\\", e\""];

#[test]
fn fuzz() {
    let number = |name, usual| match std::env::var(name) {
        Ok(text) => text.parse().expect("a number"),
        Err(_) => usual,
    };
    let corpus = corpus();
    let first: u64 = number("FUZZ_SEED", 0);
    for seed in first..first + number("FUZZ_EXECUTIONS", 2000) {
        let file = spoiled(&corpus, &mut Rng::with_seed(seed));
        let seen = catch_unwind(|| keeps(&file));
        assert!(seen.is_ok(), "seed {seed}: {}", file.escape_ascii());
    }
}

#[test]
fn the_corpus_itself() {
    let corpus = corpus();
    assert!(corpus.len() >= 10, "{}", corpus.len());
    corpus.iter().for_each(|file| keeps(file));
}

fn corpus() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/authorized_keys");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the corpus")
        .map(|file| file.expect("a file").path())
        .collect();
    files.sort();
    let read = |file| filled_in(&std::fs::read(file).expect("a file"));
    files.into_iter().map(read).collect()
}

/// With the keys themselves.
fn filled_in(text: &[u8]) -> Vec<u8> {
    let mut filled = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.first() {
        if let Some(after) = rest.strip_prefix(b"KEY") {
            filled.extend_from_slice(bare(1).as_bytes());
            rest = after;
        } else if let Some(after) = rest.strip_prefix(b"OTHER") {
            filled.extend_from_slice(bare(2).as_bytes());
            rest = after;
        } else {
            filled.push(*first);
            rest = &rest[1..];
        }
    }
    filled
}

fn spoiled(corpus: &[Vec<u8>], random: &mut Rng) -> Vec<u8> {
    let mut file = match random.usize(..corpus.len() + 1) {
        0 => Vec::new(),
        at => corpus[at - 1].clone(),
    };
    for _ in 0..random.u8(..8) {
        let (from, to) = (random.usize(..=file.len()), random.usize(..=file.len()));
        let (from, to) = (from.min(to), from.max(to).min(from.min(to) + 80));
        match random.u8(..10) {
            0 => drop(file.drain(from..to)),
            1 => file.truncate(from),
            2 => {
                let again = file[from..to].to_vec();
                file.splice(from..from, again);
            }
            3 if from < file.len() => file[from] = random.u8(..),
            4 => {
                let other = random.choice(corpus).cloned().unwrap_or_default();
                file.splice(from..from, other);
            }
            5 => drop(file.splice(from..from, vec![b'x'; random.usize(..10_000)])),
            _ => {
                let fragment = random.choice(FRAGMENTS).unwrap_or_default();
                file.splice(from..from, filled_in(fragment));
            }
        }
    }
    file
}

fn keeps(file: &[u8]) {
    let present = options_of(file, &key(1)).is_some();
    for options in OPTIONS {
        let new = add(file, options.as_bytes(), &key(1));
        assert_eq!(new.is_none(), present);
        if let Some(new) = new {
            added(file, options, &new);
        }
    }
    match remove(file, &key(1)) {
        Some(new) => removed(file, &new),
        None => assert!(!present),
    }
    file.split(|byte| *byte == b'\n')
        .for_each(as_another_parser);
}

fn added(file: &[u8], options: &str, new: &[u8]) {
    let rest = new.strip_prefix(file).expect("the file comes first");
    let space = if options.is_empty() { "" } else { " " };
    let line = format!("{options}{space}{} new key", bare(1));
    let at = rest
        .windows(line.len())
        .position(|text| text == line.as_bytes());
    let (supplied, end) = rest.split_at(at.expect("the line"));
    let end = &end[line.len()..];
    assert!(matches!(supplied, b"" | b"\n" | b"\r\n"));
    assert!(matches!(end, b"\n" | b"\r\n"));
    assert_eq!(
        file.is_empty() || file.ends_with(b"\n"),
        supplied.is_empty()
    );
    assert_eq!(options_of(new, &key(1)), Some(options.as_bytes()));
    assert_eq!(options_of(new, &key(2)), options_of(file, &key(2)));
    assert_eq!(add(new, b"", &key(1)), None);
    let before = remove(file, &key(1)).unwrap_or_else(|| file.to_vec());
    let supplied = if before.is_empty() { b"" } else { supplied };
    let back = remove(new, &key(1)).expect("was there");
    assert!(back == [&before, supplied].concat() || back == before);
}

fn removed(file: &[u8], new: &[u8]) {
    let base64 = bare(1).split(' ').nth(1).expect("two words").to_owned();
    let mut left = new;
    for (mark, line) in lines(file) {
        left = left.strip_prefix(mark).expect("the mark stays");
        if let Some(rest) = left
            .strip_prefix(line)
            .filter(|_| read(line).is_none_or(|entry| entry.key != Material::of(&key(1))))
        {
            left = rest;
            continue;
        }
        let text: Vec<u8> = line
            .iter()
            .copied()
            .filter(|byte| !b"\r\x0b\x0c".contains(byte))
            .collect();
        assert!(
            text.windows(base64.len())
                .any(|text| text == base64.as_bytes())
        );
        if !mark.is_empty() {
            left = left
                .strip_prefix(ending(line))
                .expect("the mark's own line");
        }
    }
    assert!(left.is_empty());
    assert_eq!(options_of(new, &key(1)), None);
    assert_eq!(options_of(new, &key(2)), options_of(file, &key(2)));
    assert_eq!(remove(new, &key(1)), None);
}

/// What ssh-key's parser takes for a key is one here, with the same options, unless it misread them.
fn as_another_parser(line: &[u8]) {
    let Ok(text) = std::str::from_utf8(line) else {
        return;
    };
    let text = text.trim_end();
    if text.contains(['#', '\0']) {
        return;
    }
    let Ok(parsed) = text.parse::<Parsed>() else {
        return;
    };
    let options = parsed.config_opts().as_str().as_bytes();
    if unquoted(options, b"").is_none() {
        // It ends options at any space; sshd at none within quotes.
        return;
    }
    match read(line) {
        Some(entry) => {
            assert_eq!(entry.options, options);
            assert!(entry.key == Material::of(parsed.public_key()));
        }
        None => assert!(is_authority(options)),
    }
}
