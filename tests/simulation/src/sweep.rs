//! Many stories: each of a kind, or so many at random.

use std::fmt;
use std::ops::Range;

use crate::choices::Choices;
use crate::counts::Counts;
use crate::story::{Scope, tell};
use crate::target::Target;

/// A story that somebody can tell again: `TARGET/KIND/CHOICES`, as in `coexist/pair/12:3,40:1` and `coexist/random/77`.
#[derive(Clone, Debug)]
pub struct Id {
    target: Target,
    kind: Kind,
    /// The choices, or the seed.
    told: String,
}

/// A kind of stories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// With one fault.
    Single,
    /// With two.
    Pair,
    /// With one invocation that stands still before one of its calls, and goes on before one of another's.
    Stall,
    /// With one more fault beside.
    StallAndFault,
    /// At random, with many of both.
    Random,
}

/// A guarantee that did not hold.
#[derive(Clone, Debug)]
pub struct Harm {
    /// In which story.
    pub id: Id,
    /// What.
    pub what: String,
}

/// Each story of a kind.
///
/// # Errors
/// The first guarantee that does not hold.
pub fn each(target: Target, kind: Kind) -> Result<Counts, Harm> {
    let (mut counts, mut next) = (Counts::default(), Some(Choices::usual()));
    while let Some(mut choices) = next {
        let told = tell(target, kind.scope(), &mut choices);
        let id = || Id {
            target,
            kind,
            told: choices.to_string(),
        };
        counts += told.map_err(|what| Harm { id: id(), what })?;
        next = choices.next();
    }
    Ok(counts)
}

/// The story of each seed.
///
/// # Errors
/// The first guarantee that does not hold.
pub fn random(target: Target, seeds: Range<u64>) -> Result<Counts, Harm> {
    let mut counts = Counts::default();
    for seed in seeds {
        let told = seed.to_string();
        let kind = Kind::Random;
        counts += Id { target, kind, told }.tell()?;
    }
    Ok(counts)
}

impl Id {
    /// The one that is written so. None, if that is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.splitn(3, '/');
        let target = Target::named(words.next()?)?;
        let kind = words.next()?;
        let kind = Kind::ALL.into_iter().find(|known| known.name() == kind)?;
        let told = words.next()?.to_owned();
        let id = Self { target, kind, told };
        id.choices().map(|_| id)
    }

    /// Tells it.
    ///
    /// # Errors
    /// The guarantee that does not hold.
    pub fn tell(&self) -> Result<Counts, Harm> {
        let mut choices = self.choices().unwrap_or_else(Choices::usual);
        let told = tell(self.target, self.kind.scope(), &mut choices);
        told.map_err(|what| Harm {
            id: self.clone(),
            what,
        })
    }

    fn choices(&self) -> Option<Choices> {
        match self.kind {
            Kind::Random => self.told.parse().ok().map(Choices::random),
            _ => Choices::parse(&self.told),
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.target.name, self.kind.name(), self.told)
    }
}

impl Kind {
    /// Every one.
    pub const ALL: [Self; 5] = [
        Self::Single,
        Self::Pair,
        Self::Stall,
        Self::StallAndFault,
        Self::Random,
    ];

    /// As in an [`Id`].
    pub fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Pair => "pair",
            Self::Stall => "stall",
            Self::StallAndFault => "stall-and-fault",
            Self::Random => "random",
        }
    }

    fn scope(self) -> Scope {
        let (faults, stalls) = match self {
            Self::Single => (1, 0),
            Self::Pair => (2, 0),
            Self::Stall => (0, 1),
            Self::StallAndFault => (1, 1),
            Self::Random => (4, 3),
        };
        Scope {
            faults,
            stalls,
            wide: !matches!(self, Self::Pair | Self::StallAndFault),
            turns: self == Self::Random,
        }
    }
}
