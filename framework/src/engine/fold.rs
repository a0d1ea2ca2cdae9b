//! Folds what was learned into the [`View`](crate::protocol::View).

use std::time::Duration;

use crate::clock::Clock;
use crate::error::RotationError;
use crate::event::Step;
use crate::protocol::{Age, Answer, Labels, Orphan, Reading, Who};
use crate::rotator::{Payload, Rejection, Rotator, Succession};
use crate::store::{Description, Put, SecretStore, Version};
use crate::version::{Stage, Standing};

use super::attempt::{Attempt, Learned};
use super::calls::PATIENCE;
use super::guard;
use super::hooks::same_secrets;
use super::known::{Known, stage};

impl<R: Rotator, S: SecretStore, C: Clock> Attempt<'_, R, S, C> {
    /// After this, [`decide`](crate::protocol::decide) can be asked again.
    pub(super) fn fold(&mut self, learned: Learned<R>) -> Result<(), RotationError> {
        match learned {
            Learned::Labels(description) => self.fold_labels(description)?,
            Learned::Pending(read) => {
                self.view.pending = self.reading(read.as_ref());
                self.knowledge.pending = read;
            }
            Learned::Current(read) => {
                self.view.current = self.reading(read.as_ref());
                self.knowledge.current = read;
            }
            Learned::Orphans(versions) => self.fold_orphans(versions),
            Learned::Opened(who, session) => {
                *self.session.get_mut() = Some(session);
                self.opened = Some(who);
                self.fold_answer(who, Ok(()));
            }
            Learned::Rejected(who, rejection) => self.fold_answer(who, Err(&rejection)),
            Learned::Locked(admin) => {
                self.knowledge.admin = admin;
                self.view.after_lock();
            }
            Learned::Looked(said) => {
                let who = self
                    .opened
                    .map_or_else(String::new, |who| stage(who).to_string());
                self.view.looked =
                    Some(self.note(&format!("{who}, under the lock"), said.as_ref().copied()));
            }
            Learned::Proven(said) => {
                let said = said.as_ref().copied();
                self.view.proven = Some(self.note("AWSPENDING", said));
            }
            other => self.fold_deed(other),
        }
        self.refresh();
        Ok(())
    }

    fn fold_deed(&mut self, learned: Learned<R>) {
        let view = &mut self.view;
        match learned {
            Learned::LetGo => view.after_letting_go(),
            Learned::Checked => view.checked = true,
            Learned::Waited => view.after_wait(),
            Learned::Patience(pause) => self.fold_patience(pause),
            Learned::Generated(payload) => {
                view.generated = true;
                self.knowledge.generated = Some(payload);
            }
            Learned::Put(put) => {
                view.put = Some(put);
                if put == Put::Stored {
                    view.after_mark();
                }
            }
            Learned::Marked => view.after_mark(),
            Learned::Discarded => view.discarded = true,
            Learned::Freed(Who::Orphan(n)) => {
                self.orphan(n, |orphan| orphan.freed = true);
                self.warn_of_unusable(n);
            }
            Learned::Freed(_) => view.freed = true,
            Learned::Retired(who, skipped) => {
                match who {
                    Who::Orphan(n) => self.orphan(n, |orphan| orphan.retired = true),
                    _ => view.retired = true,
                }
                self.warnings.extend(skipped);
            }
            Learned::Written => view.after_write(),
            Learned::Promoted(swap) => view.after_promote(swap),
            _ => {}
        }
    }

    fn fold_labels(&mut self, description: Description) -> Result<(), RotationError> {
        let function = self.limits.function.as_deref();
        guard::description(&self.event.secret_id, &description, function)?;
        let me = &self.event.version_id;
        let stages = &description.stages;
        // Rolled back by hand and tried again, my own version carries the label: it is not what came before me.
        let previous = stages.holder(&Stage::Previous).filter(|id| *id != me);
        let mut standing = stages.standing(me);
        if self.limits.fresh && standing == Standing::Unstaged && !stages.contains(me) {
            let pending = stages.holder(&Stage::Pending);
            if pending.is_none() || pending == stages.holder(&Stage::Current) {
                standing = Standing::Pending;
            }
        }
        self.knowledge.orphan_ids = stages.orphans(me);
        self.view.labels = Some(Labels {
            standing,
            shown: stages.contains(me),
            marked: stages.marked(me),
            current_read: false,
            previous: previous.is_some(),
            previous_marked: previous.is_some_and(|id| stages.marked(id)),
            orphans: self.knowledge.orphan_ids.len(),
        });
        self.knowledge.description = Some(description);
        self.may_create()
    }

    /// createSecret ends a credential before it makes another: what would keep it from that is told first.
    fn may_create(&self) -> Result<(), RotationError> {
        let to_do = |labels: Labels| labels.standing == Standing::Pending && !labels.marked;
        if self.event.step == Step::CreateSecret && self.view.labels.is_some_and(to_do) {
            self.label_is_free()?;
            self.policy()?;
        }
        Ok(())
    }

    /// What follows from several answers together.
    fn refresh(&mut self) {
        let current = self.knowledge.current.as_ref().map(|known| &known.id);
        let read = current.is_some() && current == self.holder(&Stage::Current);
        if let Some(labels) = &mut self.view.labels {
            labels.current_read = read;
        }
        let payloads = [&self.knowledge.pending, &self.knowledge.current];
        let payload = payloads
            .into_iter()
            .flatten()
            .find_map(|known| known.payload.as_ref().ok());
        self.view.succession = payload.map(|payload| self.rotator.succession(payload));
        self.view.misfit = self.misfit().is_some();
        self.view.copied = self.copied();
        self.view.age = self.age();
    }

    fn reading(&self, read: Option<&Known<R::Payload>>) -> Reading {
        match read {
            None => Reading::Missing,
            Some(known) => {
                let mine =
                    known.id == self.event.version_id && known.stages.contains(&Stage::Current);
                match known.payload {
                    Ok(_) => Reading::Value { mine },
                    Err(_) => Reading::Unusable { mine },
                }
            }
        }
    }

    fn fold_orphans(&mut self, versions: Vec<Version>) {
        let versions = versions.into_iter();
        let known = versions.map(|version| Known::read(self.rotator, version));
        let known: Vec<Known<R::Payload>> = known.collect();
        let orphans = known.iter().map(|orphan| Orphan {
            usable: self.usable(orphan),
            ..Orphan::default()
        });
        self.view.orphans = Some(orphans.collect());
        self.knowledge.orphans = known;
    }

    /// Whether it is for the target of the others, and, but for users who take turns, for the same user.
    fn usable(&self, orphan: &Known<R::Payload>) -> bool {
        let (Ok(left), Ok(mine)) = (&orphan.payload, self.knowledge.payload(Who::Pending)) else {
            return false;
        };
        let alternate = self.view.succession == Some(Succession::Alternate);
        let same_user = left.principal() == mine.principal();
        left.target() == mine.target() && (alternate || same_user)
    }

    fn fold_answer(&mut self, who: Who, said: Result<(), &Rejection>) {
        let answer = self.note(&stage(who).to_string(), said);
        self.view.after_open(who, answer);
        if let (Who::Orphan(n), Answer::Accepted) = (who, answer) {
            let id = self
                .knowledge
                .orphans
                .get(n)
                .map_or("", |known| known.id.short());
            self.warnings.push(format!(
                "AWSCURRENT was not accepted; version {id} of an abandoned rotation was, and the rotation goes on from it"
            ));
        }
    }

    /// Without its mark, nobody looks for it again; where old credentials live until they are retired, it may be live.
    fn warn_of_unusable(&mut self, n: usize) {
        let orphan = self.view.orphans.as_ref().and_then(|all| all.get(n));
        let usable = orphan.is_some_and(|orphan| orphan.usable);
        let lives = self.view.succession == Some(Succession::Coexist) && !usable;
        let known = self.knowledge.orphans.get(n).filter(|_| lives);
        self.warnings.extend(known.map(|known| format!(
            "version {} of an abandoned rotation was not retired: its value cannot be used, or is for another target or user; end its credential by hand",
            known.id.short()
        )));
    }

    fn orphan(&mut self, n: usize, change: impl FnOnce(&mut Orphan)) {
        if let Some(orphan) = self
            .view
            .orphans
            .as_mut()
            .and_then(|orphans| orphans.get_mut(n))
        {
            change(orphan);
        }
    }

    fn fold_patience(&mut self, pause: Duration) {
        self.patience += pause;
        let impatient = self.patience >= PATIENCE || self.spare().is_zero();
        self.view.after_patience(impatient);
    }

    fn copied(&self) -> bool {
        let (Some(me), Some(current)) = (&self.knowledge.pending, &self.knowledge.current) else {
            return false;
        };
        let same = match (&me.payload, &current.payload) {
            (Ok(new), Ok(old)) => new.principal() == old.principal() && same_secrets(new, old),
            _ => false,
        };
        same && !me.stages.contains(&Stage::Mark(me.id.clone()))
    }

    /// Why AWSPENDING and AWSCURRENT do not belong together, if they do not.
    pub(super) fn misfit(&self) -> Option<String> {
        let (Some(me), Some(current)) = (&self.knowledge.pending, &self.knowledge.current) else {
            return None;
        };
        let (Ok(new), Ok(old)) = (&me.payload, &current.payload) else {
            return None;
        };
        let alternate = self.rotator.succession(new) == Succession::Alternate;
        let (user, expected) = (new.principal(), old.principal());
        if new.target() != old.target() {
            let (new, old) = (new.target(), old.target());
            Some(format!(
                "AWSPENDING is for {new}, AWSCURRENT for {old}: the secret was edited during the rotation"
            ))
        } else if alternate == (user == expected) {
            let rule = if alternate {
                "the other user than"
            } else {
                "the user"
            };
            Some(format!(
                "AWSPENDING is for user {user}, expected {rule} {expected}: the secret was edited during the rotation"
            ))
        } else if current.created > me.created {
            Some("AWSCURRENT was made after this rotation's version: an older rotation never replaces a newer value".into())
        } else if same_secrets(new, old) {
            Some("AWSPENDING holds the same credential as AWSCURRENT".into())
        } else {
            None
        }
    }

    fn age(&self) -> Age {
        let Some(me) = &self.knowledge.pending else {
            return Age::TooYoung;
        };
        let needed = self.until(me.created + self.limits.horizon);
        if needed.is_zero() {
            Age::OldEnough
        } else if needed + PATIENCE < self.spare() {
            Age::Fits
        } else {
            Age::TooYoung
        }
    }
}
