//! Whatever may happen next.

use rotation::event::Step;

use crate::calls::How;
use crate::kind::Case;
use crate::secret::Held;
use crate::target::{STRANGER, Target};
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
    /// The target is what it was.
    Restore,
    /// Somebody changes the credential, and stores it.
    ByHand,
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
        events.extend([Event::Edit, Event::Stranger, Event::Restore, Event::ByHand]);
        if self.budget.again > 0 {
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
        let alive = usize::from(case.budget.alive.max(2));
        let room = self.budget.invocations > 0 && self.invocations.len() < alive;
        match event {
            Event::Call(i, n, how) => {
                return self.call(case, i.into(), n.into(), how).then_some(());
            }
            Event::Crash(i) => {
                spend(&mut self.budget.crash)?;
                self.end(i.into(), false);
            }
            Event::Stall(i) => {
                let i = usize::from(i);
                self.invocations[i].attached.then_some(())?;
                spend(&mut self.budget.stall)?;
                self.invocations[i].attached = false;
                self.service.running = false;
                self.service.step = 0;
            }
            Event::TimeOut(i) => {
                let i = usize::from(i);
                (!self.invocations[i].attached).then_some(())?;
                self.end(i, false);
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
                spend(&mut self.budget.anew)?;
                self.announce();
            }
            Event::LostLock(i) => {
                let session = self.invocations[usize::from(i)].session.as_mut()?;
                session.locked.then_some(())?;
                spend(&mut self.budget.lost_lock)?;
                session.locked = false;
                session.dead = true;
            }
            Event::Vanish => {
                self.secret.labels.pending?;
                spend(&mut self.budget.vanish)?;
                self.secret.vanish(self.keeps_past());
            }
            Event::Again(token, step) => {
                room.then_some(())?;
                spend(&mut self.budget.again)?;
                self.begin(token, Step::ALL[usize::from(step)], false);
                let last = self.invocations.len() - 1;
                self.deliberate(case, last);
            }
            Event::Edit | Event::Stranger | Event::Restore | Event::ByHand => {
                return self.person(case, event);
            }
        }
        Some(())
    }

    /// What a person does.
    fn person(&mut self, case: &Case, event: Event) -> Option<()> {
        let at_once = !self.invocations.is_empty();
        (!at_once || !self.budget.quiet).then_some(())?;
        let current = self.current()?;
        let keep = self.keeps_past();
        match event {
            Event::Edit => {
                spend(&mut self.budget.edit)?;
                self.secret.store(keep, current);
            }
            Event::Stranger => {
                spend(&mut self.budget.stranger)?;
                let credential = self.draw();
                self.named.push(u8::MAX);
                let user = STRANGER;
                self.secret.store(keep, Held { user, credential });
                self.happened.stranger = true;
            }
            Event::Restore => {
                spend(&mut self.budget.restore)?;
                let first = Target::new(case.kind, case.steady);
                (self.target != first).then_some(())?;
                self.target = first;
                self.happened.restored = true;
            }
            _ => {
                spend(&mut self.budget.by_hand)?;
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
        self.happened.at_once |= at_once;
        Some(())
    }
}

fn spend(budget: &mut u8) -> Option<()> {
    *budget = budget.checked_sub(1)?;
    Some(())
}
