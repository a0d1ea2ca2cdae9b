//! Secrets Manager: versions, labels, and the answers that are older than they should be.

use std::time::{Duration, SystemTime};

use rotation::Succession;
use rotation::protocol::{Id, Labelled, Seen, Value};
use rotation::store::{Put, Swap};

/// A version's place in the order in which they were made.
pub type Version = u8;
/// A credential: no two have the same number.
pub type Credential = u8;

/// What a version holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Held {
    /// Whose it is.
    pub user: u8,
    /// The credential.
    pub credential: Credential,
}

/// Who carries which label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Marks {
    /// AWSCURRENT.
    pub current: Option<Version>,
    /// AWSPENDING.
    pub pending: Option<Version>,
    /// AWSPREVIOUS.
    pub previous: Option<Version>,
    /// Each version's own mark, a bit for each.
    pub marks: u16,
}

/// The secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Secret {
    /// The versions; `None` has no value yet.
    pub versions: Vec<Option<Held>>,
    /// When each version, or its value, was made: a number of the order.
    pub made: Vec<u8>,
    /// The labels now.
    pub labels: Marks,
    /// The labels before the last changes, newest first; kept where reads may be stale.
    pub past: Vec<Before>,
    /// Who changes labels now.
    pub actor: Actor,
    /// Versions that AWSCURRENT has left, a bit for each.
    pub left: u16,
}

const PAST: usize = 3;

/// How many versions there were when an invocation began; `Actor::MAX`: the service, or a person.
pub type Actor = u8;

/// The labels before a change, and who made that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Before {
    /// The labels.
    pub labels: Marks,
    /// Who changed them.
    pub by: Actor,
}

impl Marks {
    /// Whether the version carries its mark.
    pub fn marked(&self, version: Version) -> bool {
        self.marks & 1 << version != 0
    }

    /// The versions that carry a label.
    pub fn versions(&self) -> impl Iterator<Item = Version> + '_ {
        (0..16).filter(|version| {
            let one = Some(*version);
            self.marked(*version)
                || self.current == one
                || self.pending == one
                || self.previous == one
        })
    }

    /// As DescribeSecret shows them to the invocation of `me`.
    pub fn labelled(&self, me: Version) -> Vec<Labelled> {
        let each = self.versions().map(|version| Labelled {
            id: number(me, version),
            current: self.current == Some(version),
            pending: self.pending == Some(version),
            previous: self.previous == Some(version),
            marked: self.marked(version),
        });
        each.collect()
    }
}

/// The number that the invocation of `me` gives to a version.
pub fn number(me: Version, version: Version) -> Id {
    if version == me {
        Id::ME
    } else {
        Id(u16::from(version) + 1)
    }
}

/// The version of a number.
pub fn version(me: Version, id: Id) -> Version {
    if id == Id::ME {
        me
    } else {
        u8::try_from(id.0 - 1).unwrap_or(u8::MAX)
    }
}

impl Secret {
    /// Changes labels, and keeps what was before.
    fn relabel(&mut self, keep: bool, change: impl FnOnce(&mut Marks)) {
        let before = self.labels;
        change(&mut self.labels);
        if keep && before != self.labels {
            let by = self.actor;
            self.past.insert(0, Before { labels: before, by });
            self.past.truncate(PAST);
        }
    }

    /// RotateSecret announces a version, if that is how a rotation begins.
    pub fn announce(&mut self, keep: bool, fresh: bool) -> Version {
        let version = self.add(None);
        if !fresh {
            self.relabel(keep, |labels| labels.pending = Some(version));
        }
        version
    }

    /// Another version.
    pub fn add(&mut self, held: Option<Held>) -> Version {
        let version = u8::try_from(self.versions.len()).unwrap_or(u8::MAX);
        self.versions.push(held);
        self.made.push(self.now());
        version
    }

    /// The next moment at which something is made.
    pub fn now(&self) -> u8 {
        self.made.iter().max().map_or(0, |last| last + 1)
    }

    /// AWSPENDING is taken away.
    pub fn vanish(&mut self, keep: bool) {
        self.relabel(keep, |labels| labels.pending = None);
    }

    /// Somebody stores a new value as AWSCURRENT.
    pub fn store(&mut self, keep: bool, held: Held) {
        let version = self.add(Some(held));
        self.left |= self.labels.current.map_or(0, |from| 1 << from);
        self.relabel(keep, |labels| {
            labels.previous = labels.current;
            labels.current = Some(version);
        });
    }

    /// Somebody moves AWSCURRENT back to where it was; `None` if there is no such version.
    pub fn roll_back(&mut self, keep: bool) -> Option<()> {
        let (to, from) = (self.labels.previous?, self.labels.current?);
        self.left = (self.left | 1 << from) & !(1 << to);
        self.relabel(keep, |labels| {
            labels.previous = Some(from);
            labels.current = Some(to);
        });
        Some(())
    }

    /// PutSecretValue of a version, under AWSPENDING and its mark.
    pub fn put(&mut self, keep: bool, version: Version, held: Held) -> Put {
        let place = &mut self.versions[usize::from(version)];
        match place {
            Some(there) if *there == held => return Put::Stored,
            Some(_) => return Put::Lost,
            None => *place = Some(held),
        }
        self.relabel(keep, |labels| {
            labels.pending = Some(version);
            labels.marks |= 1 << version;
        });
        Put::Stored
    }

    /// UpdateSecretVersionStage of a version's mark.
    pub fn set_mark(&mut self, keep: bool, version: Version, on: bool) -> Swap {
        if self.labels.marked(version) == on {
            return Swap::Elsewhere;
        }
        self.relabel(keep, |labels| labels.marks ^= 1 << version);
        Swap::Moved
    }

    /// UpdateSecretVersionStage of AWSCURRENT.
    pub fn promote(&mut self, keep: bool, from: Option<Version>, to: Version) -> Swap {
        if self.labels.current != from {
            return Swap::Elsewhere;
        }
        self.left |= from.map_or(0, |from| 1 << from);
        self.relabel(keep, |labels| {
            labels.previous = from;
            labels.current = Some(to);
        });
        Swap::Moved
    }

    /// GetSecretValue of a version, by labels of that time.
    pub fn seen(
        &self,
        me: Version,
        asked: Version,
        labels: &Marks,
        succession: Succession,
    ) -> Option<Seen> {
        let held = self.versions.get(usize::from(asked)).copied().flatten()?;
        Some(Seen {
            id: number(me, asked),
            current: labels.current == Some(asked),
            marked: labels.marked(asked),
            created: SystemTime::UNIX_EPOCH
                + Duration::from_secs(self.made[usize::from(asked)].into()),
            value: Some(Value {
                target: 0,
                principal: held.user.into(),
                credential: held.credential.into(),
                succession,
            }),
        })
    }

    /// What the version holds.
    pub fn held(&self, version: Option<Version>) -> Option<Held> {
        self.versions.get(usize::from(version?)).copied().flatten()
    }
}
