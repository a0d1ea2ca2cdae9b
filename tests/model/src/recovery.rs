//! What a retry and a new rotation make of a moment, if nothing else happens.

use std::collections::HashMap;

use crate::budget::Budget;
use crate::calls::How;
use crate::events::Event;
use crate::fingerprint::fingerprint;
use crate::kind::Case;
use crate::properties::Property;
use crate::repair;
use crate::world::{Happened, World, Wrong};

/// Remembers what was found.
#[derive(Debug, Default)]
pub struct Recovery {
    known: HashMap<u128, Option<Property>>,
}

/// More calls than any clean rotation takes.
const ENOUGH: usize = 400;

impl Recovery {
    /// Which of the properties about the future does not hold.
    pub fn broken(&mut self, case: &Case, world: &World) -> Option<Property> {
        let calm = calm(world);
        let asked = [Property::Recovers, Property::Heals, Property::Mends]
            .map(|property| property.left_out(case, world).is_none());
        let key = fingerprint(&(&calm, asked));
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let [recovers, heals, mends] = asked;
        let found = recovers.then(|| judge(case, &calm, heals)).flatten();
        let found = found.or_else(|| mends.then(|| repair::broken(case, &calm)).flatten());
        self.known.insert(key, found);
        found
    }
}

/// The same moment, when whoever lived is dead.
fn calm(world: &World) -> World {
    let mut calm = world.clone();
    calm.invocations.clear();
    calm.service.running = false;
    if calm.service.step < 4 {
        calm.service.step = 0;
    }
    calm.budget = Budget::of(u8::MAX, "");
    calm.secret.past.clear();
    calm.secret.left = 0;
    calm.tokens = 0;
    calm.wrong = Wrong::default();
    calm.happened = Happened::default();
    calm
}

fn judge(case: &Case, calm: &World, heals: bool) -> Option<Property> {
    let retried = (calm.service.step < 4).then(|| rotate(case, calm.clone(), false));
    let retried = retried.flatten();
    let continues = Property::Continues.left_out(case, calm).is_none();
    if continues && calm.service.step < 4 && retried.is_none() {
        return Some(Property::Continues);
    }
    let anew = retried.or_else(|| rotate(case, calm.clone(), true));
    let Some(recovered) = anew else {
        return Some(Property::Recovers);
    };
    if !heals {
        return None;
    }
    let healed = rotate(case, recovered, true).and_then(|world| rotate(case, world, true));
    let Some(healed) = healed else {
        return Some(Property::Recovers);
    };
    let user = healed.current().map_or(0, |held| held.user);
    let many = healed.target.count(user) > 2 || !healed.all_known(case);
    many.then_some(Property::Heals)
}

/// One rotation, in which nothing goes wrong; `None` if it does not end well.
pub fn rotate(case: &Case, mut world: World, anew: bool) -> Option<World> {
    if anew {
        world.announce(case);
    }
    let mut failures = 0;
    for _ in 0..ENOUGH {
        if world.service.step == 4 {
            let privileged = world
                .current()
                .is_some_and(|held| world.target.privileged(held));
            return (world.current_accepted() && privileged).then_some(world);
        }
        let open = world.invocations.first().map(|inv| {
            let open = inv.batch.iter().position(|(_, answer)| answer.is_none());
            u8::try_from(open.unwrap_or_default()).unwrap_or_default()
        });
        let event = open.map_or(Event::Begin, |n| Event::Call(0, n, How::Well));
        let before = world.service.step;
        world = world.after(case, event)?;
        let failed = world.invocations.is_empty()
            && world.service.step == 0
            && (before > 0 || open.is_some());
        failures += usize::from(failed);
        if failures > 2 {
            return None;
        }
    }
    None
}
