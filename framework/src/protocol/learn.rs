//! How a [`View`] grows by an answer: the same for the engine and for the model.

use super::labels::Labels;
use super::seen::{Id, Reading, Seen};
use super::view::{Answer, Orphan, View, Who};
use super::words::Storing;
use crate::store::Swap;
use crate::version::Standing;

/// What came of one [`Next`](super::Next).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Answered {
    /// Of `Describe`.
    Labels(Labels),
    /// Of `ReadPending`.
    Pending(Option<Seen>),
    /// Of `ReadCurrent`.
    Current(Option<Seen>),
    /// Of `ReadPrevious`.
    Previous(Id, Option<Seen>),
    /// Of `ReadOrphans`: each that was asked for, newest first.
    Orphans(Vec<(Id, Option<Seen>)>),
    /// Of `Open`.
    Opened(Who, Answer),
    /// Of `Lock`.
    Locked,
    /// Of `LetGo`.
    LetGo,
    /// Of `Look`.
    Looked(Answer),
    /// Of `Check`.
    Checked,
    /// Of `Wait`.
    Waited,
    /// Of `Patience`: whether there is time for another.
    Patience(bool),
    /// Of `Generate`.
    Generated,
    /// Of `Put`.
    Put(Storing),
    /// Of `Mark`. `Elsewhere`: the mark is there already, or there is no such version.
    Marked(Who, Swap),
    /// Of `Discard`.
    Discarded,
    /// Of `Free`.
    Freed(Who),
    /// Of `Retire`.
    Retired(Who),
    /// Of `Write`.
    Written,
    /// Of `Prove`.
    Proven(Answer),
    /// Of `Promote`.
    Promoted(Swap),
}

impl View {
    /// After this, [`decide`](super::decide) can be asked again.
    pub fn learn(&mut self, answered: Answered) {
        match answered {
            Answered::Labels(labels) => self.labels = Some(labels),
            Answered::Pending(read) => self.pending = reading(read),
            Answered::Current(read) => self.current = reading(read),
            Answered::Previous(id, read) => {
                self.previous = Some((id, reading(read)));
                self.previous_answer = None;
            }
            Answered::Orphans(read) => self.read_orphans(read),
            Answered::Opened(who, answer) => self.opened(who, answer),
            Answered::Locked => {
                self.locked = true;
                self.ask_again();
            }
            Answered::LetGo => self.let_go(),
            Answered::Looked(answer) => self.looked = Some(answer),
            Answered::Checked => self.checked = true,
            Answered::Waited => {
                self.waited = true;
                // Time has passed.
                self.ask_again();
            }
            Answered::Patience(more) => self.be_patient(more),
            Answered::Generated => self.generated = true,
            Answered::Put(storing) => {
                self.put = Some(storing);
                if storing == Storing::Stored {
                    self.marked(Who::Pending);
                }
            }
            Answered::Marked(who, Swap::Moved) => self.marked(who),
            // What the labels say now, decides.
            Answered::Marked(_, Swap::Elsewhere) => self.labels = None,
            Answered::Discarded => self.discarded = true,
            Answered::Freed(Who::Orphan(id)) => self.change(id, |orphan| orphan.freed = true),
            Answered::Freed(_) => self.freed = true,
            Answered::Retired(Who::Orphan(id)) => self.change(id, |orphan| orphan.retired = true),
            Answered::Retired(_) => self.retired = self.previous.map(|(id, _)| id),
            Answered::Written => {
                self.written = true;
                // What the target said to my credential before is over.
                self.pending_answer = None;
            }
            Answered::Proven(answer) => self.proven = Some(answer),
            Answered::Promoted(swap) => self.sent_current(swap),
        }
    }

    fn read_orphans(&mut self, read: Vec<(Id, Option<Seen>)>) {
        let orphans = read.into_iter().map(|(id, seen)| {
            let known = self.orphan(id).copied();
            Orphan {
                read: reading(seen),
                ..known.unwrap_or(Orphan {
                    id,
                    read: Reading::Unread,
                    answer: None,
                    retired: false,
                    freed: false,
                })
            }
        });
        self.orphans = Some(orphans.collect());
    }

    /// The session that was held before is closed. The lock was its own.
    fn opened(&mut self, who: Who, answer: Answer) {
        self.let_go();
        self.opened = (answer == Answer::Accepted).then_some(who);
        match who {
            Who::Current => self.current_answer = Some(answer),
            Who::Pending => self.pending_answer = Some(answer),
            Who::Previous => self.previous_answer = Some(answer),
            Who::Orphan(id) => self.change(id, |orphan| orphan.answer = Some(answer)),
        }
    }

    fn let_go(&mut self) {
        self.opened = None;
        self.locked = false;
        self.looked = None;
    }

    /// What seemed stale is asked again.
    fn be_patient(&mut self, more: bool) {
        self.impatient = !more;
        self.labels = None;
        if self.pending == Reading::Missing {
            self.pending = Reading::Unread;
        }
    }

    fn marked(&mut self, who: Who) {
        if let Some(labels) = &mut self.labels {
            match who {
                Who::Pending => labels.marked = true,
                Who::Current => labels.current_marked = true,
                Who::Previous | Who::Orphan(_) => {}
            }
        }
    }

    /// If AWSCURRENT did not move, the labels say why.
    fn sent_current(&mut self, swap: Swap) {
        let from = self.labels.as_ref().and_then(|labels| labels.current);
        self.promotion = Some((from, swap));
        match (swap, &mut self.labels) {
            (Swap::Moved, Some(labels)) => {
                labels.standing = Standing::Current;
                labels.current = Some(Id::ME);
                labels.previous = from;
            }
            _ => self.labels = None,
        }
    }

    fn change(&mut self, id: Id, change: impl FnOnce(&mut Orphan)) {
        let mut orphans = self.orphans.iter_mut().flatten();
        if let Some(orphan) = orphans.find(|orphan| orphan.id == id) {
            change(orphan);
        }
    }

    /// What was known may have changed.
    fn ask_again(&mut self) {
        self.labels = None;
        self.looked = None;
    }
}

fn reading(read: Option<Seen>) -> Reading {
    read.map_or(Reading::Missing, Reading::Seen)
}
