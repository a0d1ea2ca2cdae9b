//! What the rotator's hooks do, and what they answer.

use rotation::event::Step;
use rotation::protocol::{Age, Answer, Answered, RetirePolicy, Who};

use crate::calls::{Came, How};
use crate::invocation::Session;
use crate::kind::{Case, Kind};
use crate::secret::{Held, Version, version};
use crate::target::{Progress, Target};
use crate::world::World;

impl World {
    pub(crate) fn held(&self, i: usize, who: Who) -> Option<Held> {
        let view = &self.invocations[i].view;
        let me = self.invocations[i].me;
        let id = match who {
            Who::Current => view.current.seen()?.id,
            Who::Pending => view.pending.seen()?.id,
            Who::Previous => view.previous?.0,
            Who::Orphan(id) => id,
        };
        self.secret.held(Some(version(me, id)))
    }

    pub(crate) fn login(&mut self, i: usize, held: Held, how: How) -> Answer {
        if how == How::Refused || !self.target.accepts(held) {
            return Answer::Rejected;
        }
        self.invocations[i].proven |= 1 << held.user;
        Answer::Accepted
    }

    pub(crate) fn open(&mut self, i: usize, who: Who, how: How) -> Came {
        let Some(held) = self.held(i, who) else {
            return Came::Impossible;
        };
        let answer = self.login(i, held, how);
        let session = Session {
            held,
            locked: false,
            dead: false,
        };
        self.invocations[i].session = (answer == Answer::Accepted).then_some(session);
        Came::Answer(Answered::Opened(who, answer))
    }

    pub(crate) fn lock(&mut self, case: &Case, i: usize) -> Came {
        let others = self.invocations.iter().enumerate();
        let mut others = others.filter(|(n, _)| *n != i);
        let taken = others.any(|(_, other)| other.session.is_some_and(|s| s.locked));
        let inv = &mut self.invocations[i];
        match &mut inv.session {
            Some(session) if !session.dead => {
                if case.kind.locks() {
                    if taken {
                        return Came::Error;
                    }
                    session.locked = true;
                }
                Came::Answer(Answered::Locked)
            }
            Some(_) => Came::Error,
            None => Came::Impossible,
        }
    }

    /// createSecret waits as long as it may. setSecret waits until nobody is left, or gives up.
    pub(crate) fn wait(&self, i: usize) -> Came {
        let waits = self.invocations[i].step == Step::CreateSecret;
        match waits || self.age(i) == Age::OldEnough {
            true => Came::Answer(Answered::Waited),
            false => Came::Error,
        }
    }

    pub(crate) fn generate(&mut self, case: &Case, i: usize) -> Came {
        let Some(current) = self.held(i, Who::Current) else {
            return Came::Impossible;
        };
        let proven = self.invocations[i].proven & 1 << current.user != 0;
        self.wrong.unproven |= case.kind.issues() && !proven && !case.plan.alone;
        if !case.kind.issues() {
            let me = self.invocations[i].me;
            let alternate = case.kind.succession() == rotation::Succession::Alternate;
            self.invocations[i].generated = Some(Held {
                user: if alternate {
                    1 - current.user.min(1)
                } else {
                    current.user
                },
                // Whoever draws for this version: only the first that is stored matters.
                credential: 16 + me,
            });
            return Came::Answer(Answered::Generated);
        }
        if self.invocations[i].statement == 0 && case.kind == Kind::Tokens {
            self.sweep(case, i, current);
            return Came::More;
        }
        if self.target.count(current.user) >= case.limit {
            return Came::Error;
        }
        let issued = Held {
            user: current.user,
            credential: self.draw(),
        };
        self.named.push(self.invocations[i].me);
        self.target.issue(case.kind, issued);
        for inv in &mut self.invocations {
            inv.during |= 1 << issued.credential;
        }
        self.invocations[i].generated = Some(issued);
        Came::Answer(Answered::Generated)
    }

    /// What no labelled version names, and nobody who lives can have made.
    fn sweep(&mut self, case: &Case, i: usize, current: Held) {
        if case.plan.retire == RetirePolicy::Never {
            return;
        }
        let inv = &self.invocations[i];
        let (me, old) = (inv.me, inv.old);
        let labelled: Vec<Version> = self.shown_versions(i);
        for (credential, named) in self.named.clone().into_iter().enumerate() {
            let credential = u8::try_from(credential).unwrap_or(u8::MAX);
            let beside = self.named.get(usize::from(current.credential)) == Some(&named);
            let counts = labelled.contains(&named) && named != me && !beside;
            // Without our name it is somebody else's.
            let ours = named != u8::MAX;
            if ours && credential != current.credential && !counts && old & 1 << credential != 0 {
                self.target.end(Held {
                    user: current.user,
                    credential,
                });
            }
        }
    }

    /// Those that the last DescribeSecret answer of the invocation has shown.
    fn shown_versions(&self, i: usize) -> Vec<Version> {
        let inv = &self.invocations[i];
        let Some(labels) = &inv.view.labels else {
            return Vec::new();
        };
        let ids = labels.orphans.iter().copied();
        let ids = ids.chain(labels.current).chain(labels.previous);
        let mut versions: Vec<Version> = ids.map(|id| version(inv.me, id)).collect();
        versions.extend(labels.shown.then_some(inv.me));
        versions
    }

    /// The session of a hook that is about to change something.
    fn at_work(&self, i: usize) -> Result<Session, Came> {
        match self.invocations[i].session {
            Some(session) if !session.dead => Ok(session),
            Some(_) => Err(Came::Error),
            None => Err(Came::Impossible),
        }
    }

    pub(crate) fn write(&mut self, case: &Case, i: usize) -> Came {
        let held = (self.held(i, Who::Current), self.held(i, Who::Pending));
        let (Some(current), Some(pending)) = held else {
            return Came::Impossible;
        };
        if let Err(came) = self.at_work(i) {
            return came;
        }
        let statement = self.invocations[i].statement;
        match self.target.write(case.kind, statement, current, pending) {
            Progress::More => Came::More,
            Progress::Through => {
                self.commit(case, i);
                Came::Answer(Answered::Written)
            }
        }
    }

    /// PostgreSQL's lock is the transaction's own.
    fn commit(&mut self, case: &Case, i: usize) {
        if matches!(case.kind, Kind::Single | Kind::AlternatePg)
            && let Some(session) = &mut self.invocations[i].session
        {
            session.locked = false;
        }
    }

    pub(crate) fn retire(&mut self, case: &Case, i: usize, who: Who) -> Came {
        let session = match self.at_work(i) {
            Ok(session) => session,
            Err(came) => return came,
        };
        let Some(retired) = self.held(i, who) else {
            return Came::Impossible;
        };
        self.wrong.ended_others |= session.held.user != retired.user;
        let statement = self.invocations[i].statement;
        let before = self.target;
        let progress = self
            .target
            .retire(case.kind, statement, session.held, retired);
        self.note_ended(case, &before, who, retired);
        match progress {
            Progress::More => Came::More,
            Progress::Through => Came::Answer(Answered::Retired(who)),
        }
    }

    /// A credential that AWSCURRENT holds must not be ended; one that AWSPREVIOUS holds, only as AWSPREVIOUS'. If the policy is
    /// `never`, one that any version holds.
    fn note_ended(&mut self, case: &Case, before: &Target, who: Who, retired: Held) {
        if !before.accepts(retired) || self.target.accepts(retired) {
            return;
        }
        let labels = self.secret.labels;
        let previous = labels.previous.filter(|_| who != Who::Previous);
        let in_use = [labels.current, previous].map(|version| self.secret.held(version));
        let never = case.plan.retire == RetirePolicy::Never;
        if never || in_use.contains(&Some(retired)) {
            self.wrong.ended_in_use = true;
        }
    }
}
