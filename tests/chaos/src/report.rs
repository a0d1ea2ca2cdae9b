//! What one seed showed, and all of them together.

use std::fmt;
use std::time::Duration;

use rotation::Succession;
use serde::{Deserialize, Serialize};

use crate::nemesis::Fault;
use crate::record::{Attempt, check};

/// Of one seed, or of several of one engine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// As in `postgres/alternating-users`.
    pub engine: String,
    /// Which it was; of several, the last.
    pub seed: u64,
    /// How many seeds.
    pub seeds: usize,
    /// Rotations that were begun, but for the last one of each seed.
    pub rotations: usize,
    /// Of these, those that did not end well within their tries.
    pub unfinished: usize,
    /// Functions killed.
    pub kills: usize,
    /// Functions frozen.
    pub stalls: usize,
    /// Servers restarted.
    pub restarts: usize,
    /// Other faults.
    pub others: usize,
    /// Logins that were accepted.
    pub logins: usize,
    /// Logins that were refused.
    pub refused: usize,
    /// Refusals that must not be.
    pub wrong: usize,
    /// The longest time in which a client was shut out.
    pub window: Duration,
    /// Seeds after which no rotation ended well, or AWSCURRENT was refused.
    pub locked_out: usize,
    /// Credentials that live without a label.
    pub strays: usize,
    /// Seeds that say nothing: the machine was too slow for the last rotation.
    #[serde(default)]
    pub too_slow: usize,
    /// What happened, line by line.
    #[serde(skip)]
    pub story: Vec<String>,
}

impl Report {
    /// Of a seed that has only begun.
    pub fn new(engine: &str, seed: u64) -> Self {
        Self {
            engine: engine.to_owned(),
            seed,
            seeds: 1,
            ..Self::default()
        }
    }

    /// Whether nothing was found.
    pub fn is_good(&self) -> bool {
        self.wrong + self.locked_out + self.strays == 0
    }

    /// Counts a fault that met its place.
    pub(crate) fn count(&mut self, fault: Fault) {
        match fault {
            Fault::Kill(_) => self.kills += 1,
            Fault::Stall(..) => self.stalls += 1,
            Fault::Restart(_) => self.restarts += 1,
            Fault::Loss(..) | Fault::Calls(..) => self.others += 1,
            Fault::None => {}
        }
    }

    /// Reads the clients' record.
    pub(crate) fn judge(&mut self, attempts: &[Attempt], succession: Succession) {
        let found = check(attempts, succession);
        self.logins = found.logins;
        self.refused = found.refused;
        self.wrong = found.wrong.len();
        self.window = found.longest();
        for wrong in found.wrong {
            self.story.push(format!(
                "{:7.2} s  WRONG REFUSAL: client {}, version {}, until {:.2} s",
                wrong.began.as_secs_f64(),
                wrong.client,
                wrong.version,
                wrong.ended.as_secs_f64()
            ));
        }
    }

    /// Adds another one of the same engine.
    pub fn add(&mut self, other: &Self) {
        self.engine.clone_from(&other.engine);
        self.seed = other.seed;
        for (mine, theirs) in [
            (&mut self.seeds, other.seeds),
            (&mut self.rotations, other.rotations),
            (&mut self.unfinished, other.unfinished),
            (&mut self.kills, other.kills),
            (&mut self.stalls, other.stalls),
            (&mut self.restarts, other.restarts),
            (&mut self.others, other.others),
            (&mut self.logins, other.logins),
            (&mut self.refused, other.refused),
            (&mut self.wrong, other.wrong),
            (&mut self.locked_out, other.locked_out),
            (&mut self.strays, other.strays),
            (&mut self.too_slow, other.too_slow),
        ] {
            *mine += theirs;
        }
        self.window = self.window.max(other.window);
    }

    /// What stands over the rows of the table.
    pub const HEADING: &str = "engine                       seeds  rotations  unfinished  kills  stalls  restarts  other  logins  refused   wrong  window s  lock-outs  strays";
}

/// A row of the table.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let window = self.window.as_secs_f64();
        write!(
            f,
            "{:27} {:6} {:10} {:11} {:6} {:7} {:9} {:6} {:7} {:8} {:7} {window:9.1} {:10} {:7}",
            self.engine,
            self.seeds,
            self.rotations,
            self.unfinished,
            self.kills,
            self.stalls,
            self.restarts,
            self.others,
            self.logins,
            self.refused,
            self.wrong,
            self.locked_out,
            self.strays
        )
    }
}
