//! What was measured of one engine.

use std::collections::BTreeMap;

use crate::contender::Contender;
use crate::counts::Counts;

/// A figure that is taken in each run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Row {
    /// From the start of the process to its first question for an event, in ms.
    Init,
    /// From there to the fourth answer: a cold rotation, in ms.
    Cold,
    /// The same, where each call of Secrets Manager takes [`LATENCY`](crate::measure::LATENCY) more.
    Late,
    /// The same, at the processor's share of so many MB of memory, once the function has started.
    Share(u64),
    /// The four answers of a second rotation in the same sandbox, in ms.
    Warm,
    /// On a processor, in a cold rotation, in ms.
    Cpu,
    /// The most memory in both rotations, in MB.
    Memory,
}

/// Of the sizes of functions that are looked at, in MB.
pub const SHARES: [u64; 3] = [128, 256, 512];

/// By contender, in the order of [`Contender::BOTH`].
type Both<T> = [T; 2];

/// Bytes of a zip; and of the same with all that a managed runtime brings, where that is more.
pub type Zips = Both<Option<(u64, Option<u64>)>>;

/// All runs of an engine.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// As in `mysql/single-user`.
    pub name: &'static str,
    /// How large the zips are.
    pub(crate) zips: Zips,
    rows: BTreeMap<Row, Both<Vec<f64>>>,
    counts: Both<Option<Counts>>,
}

impl Row {
    /// What a reader in a hurry wants to know.
    pub const BRIEF: [Self; 6] = [
        Self::Init,
        Self::Cold,
        Self::Late,
        Self::Share(128),
        Self::Warm,
        Self::Memory,
    ];

    /// All, in the order of the table.
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::Init, Self::Cold, Self::Late];
        all.extend(SHARES.map(Self::Share));
        all.extend([Self::Warm, Self::Cpu, Self::Memory]);
        all
    }
}

impl Figures {
    /// None yet.
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            ..Self::default()
        }
    }

    /// The same, with the sizes of the zips.
    #[must_use]
    pub fn with(mut self, zips: Zips) -> Self {
        self.zips = zips;
        self
    }

    /// One more.
    pub fn add(&mut self, contender: Contender, row: Row, figure: f64) {
        self.rows.entry(row).or_default()[contender as usize].push(figure);
    }

    /// Those of a row, in the order of the runs. Empty, if it was not measured.
    pub fn row(&self, contender: Contender, row: Row) -> &[f64] {
        self.rows
            .get(&row)
            .map_or(&[], |both| &both[contender as usize])
    }

    /// What a rotation asks of the servers.
    pub fn count(&mut self, contender: Contender, counts: Counts) {
        self.counts[contender as usize] = Some(counts);
    }

    /// What a rotation asks of the servers, if that was counted.
    pub fn counts(&self, contender: Contender) -> Option<&Counts> {
        self.counts[contender as usize].as_ref()
    }
}
