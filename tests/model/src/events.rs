//! Whatever may happen next.

use rotation::event::Step;

use crate::budget::Fault;
use crate::calls::How;
use crate::kind::Case;
use crate::secret::Held;
use crate::target::{OTHER, STRANGER, Target};
use crate::world::World;

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// A call of an invocation.
    Call(u8, u8, How),
    /// The process of an invocation dies.
    Crash(u8),
    /// It stands still: the service gives it up.
    Stall(u8),
    /// The time limit of an invocation that nobody waits for is over.
    TimeOut(u8),
    /// The service calls the next step.
    Begin,
    /// A new rotation.
    Anew,
    /// The target cuts the session that holds the lock.
    LostLock(u8),
    /// AWSPENDING is taken away.
    Vanish,
    /// An event is delivered again: version and step.
    Again(u8, u8),
    /// Somebody stores the same credential in a new version.
    Edit,
    /// Somebody stores another user.
    Stranger,
    /// Somebody stores another user, whose credential is right.
    Other,
    /// Somebody moves AWSCURRENT back to AWSPREVIOUS.
    Rollback,
    /// The target is what it was.
    Restore,
    /// Somebody changes the credential, and stores it.
    ByHand,
    /// Somebody repairs the secret: one move.
    Repair,
}

impl World {
    /// All that may happen now.
    pub fn events(&self) -> Vec<Event> {
        let mut events = Vec::new();
        for (i, inv) in (0_u8..).zip(&self.invocations) {
            for (n, (_, answer)) in (0_u8..).zip(&inv.batch) {
                if answer.is_none() {
                    let stale = u8::try_from(self.secret.past.len()).unwrap_or(0);
                    let hows = [How::Well, How::Refused, How::Denied];
                    let hows = hows.into_iter().chain((0..stale).map(How::Stale));
                    events.extend(hows.map(|how| Event::Call(i, n, how)));
                }
            }
            events.extend([
                Event::Crash(i),
                Event::Stall(i),
                Event::TimeOut(i),
                Event::LostLock(i),
            ]);
        }
        events.extend([Event::Begin, Event::Anew, Event::Vanish]);
        events.extend([Event::Edit, Event::Stranger, Event::Other]);
        events.extend([
            Event::Rollback,
            Event::Restore,
            Event::ByHand,
            Event::Repair,
        ]);
        if self.budget.left(Fault::Again) > 0 {
            let tokens = (0..16).filter(|token| self.tokens & 1 << token != 0);
            events
                .extend(tokens.flat_map(|token| (0..4).map(move |step| Event::Again(token, step))));
        }
        events
    }

    /// What comes of an event; `None` if it cannot happen.
    pub fn after(&self, case: &Case, event: Event) -> Option<Self> {
        let mut world = self.clone();
        world.happen(case, event)?;
        world.tidy();
        Some(world)
    }

    fn happen(&mut self, case: &Case, event: Event) -> Option<()> {
        let alive = usize::from(case.budget.alive);
        let room = self.budget.invocations > 0 && self.invocations.len() < alive;
        match event {
            Event::Call(i, n, how) => {
                return self.call(case, i.into(), n.into(), how).then_some(());
            }
            Event::Crash(i) => {
                self.budget.spend(Fault::Crash)?;
                self.end(case, i.into(), false);
            }
            Event::Stall(i) => {
                let i = usize::from(i);
                self.invocations[i].attached.then_some(())?;
                self.budget.spend(Fault::Stall)?;
                self.invocations[i].attached = false;
                self.service.running = false;
                self.service.step = 0;
            }
            Event::TimeOut(i) => {
                let i = usize::from(i);
                (!self.invocations[i].attached).then_some(())?;
                self.end(case, i, false);
            }
            Event::Begin => {
                let token = self.service.token?;
                (room && !self.service.running && self.service.step < 4).then_some(())?;
                self.begin(token, Step::ALL[usize::from(self.service.step)], true);
                let last = self.invocations.len() - 1;
                self.deliberate(case, last);
            }
            Event::Anew => {
                (!self.service.running).then_some(())?;
                self.budget.spend(Fault::Anew)?;
                self.announce(case);
            }
            Event::LostLock(i) => {
                let session = self.invocations[usize::from(i)].session.as_mut()?;
                session.locked.then_some(())?;
                self.budget.spend(Fault::LostLock)?;
                session.locked = false;
                session.dead = true;
            }
            Event::Vanish => {
                self.secret.labels.pending?;
                self.budget.spend(Fault::Vanish)?;
                self.secret.vanish(self.keeps_past());
            }
            Event::Again(token, step) => {
                room.then_some(())?;
                self.budget.spend(Fault::Again)?;
                self.begin(token, Step::ALL[usize::from(step)], false);
                let last = self.invocations.len() - 1;
                self.deliberate(case, last);
            }
            Event::Repair => {
                self.budget.spend(Fault::Repair)?;
                self.repair(case).then_some(())?;
            }
            _ => return self.person(case, event),
        }
        Some(())
    }

    /// What a person does. Whoever changes more than the JSON waits until nothing runs.
    fn person(&mut self, case: &Case, event: Event) -> Option<()> {
        let quiet = self.invocations.is_empty() || event == Event::Edit;
        quiet.then_some(())?;
        let current = self.current()?;
        let keep = self.keeps_past();
        match event {
            Event::Edit => {
                self.budget.spend(Fault::Edit)?;
                self.secret.store(keep, current);
            }
            Event::Stranger => {
                self.budget.spend(Fault::Stranger)?;
                let credential = self.draw();
                self.named.push(u8::MAX);
                let user = STRANGER;
                self.secret.store(keep, Held { user, credential });
                self.happened.stranger = true;
            }
            Event::Other => {
                (current.user != OTHER.user).then_some(())?;
                self.budget.spend(Fault::Other)?;
                self.secret.store(keep, OTHER);
                self.happened.other = true;
            }
            Event::Rollback => {
                self.budget.spend(Fault::Rollback)?;
                self.secret.roll_back(keep)?;
                self.happened.rolled_back = true;
            }
            Event::Restore => {
                self.budget.spend(Fault::Restore)?;
                let first = Target::new(case.kind, case.steady);
                (self.target != first).then_some(())?;
                self.target = first;
                self.happened.restored = true;
            }
            _ => {
                self.budget.spend(Fault::ByHand)?;
                let credential = self.draw();
                self.named.push(u8::MAX);
                let held = Held {
                    credential,
                    ..current
                };
                self.target.by_hand(case.kind, held);
                self.target.foreign |= 1 << credential;
                self.secret.store(keep, held);
                self.happened.by_hand = true;
            }
        }
        Some(())
    }
}
