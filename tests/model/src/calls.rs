//! What each call does to the world, and what it answers.

use rotation::event::Step;
use rotation::protocol::{Age, Answered, Labels, Next, Storing, Who};
use rotation::store::Put;

use crate::budget::Fault;
use crate::kind::{Case, Way};
use crate::secret::{Marks, Version, version};
use crate::world::World;

/// How a call goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum How {
    /// As it should.
    Well,
    /// Its answer shows the labels as they were so many changes ago.
    Stale(u8),
    /// The target refuses a login that it would take a moment later.
    Refused,
    /// Secrets Manager refuses for good.
    Denied,
}

/// What came of it.
pub(crate) enum Came {
    Answer(Answered),
    /// A hook has more statements.
    More,
    /// An error: the step ends.
    Error,
    /// Nobody can do that: it must not be asked for.
    Impossible,
}

impl World {
    /// Carries out a call of an invocation. False: it cannot go that way, or not now.
    pub fn call(&mut self, case: &Case, i: usize, n: usize, how: How) -> bool {
        let Some((next, None)) = self.invocations[i].batch.get(n).cloned() else {
            return false;
        };
        if !self.pays(next, how) {
            return false;
        }
        self.secret.actor = self.invocations[i].epoch;
        let came = self.carry_out(case, i, next, how);
        self.secret.actor = u8::MAX;
        match came {
            Came::Answer(answer) => {
                self.invocations[i].batch[n].1 = Some(answer);
                self.invocations[i].statement = 0;
                self.deliberate(case, i);
            }
            Came::More => self.invocations[i].statement += 1,
            Came::Error => self.end(case, i, false),
            Came::Impossible => {
                self.wrong.impossible = true;
                self.end(case, i, false);
            }
        }
        true
    }

    fn pays(&mut self, next: Next, how: How) -> bool {
        let reads = matches!(next, Next::Describe | Next::ReadPending | Next::ReadCurrent);
        let logs_in = matches!(next, Next::Open(_) | Next::Look | Next::Prove);
        let (fits, fault) = match how {
            How::Well => return true,
            How::Stale(k) => (
                reads && usize::from(k) < self.secret.past.len(),
                Fault::Stale,
            ),
            How::Refused => (logs_in, Fault::Refusal),
            How::Denied => (next == Next::Put, Fault::Put),
        };
        fits && self.budget.spend(fault).is_some()
    }

    /// Asks `decide`, and ends the invocation where it says so.
    pub fn deliberate(&mut self, case: &Case, i: usize) {
        match self.invocations[i].deliberate(case) {
            crate::invocation::Fate::Goes => {}
            crate::invocation::Fate::Done => self.end(case, i, true),
            crate::invocation::Fate::Refused => self.end(case, i, false),
        }
    }

    /// The invocation is over; the service, if it waited, goes on or begins again.
    pub fn end(&mut self, case: &Case, i: usize, well: bool) {
        let ended = self.invocations.remove(i);
        if ended.attached {
            self.service.running = false;
            self.service.step = if well { self.service.step + 1 } else { 0 };
            if case.way == Way::DropsPending && self.service.step == 4 {
                self.secret.vanish(self.keeps_past());
            }
        }
    }

    fn carry_out(&mut self, case: &Case, i: usize, next: Next, how: How) -> Came {
        let keep = self.keeps_past();
        let me = self.invocations[i].me;
        let labels = match how {
            How::Stale(k) => self.secret.past[usize::from(k)].labels,
            _ => self.secret.labels,
        };
        Came::Answer(match next {
            Next::Describe => Answered::Labels(self.describe(case, i, &labels, how)),
            Next::ReadPending => Answered::Pending(self.read_mine(case, i, &labels, how)),
            Next::ReadCurrent => {
                let current = labels.current;
                Answered::Current(current.and_then(|v| self.seen(case, me, v, &labels)))
            }
            Next::ReadPrevious => {
                let Some(id) = self.shown(i).and_then(|labels| labels.previous) else {
                    return Came::Impossible;
                };
                Answered::Previous(id, self.seen(case, me, version(me, id), &labels))
            }
            Next::ReadOrphans => {
                let ids = self.shown(i).map(|labels| labels.orphans.clone());
                let each = ids.unwrap_or_default().into_iter();
                let mut read: Vec<_> = each
                    .map(|id| (id, self.seen(case, me, version(me, id), &labels)))
                    .collect();
                read.sort_by_key(|(_, seen)| std::cmp::Reverse(seen.map(|seen| seen.created)));
                Answered::Orphans(read)
            }
            Next::Open(who) => return self.open(i, who, how),
            Next::Look => match self.invocations[i].session {
                Some(session) => Answered::Looked(self.login(i, session.held, how)),
                None => return Came::Impossible,
            },
            Next::Prove => match self.held(i, Who::Pending) {
                Some(held) => Answered::Proven(self.login(i, held, how)),
                None => return Came::Impossible,
            },
            Next::Lock => return self.lock(case, i),
            Next::LetGo => {
                self.invocations[i].session = None;
                Answered::LetGo
            }
            Next::Check => Answered::Checked,
            Next::Wait => return self.wait(i),
            Next::Patience => {
                let inv = &mut self.invocations[i];
                inv.patience += 1;
                Answered::Patience(inv.patience < 2)
            }
            Next::Generate => return self.generate(case, i),
            Next::Put if how == How::Denied => Answered::Put(Storing::Refused),
            Next::Put => {
                let empty = self.secret.versions[usize::from(me)].is_none();
                if empty && case.way == Way::DatedByValue {
                    self.secret.made[usize::from(me)] = self.secret.now();
                }
                let Some(held) = self.invocations[i].generated else {
                    return Came::Impossible;
                };
                match self.secret.put(keep, me, held) {
                    Put::Stored => Answered::Put(Storing::Stored),
                    Put::Lost => Answered::Put(Storing::Lost),
                }
            }
            Next::Mark(who) => match self.labelled_as(i, who) {
                Some(version) => Answered::Marked(who, self.secret.set_mark(keep, version, true)),
                None => return Came::Impossible,
            },
            Next::Free(who) => {
                if let Some(version) = self.labelled_as(i, who) {
                    self.secret.set_mark(keep, version, false);
                }
                Answered::Freed(who)
            }
            Next::Discard => {
                if let Some(issued) = self.invocations[i].generated.filter(|_| case.kind.issues()) {
                    self.target.end(issued);
                }
                Answered::Discarded
            }
            Next::Write => return self.write(case, i),
            Next::Retire(who) => return self.retire(case, i, who),
            Next::Promote => {
                let from = self.shown(i).and_then(|labels| labels.current);
                let from = from.map(|id| version(me, id));
                let made = |version: Version| self.secret.made[usize::from(version)];
                let older = from.is_some_and(|from| made(from) > made(me));
                self.wrong.backwards |= older && from == self.secret.labels.current;
                Answered::Promoted(self.secret.promote(keep, from, me))
            }
            Next::Done | Next::Refuse(_) => return Came::Impossible,
        })
    }

    pub(crate) fn shown(&self, i: usize) -> Option<&Labels> {
        self.invocations[i].view.labels.as_ref()
    }

    /// The version that the invocation knows as this.
    fn labelled_as(&self, i: usize, who: Who) -> Option<Version> {
        let me = self.invocations[i].me;
        let id = match who {
            Who::Pending => return Some(me),
            Who::Current => self.shown(i)?.current?,
            Who::Previous => self.shown(i)?.previous?,
            Who::Orphan(id) => id,
        };
        Some(version(me, id))
    }

    /// An answer is not older than the horizon's slack: it hides nothing of an earlier rotation from who is old enough.
    fn describe(&self, case: &Case, i: usize, labels: &Marks, how: How) -> Labels {
        let me = self.invocations[i].me;
        let hidden = match how {
            How::Stale(k) => &self.secret.past[..=usize::from(k)],
            _ => &[],
        };
        let age = match hidden.iter().any(|before| before.by <= me) {
            true => Age::Fits,
            false => self.age(i),
        };
        Labels::of(&labels.labelled(me), case.way == Way::Fresh, age)
    }

    /// Old enough is a version if nobody is alive who began before it was made.
    pub(crate) fn age(&self, i: usize) -> Age {
        let me = self.invocations[i].me;
        let others = self.invocations.iter().enumerate();
        let mut others = others.filter(|(n, _)| *n != i);
        match others.any(|(_, other)| other.epoch <= me) {
            true => Age::Fits,
            false => Age::OldEnough,
        }
    }

    fn seen(
        &self,
        case: &Case,
        me: Version,
        asked: Version,
        labels: &Marks,
    ) -> Option<rotation::protocol::Seen> {
        self.secret.seen(me, asked, labels, case.kind.succession())
    }

    /// createSecret and finishSecret ask by the id, the others by AWSPENDING too. An older answer has no value that was not
    /// marked by then.
    fn read_mine(
        &self,
        case: &Case,
        i: usize,
        labels: &Marks,
        how: How,
    ) -> Option<rotation::protocol::Seen> {
        let inv = &self.invocations[i];
        let by_label = matches!(inv.step, Step::SetSecret | Step::TestSecret);
        let stale = matches!(how, How::Stale(_));
        let stored = labels.marked(inv.me) || labels.current == Some(inv.me);
        if (by_label && labels.pending != Some(inv.me)) || (stale && !stored) {
            return None;
        }
        self.seen(case, inv.me, inv.me, labels)
    }
}
