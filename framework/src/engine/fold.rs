//! Adds what was learned to the [`View`](crate::protocol::View). The view gets numbers and answers. Values and sessions stay
//! here.

use std::time::{Duration, SystemTime};

use crate::clock::Clock;
use crate::error::RotationError;
use crate::event::Step;
use crate::protocol::{Age, Answer, Answered, Id, Labels, Seen, Storing, Who};
use crate::rotator::{Rejection, Rotator};
use crate::store::{Description, Put, SecretStore};
use crate::version::{Standing, VersionId};

use super::attempt::{Attempt, Learned};
use super::calls::PATIENCE;
use super::guard;
use super::known::{Known, stage};

/// The time that must be left after a wait, for the calls that are repeated before a write.
const MARGIN: Duration = Duration::from_secs(3);

impl<R: Rotator, S: SecretStore, C: Clock> Attempt<'_, R, S, C> {
    /// After this, [`decide`](crate::protocol::decide) can be asked again.
    pub(super) fn fold(&mut self, learned: Learned<R>) -> Result<(), RotationError> {
        let answered = self.answered(learned)?;
        self.view.learn(answered);
        self.may_create()
    }

    fn answered(&mut self, learned: Learned<R>) -> Result<Answered, RotationError> {
        Ok(match learned {
            Learned::Labels(description, asked) => self.labels(description, asked)?,
            Learned::Pending(read) => Answered::Pending(self.seen(read)),
            Learned::Current(read) => {
                let seen = self.seen(read);
                self.knowledge.current = seen.map(|seen| seen.id);
                Answered::Current(seen)
            }
            Learned::Previous(id, read) => {
                self.knowledge.previous = Some(id);
                Answered::Previous(id, self.seen(read))
            }
            Learned::Orphans(read) => self.orphans(read),
            Learned::Opened(who, session) => {
                *self.session.get_mut() = Some(session);
                self.opened(who, Ok(()))
            }
            Learned::Rejected(who, rejection) => self.opened(who, Err(&rejection)),
            Learned::Locked(admin) => {
                self.knowledge.admin = admin;
                Answered::Locked
            }
            Learned::Looked(said) => {
                let who = self.view.opened;
                let who = who.map_or_else(String::new, |who| self.called(who));
                let said = said.as_ref().copied();
                Answered::Looked(self.note(&format!("{who}, under the lock"), said))
            }
            Learned::Proven(said) => {
                Answered::Proven(self.note("AWSPENDING", said.as_ref().copied()))
            }
            Learned::LetGo => Answered::LetGo,
            Learned::Checked => Answered::Checked,
            Learned::Waited => Answered::Waited,
            Learned::Patience(pause) => self.patience(pause),
            Learned::Generated(payload) => {
                self.knowledge.generated = Some(payload);
                Answered::Generated
            }
            Learned::Put(Put::Stored) => Answered::Put(Storing::Stored),
            Learned::Put(Put::Lost) => Answered::Put(Storing::Lost),
            Learned::PutRefused(error) => {
                self.put_refused = Some(error);
                Answered::Put(Storing::Refused)
            }
            Learned::Marked(who, swap) => Answered::Marked(who, swap),
            Learned::Discarded => Answered::Discarded,
            Learned::Freed(who) => Answered::Freed(who),
            Learned::Retired(who) => Answered::Retired(who),
            Learned::Written => Answered::Written,
            Learned::Promoted(swap) => Answered::Promoted(swap),
        })
    }

    fn labels(
        &mut self,
        description: Description,
        asked: SystemTime,
    ) -> Result<Answered, RotationError> {
        let function = self.limits.function.as_deref();
        guard::description(&self.event.secret_id, &description, function)?;
        let labelled = self.knowledge.labelled(&description.stages);
        let age = self.age(&description, asked);
        self.knowledge.description = Some(description);
        let labels = Labels::of(&labelled, self.limits.fresh, age);
        Ok(Answered::Labels(labels))
    }

    /// The age of my version when the labels were asked for. If my version has no value, no answer has its date. Then the date
    /// of the secret's last change counts: it is not earlier than the moment at which my version got its label.
    fn age(&self, description: &Description, asked: SystemTime) -> Age {
        let made = self.knowledge.version(Who::Pending).map(|me| me.created);
        match made.or(description.changed) {
            Some(made) => {
                let needed = (made + self.limits.horizon).duration_since(asked);
                let spare = self.spare().saturating_sub(MARGIN);
                Age::of(needed.unwrap_or_default(), spare)
            }
            None => Age::TooYoung,
        }
    }

    /// createSecret may end an old credential before it makes a new one. So it first reports what would keep it from making
    /// one.
    fn may_create(&self) -> Result<(), RotationError> {
        let labels = self.view.labels.as_ref();
        let to_do = |labels: &Labels| labels.standing == Standing::Pending && !labels.marked;
        if self.event.step == Step::CreateSecret && labels.is_some_and(to_do) {
            self.labels_are_free()?;
            self.policy()?;
        }
        Ok(())
    }

    fn seen(&mut self, read: Option<Known<R::Payload>>) -> Option<Seen> {
        read.map(|known| self.knowledge.keep(self.rotator, known))
    }

    /// The orphans, newest first. Those without a value come last.
    fn orphans(&mut self, read: Vec<(VersionId, Option<Known<R::Payload>>)>) -> Answered {
        let seen = read.into_iter().map(|(id, known)| {
            let seen = self.seen(known);
            (self.knowledge.number(&id), seen)
        });
        let mut seen: Vec<(Id, Option<Seen>)> = seen.collect();
        seen.sort_by_key(|(_, seen)| std::cmp::Reverse(seen.map(|seen| seen.created)));
        Answered::Orphans(seen)
    }

    fn opened(&mut self, who: Who, said: Result<(), &Rejection>) -> Answered {
        let called = self.called(who);
        let answer = self.note(&called, said);
        let older = matches!(who, Who::Orphan(_) | Who::Previous);
        if older && answer == Answer::Accepted {
            self.warnings.push(format!(
                "the target did not accept AWSCURRENT. It accepted {called}, and the rotation goes on from there"
            ));
        }
        Answered::Opened(who, answer)
    }

    /// The name of `who` in a text for a person.
    pub(super) fn called(&self, who: Who) -> String {
        match who {
            Who::Orphan(id) => {
                let id = self.knowledge.id(id).map_or("", VersionId::as_str);
                format!("version {id} (which lost its labels)")
            }
            _ => stage(who).to_string(),
        }
    }

    fn patience(&mut self, pause: Duration) -> Answered {
        self.patience += pause;
        Answered::Patience(self.patience < PATIENCE && !self.spare().is_zero())
    }
}
