//! What holds at every moment: after each call of each invocation.

use rotation::Succession;
use rotation::config::RetirePolicy;
use rotation::testing::World;
use rotation::version::{Stage, VersionId};
use serde_json::Value;

use crate::invocation::at_once;
use crate::toy::Toy;

/// User and password.
type Login = (String, String);

/// What was so at the last moment.
pub(crate) struct Guarantees {
    succession: Succession,
    current: Option<VersionId>,
    /// How much had been written by then.
    written: Option<(usize, usize)>,
}

impl Guarantees {
    pub(crate) fn of<const ISSUES: bool>(world: &World<'_, Toy<ISSUES>>) -> Self {
        Self {
            succession: world.succession(),
            current: current(world),
            written: None,
        }
    }

    /// Whether all of them hold. `actor` is the version of the invocation that has made the last call.
    ///
    /// # Errors
    /// The one that does not.
    pub(crate) fn hold<const ISSUES: bool>(
        &mut self,
        world: &World<'_, Toy<ISSUES>>,
        toy: &Toy<ISSUES>,
        actor: Option<&VersionId>,
    ) -> Result<(), String> {
        // What only reads changes nothing.
        let written = Some((world.store.writes(), toy.statements()));
        if written == std::mem::replace(&mut self.written, written) {
            return Ok(());
        }
        let live = toy.live();
        let labelled = labelled(world);
        self.nobody_is_locked_out(world, &live, &labelled)?;
        let strays = live.iter().filter(|one| !labelled.contains(one));
        let strays: Vec<&Login> = strays.filter(|(_, one)| !toy.is_named(one)).collect();
        if !strays.is_empty() {
            return Err(format!("live, and in no labelled version: {strays:?}"));
        }
        let now = current(world);
        if now != self.current {
            if now.as_ref() != actor {
                return Err(format!(
                    "AWSCURRENT moved from {:?} to {now:?}, by {actor:?}",
                    self.current
                ));
            }
            self.current = now;
        }
        Ok(())
    }

    fn nobody_is_locked_out<const ISSUES: bool>(
        &self,
        world: &World<'_, Toy<ISSUES>>,
        live: &[Login],
        labelled: &[Login],
    ) -> Result<(), String> {
        let value = world.store.value_of(&Stage::Current);
        let current = value
            .as_ref()
            .and_then(login)
            .ok_or("AWSCURRENT has no value")?;
        if live.contains(&current) {
            return Ok(());
        }
        if self.succession != Succession::Replace {
            return Err("the target refuses AWSCURRENT's credential".into());
        }
        match labelled.iter().any(|one| live.contains(one)) {
            true => Ok(()),
            false => Err("the target accepts no labelled version".into()),
        }
    }

    /// Labels were moved by others than the function: by a person, or by RotateSecret.
    pub(crate) fn look_again<const ISSUES: bool>(&mut self, world: &World<'_, Toy<ISSUES>>) {
        self.current = current(world);
        self.written = None;
    }
}

/// After two rotations without any fault, a horizon after the last one: AWSCURRENT is accepted, nothing lives that no version has, and no
/// more live than the succession says.
///
/// # Errors
/// What is not so.
pub(crate) fn is_well<const ISSUES: bool>(
    world: &World<'_, Toy<ISSUES>>,
    toy: &Toy<ISSUES>,
) -> Result<(), String> {
    if !at_once(world.current_accepted()) {
        return Err("in the end, the target refuses AWSCURRENT's credential".into());
    }
    let labelled = labelled(world);
    let live = toy.live();
    let strays: Vec<&Login> = live.iter().filter(|one| !labelled.contains(one)).collect();
    if !strays.is_empty() {
        return Err(format!(
            "in the end, live and in no labelled version: {strays:?}"
        ));
    }
    let ended = toy.config.retire == RetirePolicy::AfterFinish;
    let most = if ended || world.succession() == Succession::Replace {
        1
    } else {
        2
    };
    match live.len() > most {
        true => Err(format!("in the end, more than {most} live: {live:?}")),
        false => Ok(()),
    }
}

fn labelled<const ISSUES: bool>(world: &World<'_, Toy<ISSUES>>) -> Vec<Login> {
    let values = world.store.labelled_values();
    values.iter().filter_map(login).collect()
}

fn current<const ISSUES: bool>(world: &World<'_, Toy<ISSUES>>) -> Option<VersionId> {
    world.store.stages().holder(&Stage::Current).cloned()
}

fn login(value: impl AsRef<str>) -> Option<Login> {
    let json: Value = serde_json::from_str(value.as_ref()).ok()?;
    let text = |key: &str| Some(json[key].as_str()?.to_owned());
    Some((text("username")?, text("password")?))
}

#[cfg(test)]
mod tests {
    use rotation::testing::version_id;

    use super::*;

    /// What is said after `change`.
    fn harm(succession: Succession, change: impl FnOnce(&Toy, &World<'_, Toy>)) -> String {
        let toy = Toy::new(succession);
        let world = at_once(World::new(&toy));
        let mut guarantees = Guarantees::of(&world);
        assert_eq!(guarantees.hold(&world, &toy, None), Ok(()));
        change(&toy, &world);
        guarantees.written = None;
        let held = guarantees.hold(&world, &toy, None);
        held.expect_err("a harm")
    }

    #[test]
    fn each_harm_is_seen() {
        let lost = |toy: &Toy, _: &World<'_, Toy>| toy.set_password("user0", "another");
        let said = harm(Succession::Replace, lost);
        assert_eq!(said, "the target accepts no labelled version");
        let said = harm(Succession::Coexist, lost);
        assert_eq!(said, "the target refuses AWSCURRENT's credential");
        let said = harm(Succession::Replace, |toy, _| {
            toy.set_password("user9", "lives")
        });
        assert!(
            said.starts_with("live, and in no labelled version: "),
            "{said}"
        );
        let said = harm(Succession::Replace, |_, world| {
            let value = world.store.value_of(&Stage::Current).expect("a value");
            world.store.put_current(version_id(9), &value);
        });
        assert!(said.starts_with("AWSCURRENT moved from "), "{said}");
    }
}
