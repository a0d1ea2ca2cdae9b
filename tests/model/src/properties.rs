//! What must hold at every moment.

use rotation::protocol::RetirePolicy;

use crate::budget::Fault;
use crate::kind::{Case, Kind};
use crate::secret::Version;
use crate::world::World;

/// A promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Property {
    /// The target accepts AWSCURRENT.
    Accepted,
    /// With one user and one password: it accepts AWSCURRENT, AWSPENDING, or a version with our mark.
    Findable,
    /// It accepts a version that carries a label.
    Labelled,
    /// AWSCURRENT never returns to a version that it left, nor to one that is older.
    Forward,
    /// AWSCURRENT's user may do all that the application needs.
    Privileged,
    /// After a rotation that succeeded, the target accepts AWSCURRENT.
    Finished,
    /// A retry, or a new rotation, ends well.
    Recovers,
    /// Each credential that lives is held by a version with a label, or named after one of ours.
    Known,
    /// Two clean rotations later, at most two credentials live.
    Heals,
    /// No credential is ended that AWSCURRENT or AWSPREVIOUS holds, unless the policy says so.
    InUse,
    /// The administrator issues nothing for a user whom nobody has proven to be.
    Proven,
    /// No credential is to be ended that is another user's than the session's.
    Own,
    /// After a rotation that nothing cut off, at most two credentials live.
    Two,
    /// A rotation that was cut off, and nothing else, is finished by its retry.
    Continues,
    /// The protocol asks for nothing that cannot be done: a hook without a session, a value that was not read.
    Possible,
    /// A person's repair ends with AWSCURRENT accepted, if any version's credential is, and a rotation after it ends well. No move is
    /// made that the target does not justify, and none in a healthy moment.
    Mends,
}

/// Faults after which a rotation still does all of its work.
const NOTHING_CUT: [Fault; 2] = [Fault::Anew, Fault::Stale];

/// Faults after which the same rotation can be finished.
const CUTS: [Fault; 4] = [Fault::Crash, Fault::Stall, Fault::LostLock, Fault::Stale];

impl Property {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Accepted,
        Self::Findable,
        Self::Labelled,
        Self::Forward,
        Self::Privileged,
        Self::Finished,
        Self::Recovers,
        Self::Known,
        Self::Heals,
        Self::InUse,
        Self::Proven,
        Self::Own,
        Self::Two,
        Self::Continues,
        Self::Possible,
        Self::Mends,
    ];

    /// Why this property is not asked of this world, if it is not: by the nature of the target, or since what happened breaks
    /// it by itself.
    pub fn left_out(self, case: &Case, world: &World) -> Option<&'static str> {
        let kind = case.kind;
        let happened = world.happened;
        let wrong_current = match self {
            Self::Accepted
            | Self::Findable
            | Self::Labelled
            | Self::Finished
            | Self::Recovers
            | Self::Heals => happened
                .stranger
                .then_some("somebody stored another user, whose credential is wrong"),
            _ => None,
        };
        let nature = match self {
            Self::Accepted if !kind.overlaps() => {
                Some("one credential: AWSCURRENT is refused between setSecret and finishSecret")
            }
            Self::Findable if !matches!(kind, Kind::Single | Kind::PutValue) => {
                Some("AWSCURRENT itself is accepted")
            }
            Self::Labelled if kind == Kind::Roll => {
                Some("the service ends the old token before the new one is stored")
            }
            Self::Finished if kind == Kind::Roll => {
                Some("two createSecret at once may store the token that the other one ended")
            }
            Self::Finished if kind == Kind::PutValue && case.budget.left(Fault::Stall) > 0 => Some(
                "without a lock, who slept right before its write may write over a newer value",
            ),
            Self::Known | Self::Heals | Self::Two
                if kind.succession() != rotation::Succession::Coexist =>
            {
                Some("old credentials end by themselves")
            }
            Self::Known | Self::Heals | Self::Two if case.plan.retire == RetirePolicy::Never => {
                Some("the policy is never")
            }
            Self::Two if !case.budget.only(&NOTHING_CUT) => {
                Some("who was cut off may leave a third until the next rotation")
            }
            Self::Continues if !case.budget.only(&CUTS) => {
                Some("more happens than that a process dies or sleeps")
            }
            Self::Continues if kind == Kind::Roll => {
                Some("two createSecret at once may store the token that the other one ended")
            }
            _ => None,
        };
        let rolled_back = match self {
            _ if !happened.rolled_back => None,
            Self::Accepted | Self::Findable => {
                Some("somebody moved AWSCURRENT back to what may be dead by now")
            }
            Self::Recovers if kind.succession() == rotation::Succession::Alternate => {
                Some("somebody moved AWSCURRENT back: two users go on from AWSCURRENT alone")
            }
            Self::Recovers if case.limit < 8 => Some(
                "somebody moved AWSCURRENT back: without it nothing is ended, and there is no room",
            ),
            _ => None,
        };
        let restored = match self {
            _ if !happened.restored => None,
            Self::Accepted
            | Self::Findable
            | Self::Labelled
            | Self::Finished
            | Self::Heals
            | Self::Known
            | Self::Privileged => Some("the target was restored"),
            Self::Recovers if kind.succession() == rotation::Succession::Alternate => {
                Some("the target was restored: two users go on from AWSCURRENT alone")
            }
            Self::Recovers if !world.labels_accepted() => {
                Some("the target was restored to what no label names")
            }
            _ => None,
        };
        nature.or(wrong_current).or(rolled_back).or(restored)
    }
}

impl World {
    /// The first property that does not hold now. What happens later is asked of [`recovery`](crate::recovery).
    pub fn broken(&self, case: &Case, before: Option<&Self>) -> Option<Property> {
        let finished =
            before.is_some_and(|before| before.service.step == 3 && self.service.step == 4);
        Property::ALL.into_iter().find(|property| {
            let holds = match property {
                Property::Accepted => self.current_accepted(),
                Property::Findable => self.findable(),
                Property::Labelled => self.labels_accepted(),
                Property::Forward => self.forward(),
                Property::Privileged => self
                    .current()
                    .is_some_and(|held| self.target.privileged(held)),
                Property::Finished => !finished || self.current_accepted(),
                Property::Known => !self.idle() || self.all_known(case),
                Property::Two => !self.idle() || self.few(),
                Property::InUse => !self.wrong.ended_in_use,
                Property::Proven => !self.wrong.unproven,
                Property::Own => !self.wrong.ended_others,
                Property::Possible => !self.wrong.impossible,
                Property::Recovers | Property::Heals | Property::Continues | Property::Mends => {
                    true
                }
            };
            !holds && property.left_out(case, self).is_none()
        })
    }

    /// No invocation lives, and the last rotation was finished.
    pub fn idle(&self) -> bool {
        self.invocations.is_empty() && self.service.step == 4
    }

    /// At most two credentials of the user live.
    pub fn few(&self) -> bool {
        self.current()
            .is_none_or(|held| self.target.count(held.user) <= 2)
    }

    fn accepts(&self, version: Option<Version>) -> bool {
        self.secret
            .held(version)
            .is_some_and(|held| self.target.accepts(held))
    }

    fn findable(&self) -> bool {
        let labels = &self.secret.labels;
        let marked = labels.versions().filter(|version| labels.marked(*version));
        let kept = marked.map(Some).chain([labels.current, labels.pending]);
        kept.into_iter().any(|version| self.accepts(version))
    }

    fn labels_accepted(&self) -> bool {
        let labels = &self.secret.labels;
        labels.versions().any(|version| self.accepts(Some(version)))
    }

    fn forward(&self) -> bool {
        let current = self.secret.labels.current;
        !self.wrong.backwards && current.is_none_or(|version| self.secret.left & 1 << version == 0)
    }

    /// Each credential of the user is held by a version with a label; a token may have our name instead.
    pub fn all_known(&self, case: &Case) -> bool {
        let labels = &self.secret.labels;
        let held = labels
            .versions()
            .filter_map(|version| self.secret.held(Some(version)));
        let labelled = held.fold(0, |all, held| all | 1_u32 << held.credential);
        let named = (0_u32..)
            .zip(&self.named)
            .filter(|(_, name)| **name != u8::MAX);
        let named = named.fold(0, |all, (credential, _)| all | 1_u32 << credential);
        let known = match case.kind {
            Kind::Tokens => labelled | named,
            _ => labelled,
        };
        let user = self.current().map_or(0, |held| held.user);
        self.target.live[usize::from(user)] & !known == 0
    }
}
