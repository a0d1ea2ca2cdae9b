//! What a person's repair makes of a moment: the shipped `remedy`, move by move.

use rotation::protocol::{Dates, Held, Id, Label, Labelled, Move, Remedy, Said, remedy};

use crate::kind::Case;
use crate::properties::Property;
use crate::recovery::rotate;
use crate::secret::{Version, number, version};
use crate::world::World;

/// More logins and moves than any repair takes.
const ENOUGH: usize = 100;
/// Nobody lives.
const CALM: Dates = Dates {
    settled: true,
    quiet: true,
};
/// No version of a rotation is this one: all have numbers of their own.
const NOBODY: Version = Version::MAX;

/// Whether a repair does not end well: a move that the target does not justify, AWSCURRENT refused although some version's credential is
/// accepted, a move in a healthy moment, or no rotation after it.
pub(crate) fn broken(case: &Case, calm: &World) -> Option<Property> {
    let healthy = calm.healthy();
    let mut world = calm.clone();
    let mut said = vec![Said::Nothing; world.secret.versions.len()];
    let mut moved = false;
    for _ in 0..ENOUGH {
        match remedy(&world.examined(case, &said), CALM, usize::MAX) {
            Remedy::Try(id) => {
                let tried = version(NOBODY, id);
                said[usize::from(tried)] = world.says(case, tried);
            }
            Remedy::Move(shift) => {
                moved = true;
                let justified = world.justifies(shift) && !healthy;
                if !justified {
                    return Some(Property::Mends);
                }
                world.shift(shift);
            }
            Remedy::Healthy => {
                let rotates = || rotate(case, world.clone(), true).is_some();
                let mended = world.healthy_enough() && (!moved || rotates());
                return (!mended).then_some(Property::Mends);
            }
            Remedy::Stuck => {
                let lost = (0..said.len()).all(|n| !world.accepts_version(n));
                return (moved || !lost).then_some(Property::Mends);
            }
            Remedy::Wait | Remedy::Unclear => return Some(Property::Mends),
        }
    }
    Some(Property::Mends)
}

impl World {
    /// A person's repair, up to its first move. False: there is none.
    pub(crate) fn repair(&mut self, case: &Case) -> bool {
        let dates = self.dates();
        let mut said = vec![Said::Nothing; self.secret.versions.len()];
        loop {
            match remedy(&self.examined(case, &said), dates, usize::MAX) {
                Remedy::Try(id) => {
                    let tried = version(NOBODY, id);
                    said[usize::from(tried)] = self.says(case, tried);
                }
                Remedy::Move(shift) => {
                    self.shift(shift);
                    return true;
                }
                Remedy::Wait | Remedy::Healthy | Remedy::Stuck | Remedy::Unclear => return false,
            }
        }
    }

    /// As with the engine, a version is old enough if nobody lives who began before it was made.
    fn dates(&self) -> Dates {
        let labels = &self.secret.labels;
        let pending = labels.pending.filter(|_| labels.pending != labels.current);
        let older = |pending| self.invocations.iter().any(|inv| inv.epoch <= pending);
        Dates {
            settled: !pending.is_some_and(older),
            quiet: self.invocations.is_empty(),
        }
    }

    fn examined(&self, case: &Case, said: &[Said]) -> Vec<Held> {
        let labels = &self.secret.labels;
        let labelled = labels.labelled(NOBODY);
        let held = |(version, said): (Version, &Said)| {
            let seen = self
                .secret
                .seen(NOBODY, version, labels, case.kind.succession());
            Held {
                labels: Labelled::find(&labelled, number(NOBODY, version)),
                made: seen.map(|seen| seen.created),
                value: seen.and_then(|seen| seen.value),
                said: *said,
            }
        };
        (0..).zip(said).map(held).collect()
    }

    /// What the target says to the version's credential, and whether its user may do what AWSCURRENT's may.
    fn says(&self, case: &Case, version: Version) -> Said {
        let Some(held) = self.secret.held(Some(version)) else {
            return Said::Unclear;
        };
        let turns = case.kind.succession() == rotation::Succession::Alternate;
        let enough = !turns || self.target.privileged(held);
        match self.target.accepts(held) && enough {
            true => Said::Accepted,
            false => Said::Refused,
        }
    }

    fn justifies(&self, shift: Move) -> bool {
        let accepts = |id: Option<Id>| {
            id.is_some_and(|id| self.accepts_version(usize::from(version(NOBODY, id))))
        };
        match shift.label {
            Label::Current | Label::Previous => accepts(shift.to),
            Label::Pending => self.current_accepted(),
            Label::Mark => !accepts(shift.from),
        }
    }

    fn shift(&mut self, shift: Move) {
        let (from, to) = (
            shift.from.map(|id| version(NOBODY, id)),
            shift.to.map(|id| version(NOBODY, id)),
        );
        let keep = self.keeps_past();
        match (shift.label, from, to) {
            (Label::Current, from, Some(to)) => {
                self.secret.promote(keep, from, to);
                self.secret.left &= !(1 << to);
            }
            (Label::Mark, Some(from), None) => {
                self.secret.set_mark(keep, from, false);
            }
            (Label::Previous, _, to) => self.secret.labels.previous = to,
            (Label::Pending, ..) => self.secret.vanish(keep),
            _ => self.wrong.impossible = true,
        }
    }

    fn accepts_version(&self, version: usize) -> bool {
        let held = self.secret.versions.get(version).copied().flatten();
        held.is_some_and(|held| self.target.accepts(held))
    }

    /// The target accepts AWSCURRENT, and no rotation is under way.
    fn healthy_enough(&self) -> bool {
        let labels = &self.secret.labels;
        let under_way = labels
            .pending
            .is_some_and(|_| labels.pending != labels.current);
        self.current_accepted() && !under_way && !self.wrong.impossible
    }

    /// There is also nothing left over, and AWSPREVIOUS names no user for whom another version stands.
    fn healthy(&self) -> bool {
        let labels = &self.secret.labels;
        let left = labels.versions().any(|version| {
            let one = Some(version);
            labels.current != one && labels.pending != one && labels.previous != one
        });
        self.healthy_enough() && !left
    }
}
