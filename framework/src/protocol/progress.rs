//! How a [`View`] grows, where an answer changes more than its own field: for the engine and for a model alike.

use super::view::{Answer, Reading, View, Who};
use crate::store::Swap;
use crate::version::Standing;

impl View {
    /// After [`Next::Open`](super::Next::Open): the session that was held before is closed, and the lock was its own.
    pub fn after_open(&mut self, who: Who, answer: Answer) {
        self.after_letting_go();
        match who {
            Who::Current => self.current_answer = Some(answer),
            Who::Pending => self.pending_answer = Some(answer),
            Who::Previous => {}
            Who::Orphan(n) => {
                let orphan = self.orphans.as_mut().and_then(|all| all.get_mut(n));
                if let Some(orphan) = orphan {
                    orphan.answer = Some(answer);
                }
            }
        }
    }

    /// After [`Next::LetGo`](super::Next::LetGo).
    pub fn after_letting_go(&mut self) {
        self.locked = false;
        self.looked = None;
    }

    /// After [`Next::Lock`](super::Next::Lock): only what is seen from now on counts.
    pub fn after_lock(&mut self) {
        self.locked = true;
        self.ask_again();
    }

    /// After [`Next::Wait`](super::Next::Wait): under the lock too, time has passed.
    pub fn after_wait(&mut self) {
        self.waited = true;
        if self.locked {
            self.ask_again();
        }
    }

    /// After [`Next::Patience`](super::Next::Patience), the last one if `impatient`: what seemed stale is asked again.
    pub fn after_patience(&mut self, impatient: bool) {
        self.impatient = impatient;
        self.labels = None;
        if self.pending == Reading::Missing {
            self.pending = Reading::Unread;
        }
    }

    /// After [`Next::Put`](super::Next::Put) or [`Next::Mark`](super::Next::Mark) worked: my mark is on.
    pub fn after_mark(&mut self) {
        if let Some(labels) = &mut self.labels {
            labels.marked = true;
        }
    }

    /// After [`Next::Write`](super::Next::Write): what the target said to my credential before is over.
    pub fn after_write(&mut self) {
        self.written = true;
        self.pending_answer = None;
    }

    /// After [`Next::Promote`](super::Next::Promote). If AWSCURRENT did not move, the labels say why.
    pub fn after_promote(&mut self, swap: Swap) {
        self.promotion = Some(swap);
        match (swap, &mut self.labels) {
            (Swap::Moved, Some(labels)) => {
                labels.standing = Standing::Current;
                labels.previous = true;
            }
            _ => self.labels = None,
        }
    }

    /// What was known may have changed.
    fn ask_again(&mut self) {
        self.labels = None;
        self.looked = None;
    }
}
