//! One invocation: the shipped `decide` and `View`, and what it holds in its hands.

use rotation::event::Step;
use rotation::protocol::{Answered, Next, View, decide};

use crate::kind::Case;
use crate::secret::{Held, Version};

/// A running step.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Invocation {
    /// The version that its event names.
    pub me: Version,
    /// The step.
    pub step: Step,
    /// What it has learned.
    pub view: View,
    /// What it asked for side by side, and the answers that are there.
    pub batch: Vec<(Next, Option<Answered>)>,
    /// The service waits for it.
    pub attached: bool,
    /// How many versions there were as it began.
    pub epoch: u8,
    /// The session.
    pub session: Option<Session>,
    /// What it made.
    pub generated: Option<Held>,
    /// The statement of a hook that comes next.
    pub statement: u8,
    /// How often it was patient.
    pub patience: u8,
    /// Credentials that were issued a horizon before it began, a bit for each.
    pub old: u32,
    /// Credentials that were issued while it lived.
    pub during: u32,
    /// Users that a login has proven, a bit for each.
    pub proven: u8,
}

/// A login that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Session {
    /// By which credential.
    pub held: Held,
    /// It has the lock.
    pub locked: bool,
    /// The target has cut it.
    pub dead: bool,
}

/// How an invocation goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// There is more to do.
    Goes,
    /// Its step is done.
    Done,
    /// It refused.
    Refused,
}

impl Invocation {
    /// One that has just begun.
    pub fn new(me: Version, step: Step, attached: bool, epoch: u8, old: u32) -> Self {
        Self {
            me,
            step,
            view: View::default(),
            batch: Vec::new(),
            attached,
            epoch,
            session: None,
            generated: None,
            statement: 0,
            patience: 0,
            old,
            during: 0,
            proven: 0,
        }
    }

    /// When all answers are there: learns them in the order of the batch, as the engine does, and decides anew.
    pub fn deliberate(&mut self, case: &Case) -> Fate {
        if self.batch.iter().any(|(_, answer)| answer.is_none()) {
            return Fate::Goes;
        }
        for (_, answer) in std::mem::take(&mut self.batch) {
            self.view.learn(answer.expect("all are there"));
        }
        let next = decide(self.step, case.plan, &self.view);
        match next[..] {
            [Next::Done] => Fate::Done,
            [Next::Refuse(_)] => Fate::Refused,
            _ => {
                self.batch = next.into_iter().map(|next| (next, None)).collect();
                Fate::Goes
            }
        }
    }
}
