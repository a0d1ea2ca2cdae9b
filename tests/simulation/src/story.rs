//! One secret through some rotations, while things go wrong.

mod fault;

use rotation::RotationError;
use rotation::event::Step;
use rotation::testing::World;
use rotation::version::VersionId;

use crate::choices::Choices;
use crate::counts::Counts;
use crate::gate::Meets;
use crate::guarantees::{Guarantees, is_well};
use crate::invocation::{Invocation, at_once};
use crate::target::Target;
use crate::toy::Toy;
use fault::Fault;

/// A person has doctor try as many versions as there are.
const REFUSALS: usize = 20;

/// After so many tries, nobody is asleep any more.
const TRIES: usize = 6;

/// How much may go wrong in one story.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// Calls that fail, kills and restarts.
    pub faults: usize,
    /// Invocations that stand still while others go on.
    pub stalls: usize,
    /// Whether the story may begin with the first of all rotations, a person may repair, and much time may pass while somebody stands still.
    pub wide: bool,
    /// Whether one that has slept may make one call, and sleep again. Otherwise it goes on to its end.
    pub turns: bool,
}

/// How a try of all four steps ended.
enum Tried {
    Done,
    /// Nobody has seen the end.
    Lost,
    Failed(RotationError),
}

struct Story<'t, const ISSUES: bool> {
    toy: &'t Toy<ISSUES>,
    world: World<'t, Toy<ISSUES>>,
    guarantees: Guarantees,
    choices: &'t mut Choices,
    left: Scope,
    asleep: Vec<Invocation>,
    /// Whether anything went wrong in this try, or may yet.
    disturbed: bool,
    counts: Counts,
}

/// Tells one story. What happens in it, `choices` says.
///
/// # Errors
/// The guarantee that did not hold.
pub fn tell(target: Target, scope: Scope, choices: &mut Choices) -> Result<Counts, String> {
    match target.issues {
        true => Story::<true>::begin(&target.toy(), scope, choices),
        false => Story::<false>::begin(&target.toy(), scope, choices),
    }
}

impl<'t, const ISSUES: bool> Story<'t, ISSUES> {
    fn begin(
        toy: &'t Toy<ISSUES>,
        scope: Scope,
        choices: &'t mut Choices,
    ) -> Result<Counts, String> {
        let world = at_once(World::new(toy));
        let mut story = Self {
            guarantees: Guarantees::of(&world),
            toy,
            world,
            choices,
            left: scope,
            asleep: Vec::new(),
            disturbed: false,
            counts: Counts::default(),
        };
        story.tell()?;
        story.counts.stories = 1;
        Ok(story.counts)
    }

    /// Perhaps a rotation; one in which things go wrong, with all that it takes to end it; and two more, as if nothing had been.
    fn tell(&mut self) -> Result<(), String> {
        if self.choices.choose(if self.left.wide { 2 } else { 1 }) == 0 {
            self.rotates()?;
        }
        let mut version = self.begins()?;
        let (mut tries, mut failures) = (0, 0);
        loop {
            self.disturbed = !self.asleep.is_empty();
            match self.attempt(&version)? {
                Tried::Done => break,
                Tried::Failed(error) if !self.disturbed => {
                    failures += 1;
                    if failures > 2 {
                        return Err(format!("no try succeeds any more: {error}"));
                    }
                    self.time_passes();
                }
                Tried::Failed(_) | Tried::Lost => {}
            }
            tries += 1;
            if tries % TRIES == 0 {
                self.rest()?;
            }
            version = self.again(version, failures > 1)?;
        }
        self.counts.rotations += 1;
        self.rest()?;
        self.rotates()?;
        self.time_passes();
        self.rotates()?;
        is_well(&self.world, self.toy)
    }

    /// The four steps, as Secrets Manager calls them.
    fn attempt(&mut self, version: &VersionId) -> Result<Tried, String> {
        for step in Step::ALL {
            let mut run = Invocation::begin(&self.world, version, step);
            while let Some(call) = run.call() {
                self.sleepers(call)?;
                match self.fault() {
                    Fault::Call(meets) => run.go(meets),
                    Fault::Restart => {
                        self.toy.restart();
                        run.go(Meets::Works);
                    }
                    Fault::Kill => {
                        drop(run);
                        self.check(None, call)?;
                        return Ok(Tried::Lost);
                    }
                    Fault::Stall(pause) => {
                        self.asleep.push(run);
                        self.world.clock.advance(pause);
                        return Ok(Tried::Lost);
                    }
                }
                self.check(Some(version), call)?;
            }
            if let Some(Err(error)) = run.ended() {
                return Ok(Tried::Failed(error));
            }
        }
        Ok(Tried::Done)
    }

    /// What comes after a try that did not succeed: the same rotation, another one, or a person who repairs.
    fn again(&mut self, version: VersionId, anew: bool) -> Result<VersionId, String> {
        let ways = if self.left.wide { 3 } else { 2 };
        match if anew { 1 } else { self.choices.choose(ways) } {
            0 => return Ok(version),
            1 => {}
            _ => self.repair()?,
        }
        self.begins()
    }

    /// A rotation begins: AWSPENDING goes to a new version.
    fn begins(&mut self) -> Result<VersionId, String> {
        let version = self.world.begin();
        self.guarantees.look_again(&self.world);
        self.check(None, "RotateSecret")?;
        Ok(version)
    }

    fn repair(&mut self) -> Result<(), String> {
        self.rest()?;
        let moves = at_once(self.world.repair(REFUSALS));
        let moves = moves.map_err(|error| format!("a repair ends with: {error}"))?;
        self.guarantees.look_again(&self.world);
        if !at_once(self.world.current_accepted()) {
            return Err("after a repair, the target refuses AWSCURRENT's credential".into());
        }
        self.counts.repairs.0 += 1;
        self.counts.repairs.1 += moves as u64;
        self.check(None, "a repair")
    }

    /// A rotation in which nothing goes wrong.
    fn rotates(&mut self) -> Result<(), String> {
        let version = self.begins()?;
        for step in Step::ALL {
            let ended = at_once(self.world.step(&version, step));
            ended.map_err(|error| format!("{step}, without any fault: {error}"))?;
            self.check(Some(&version), step.name())?;
        }
        self.counts.rotations += 1;
        Ok(())
    }

    /// Whoever is asleep does something for the last time, or nothing; and then time passes.
    fn rest(&mut self) -> Result<(), String> {
        self.sleepers("the end")?;
        self.time_passes();
        self.asleep.clear();
        self.check(None, "the end of all that were asleep")
    }

    /// A horizon.
    fn time_passes(&self) {
        self.world.clock.advance(self.world.horizon());
    }

    fn check(&mut self, actor: Option<&VersionId>, call: &str) -> Result<(), String> {
        self.counts.calls += 1;
        let held = self.guarantees.hold(&self.world, self.toy, actor);
        held.map_err(|harm| format!("after {call}: {harm}\n{:#?}", self.world.store.stages()))
    }
}
