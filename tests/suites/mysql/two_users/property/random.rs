//! Choices, the same for the same seed.

use std::collections::BTreeSet;

/// Whatever means something to a server, to a reader of its answers, or to the rotation itself.
const PIECES: [&str; 32] = [
    "a",
    "B",
    "x y",
    "`",
    "``",
    "'",
    "''",
    "\"",
    "\\",
    "\\_",
    "\\'",
    "%",
    "_",
    ".",
    ",",
    "(",
    ")",
    "*",
    "@",
    "'@'%",
    " TO ",
    " ON ",
    " FROM ",
    " WITH GRANT OPTION",
    "select",
    "GRANT",
    "_clone",
    "-- ",
    "\n",
    "é",
    "名",
    "\u{fffd}",
];

/// Of few states, and of small numbers that are one apart, other choices.
pub(crate) struct Random {
    state: u64,
    /// No two names of a case are the same, whatever their case.
    names: BTreeSet<String>,
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            state: seed,
            names: BTreeSet::new(),
        }
    }

    /// Less than `n`, by SplitMix64.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let half = usize::try_from((mixed ^ (mixed >> 31)) >> 33).expect("31 bits");
        half % n
    }

    /// In so many of a hundred.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn one_of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }

    /// One or more of them.
    pub(crate) fn some_of<T: Clone>(&mut self, all: &[T]) -> Vec<T> {
        let percent = self.one_of(&[10, 30, 60]);
        let mut chosen: Vec<T> = all.to_vec();
        chosen.retain(|_| self.chance(percent));
        if chosen.is_empty() {
            chosen.push(self.one_of(all));
        }
        chosen
    }

    /// A legal one of at most `limit` characters; now and then of as many, filled up with `filler`. The servers take no
    /// space at its ends.
    pub(crate) fn name(&mut self, limit: usize, filler: char) -> String {
        loop {
            let mut name = String::new();
            for _ in 0..=self.below(4) {
                name.push_str(self.one_of(&PIECES));
            }
            let name = name.trim();
            let mut name: String = name.chars().take(limit - 1).collect();
            if self.chance(15) {
                name.extend(vec![filler; limit - name.chars().count()]);
            }
            let name = name.trim().to_owned();
            if !name.is_empty() && self.names.insert(name.to_lowercase()) {
                return name;
            }
        }
    }
}
