//! A sample of what `scripts/fuzz` looks for: each execution takes a file of the corpus, or none, and spoils it. A file that was
//! found to be wrong belongs in `corpus/authorized_keys`, where `KEY` and `OTHER` stand for two keys.

use std::panic::catch_unwind;
use std::path::Path;

use fastrand::Rng;

use super::BYTE_ORDER_MARK;
use super::properties::{filled_in, keeps};

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

#[test]
fn a_sample() {
    let corpus = corpus();
    for seed in 0..2000 {
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
