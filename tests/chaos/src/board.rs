//! Who does what next, and what came out of it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::engine::{Engine, Target};
use crate::report::Report;

/// Shared by all lanes.
pub struct Board {
    engines: Vec<Engine>,
    only: Option<u64>,
    last: Instant,
    state: Mutex<State>,
}

/// What a lane does next.
pub struct Job {
    /// Where.
    pub engine: Engine,
    /// By which seed.
    pub seed: u64,
}

#[derive(Default)]
struct State {
    turn: usize,
    seeds: HashMap<&'static str, u64>,
    /// Engines and seeds of an earlier run.
    skipped: HashSet<(String, u64)>,
    /// Servers that nobody uses just now.
    idle: HashMap<&'static str, Vec<Arc<dyn Target>>>,
    at_work: usize,
    reports: BTreeMap<String, Report>,
    absent: Vec<&'static str>,
}

impl Board {
    /// For these engines: one seed alone, or all from a first one on, until `last`. `done` is not done again.
    pub fn new(
        engines: Vec<Engine>,
        (only, from): (Option<u64>, u64),
        last: Instant,
        done: Vec<Report>,
    ) -> Self {
        let mut state = State::default();
        for engine in &engines {
            state.seeds.insert(engine.name, only.unwrap_or(from));
        }
        for report in done {
            state.skipped.insert((report.engine.clone(), report.seed));
            let sum = state.reports.entry(report.engine.clone());
            sum.or_default().add(&report);
        }
        Self {
            engines,
            only,
            last,
            state: Mutex::new(state),
        }
    }

    /// The next seed of the next engine. None, if it is time to end.
    pub fn next(&self) -> Option<Job> {
        let mut state = self.lock();
        for _ in 0..self.engines.len() {
            let engine = self.engines[state.turn % self.engines.len()];
            state.turn += 1;
            if state.absent.contains(&engine.name) || Instant::now() > self.last {
                continue;
            }
            let Some(seed) = state.seed(engine.name, self.only) else {
                continue;
            };
            state.at_work += 1;
            return Some(Job { engine, seed });
        }
        None
    }

    /// A server that nobody uses, or a new one.
    ///
    /// # Errors
    /// That it is not installed.
    pub async fn target(&self, engine: Engine) -> Result<Arc<dyn Target>, String> {
        let idle = self.lock().idle.get_mut(engine.name).and_then(Vec::pop);
        match idle {
            Some(target) => Ok(target),
            None => Ok(Arc::from(engine.start().await?)),
        }
    }

    /// The server is idle, and this came out.
    pub fn done(&self, engine: Engine, target: Arc<dyn Target>, report: &Report) {
        let mut state = self.lock();
        state.idle.entry(engine.name).or_default().push(target);
        state.at_work -= 1;
        let sum = state.reports.entry(report.engine.clone());
        sum.or_default().add(report);
    }

    /// There is no such server here.
    pub fn missing(&self, engine: Engine) {
        let mut state = self.lock();
        state.at_work -= 1;
        state.absent.push(engine.name);
    }

    /// Of each engine.
    pub fn reports(&self) -> Vec<Report> {
        self.lock().reports.values().cloned().collect()
    }

    /// All together.
    pub fn all(&self) -> Report {
        let mut all = Report::default();
        for report in self.lock().reports.values() {
            all.add(report);
        }
        all.engine = "all".to_owned();
        all
    }

    /// How many seeds are under way.
    pub fn at_work(&self) -> usize {
        self.lock().at_work
    }

    /// Engines that this machine does not have.
    pub fn absent(&self) -> Vec<&'static str> {
        self.lock().absent.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The engine's next seed that was not done. Of the only one, there is no next.
    fn seed(&mut self, engine: &'static str, only: Option<u64>) -> Option<u64> {
        let next = self.seeds.get_mut(engine)?;
        while self.skipped.contains(&(engine.to_owned(), *next)) {
            *next += 1;
        }
        let seed = *next;
        *next += 1;
        only.is_none_or(|only| only == seed).then_some(seed)
    }
}
