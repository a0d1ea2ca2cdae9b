//! What goes wrong, and what those do who were asleep.

use std::time::Duration;

use rotation::clock::Clock;

use crate::gate::Meets;

use super::{Scope, Story};

/// What becomes of the next call.
#[derive(Clone, Copy)]
pub(super) enum Fault {
    Call(Meets),
    /// The target starts again before it: all sessions are closed.
    Restart,
    /// The invocation is killed before it.
    Kill,
    /// The invocation stands still before it. Nobody waits for it longer than that.
    Stall(Duration),
}

/// Number 0 is none.
const FAULTS: [Fault; 6] = [
    Fault::Call(Meets::Works),
    Fault::Call(Meets::Before),
    Fault::Call(Meets::After),
    Fault::Call(Meets::Refused),
    Fault::Restart,
    Fault::Kill,
];

/// At once, or just before Lambda would end it.
const STALLS: [Fault; 2] = [
    Fault::Stall(Duration::ZERO),
    Fault::Stall(Duration::from_secs(50)),
];

/// What becomes of one that is asleep.
#[derive(Clone, Copy)]
enum Way {
    Sleeps,
    /// It goes on to its end.
    GoesOn,
    /// It is dead, but its call was under way, and takes effect now.
    Lands,
    /// It makes one call, and sleeps again.
    Turns,
}

const WAYS: [Way; 4] = [Way::Sleeps, Way::GoesOn, Way::Lands, Way::Turns];

impl<const ISSUES: bool> Story<'_, ISSUES> {
    pub(super) fn fault(&mut self) -> Fault {
        let faults = if self.left.faults == 0 {
            1
        } else {
            FAULTS.len()
        };
        let stalls = match self.left {
            Scope { stalls: 0, .. } => 0,
            Scope { wide: true, .. } => STALLS.len(),
            _ => 1,
        };
        let possible: Vec<&Fault> = FAULTS[..faults].iter().chain(&STALLS[..stalls]).collect();
        let fault = *possible[self.choices.seldom(possible.len(), 15)];
        let count = match fault {
            Fault::Call(Meets::Works) => return fault,
            Fault::Call(_) => &mut self.counts.failed,
            Fault::Restart => &mut self.counts.restarts,
            Fault::Kill => &mut self.counts.killed,
            Fault::Stall(_) => &mut self.counts.stalled,
        };
        *count += 1;
        match fault {
            Fault::Stall(_) => self.left.stalls -= 1,
            _ => self.left.faults -= 1,
        }
        self.disturbed = true;
        fault
    }

    /// Each who is asleep stays so, goes on, or is dead but for the call that was under way.
    pub(super) fn sleepers(&mut self, call: &str) -> Result<(), String> {
        let now = self.world.clock.now();
        self.asleep.retain(|one| now < one.deadline);
        for mut one in std::mem::take(&mut self.asleep) {
            let ways = if self.left.turns { 4 } else { 3 };
            let way = WAYS[self.choices.seldom(ways, 5)];
            let most = match way {
                Way::Sleeps => 0,
                Way::GoesOn => usize::MAX,
                Way::Lands | Way::Turns => 1,
            };
            match way {
                Way::GoesOn => self.counts.woken += 1,
                Way::Lands => self.counts.landed += 1,
                Way::Sleeps | Way::Turns => {}
            }
            let version = one.version.clone();
            for _ in 0..most {
                let Some(theirs) = one.call() else { break };
                one.go(Meets::Works);
                let told = format!("{theirs} of one that was asleep, before {call}");
                self.check(Some(&version), &told)?;
            }
            let lives = matches!(way, Way::Sleeps | Way::Turns) && one.call().is_some();
            if lives {
                self.asleep.push(one);
            }
        }
        Ok(())
    }
}
