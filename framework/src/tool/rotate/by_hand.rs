//! The four steps in this process.

use super::{Rotate, go_on, new_version};
use crate::aws::AwsStore;
use crate::error::RotationError;
use crate::event::{Event, Step};
use crate::store::Description;
use crate::tool::arguments::Time;
use crate::tool::interrupt::Interrupt;
use crate::tool::{Failure, Tool, explained, one, say};
use crate::version::{SecretId, Stage, Stages, VersionId};

/// Runs all four steps of a new rotation, or of one that was begun.
pub(super) async fn run(
    tool: &Tool,
    store: AwsStore,
    arguments: &Rotate,
    (secret, description): (&SecretId, &Description),
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let asked = arguments.version_id.as_deref().map(parse).transpose()?;
    let version = next_version(&description.stages, asked)?;
    let rotator = arguments.rotator.as_deref();
    let known = tool.of(&store, secret, description, rotator).await?;
    let engine = known.engine(store)?;
    say(&format!("Rotating {secret} ({})", known.about.name));
    say(&format!("as version {version}"));
    let go_on = || {
        let rotator = rotator.map_or_else(String::new, |name| format!(" --rotator {name}"));
        format!("To go on: {}{rotator}", go_on(secret, &version))
    };
    let time = Time::new(arguments.timeout, arguments.horizon);
    for step in Step::ALL {
        if interrupt.came() {
            let text = format!(
                "interrupted: {step} and what comes after it was not done.\n{}",
                go_on()
            );
            return Err(Failure::Interrupted(text));
        }
        let event = Event::new(step, secret.clone(), version.clone());
        // Nobody has announced the version, as RotateSecret would have.
        let fresh = step == Step::CreateSecret;
        let ended = one(engine.as_ref(), &event, time, fresh).await;
        ended.map_err(|error| stopped(&error, &go_on()))?;
    }
    say("The new version is AWSCURRENT.");
    Ok(())
}

fn parse(id: &str) -> Result<VersionId, Failure> {
    let advice = "--version-id must be the id of a version, 32 to 64 characters";
    VersionId::parse(id).ok_or_else(|| Failure::Failed(advice.into()))
}

/// The version to make. Only one rotation may run at a time, since the target may accept only the value that another rotation
/// has stored.
pub(in crate::tool) fn next_version(
    stages: &Stages,
    asked: Option<VersionId>,
) -> Result<VersionId, Failure> {
    let current = stages.holder(&Stage::Current);
    let under_way = stages
        .holder(&Stage::Pending)
        .filter(|pending| Some(*pending) != current);
    match (under_way, asked) {
        (Some(pending), Some(asked)) if *pending == asked => Ok(asked),
        (Some(pending), _) => Err(Failure::Failed(format!(
            "a rotation is under way: AWSPENDING is on version {pending}, which is not AWSCURRENT. \
             To go on with it, say --local --version-id {pending}"
        ))),
        (None, Some(asked)) => Ok(asked),
        (None, None) => new_version(),
    }
}

fn stopped(error: &RotationError, go_on: &str) -> Failure {
    Failure::Failed(format!(
        "{}\nNothing after this step was done. {go_on}",
        explained(error),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(c: char) -> VersionId {
        VersionId::parse(&c.to_string().repeat(32)).expect("32 characters")
    }

    #[test]
    fn one_rotation_at_a_time() {
        let (a, b) = (version('a'), version('b'));
        let idle = Stages::new([(a.clone(), vec![Stage::Current, Stage::Pending])]);
        assert!(next_version(&idle, None).is_ok_and(|new| new != a));
        let busy = Stages::new([
            (a.clone(), vec![Stage::Current]),
            (b.clone(), vec![Stage::Pending]),
        ]);
        let refused = next_version(&busy, None).expect_err("busy");
        let Failure::Failed(refused) = refused else {
            panic!("nobody interrupted");
        };
        assert!(refused.contains(&format!("--local --version-id {b}")));
        assert!(next_version(&busy, Some(a)).is_err());
        assert!(next_version(&busy, Some(b.clone())).is_ok_and(|same| same == b));
    }
}
