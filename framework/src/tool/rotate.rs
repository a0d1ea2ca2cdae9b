//! A whole rotation by hand.

use clap::Args;

use super::arguments::{Time, program};
use super::interrupt::Interrupt;
use super::{Failure, Tool, one, say};
use crate::engine::kind;
use crate::error::RotationError;
use crate::event::{Event, Step};
use crate::version::{Stage, Stages, VersionId};

#[derive(Args, Debug)]
pub(super) struct Rotate {
    /// The secret's ARN or name
    #[arg(long, value_name = "ARN")]
    pub(super) secret_id: String,
    /// Go on with the rotation that makes this version
    #[arg(long, value_name = "ID")]
    pub(super) version_id: Option<String>,
    /// Which rotator the secret is for [default: as its value and its function show]
    #[arg(long, value_name = "NAME")]
    pub(super) rotator: Option<String>,
    #[command(flatten)]
    pub(super) time: Time,
}

/// Runs all four steps of a new rotation, or of one that was begun.
pub(super) async fn run(
    tool: &Tool,
    arguments: &Rotate,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let store = tool.store().await?;
    let found = store.find(&arguments.secret_id).await;
    let (secret_id, description) = found.map_err(RotationError::from)?;
    kind(&secret_id, &description)?;
    let asked = arguments.version_id.as_deref().map(parse).transpose()?;
    let version_id = next_version(&description.stages, asked)?;
    let rotator = arguments.rotator.as_deref();
    let known = tool.of(&store, &secret_id, &description, rotator).await?;
    let engine = known.engine(store)?;
    say(&format!("Rotating {secret_id} ({})", known.about.name));
    say(&format!("as version {version_id}"));
    let go_on = || {
        let rotator = rotator.map_or_else(String::new, |name| format!(" --rotator {name}"));
        format!(
            "To go on: {} rotate --secret-id {secret_id} --version-id {version_id}{rotator}",
            program()
        )
    };
    for step in Step::ALL {
        if interrupt.came() {
            let text = format!(
                "interrupted: {step} and what comes after it was not done.\n{}",
                go_on()
            );
            return Err(Failure::Interrupted(text));
        }
        let event = Event::new(step, secret_id.clone(), version_id.clone());
        // Nobody has announced the version, as RotateSecret would have.
        let fresh = step == Step::CreateSecret;
        let ended = one(engine.as_ref(), &event, arguments.time, fresh).await;
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
pub(super) fn next_version(
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
            "a rotation is under way: AWSPENDING is on version {pending}, which is not AWSCURRENT; \
             to go on with it, say --version-id {pending}"
        ))),
        (None, Some(asked)) => Ok(asked),
        (None, None) => {
            let id = uuid::Uuid::new_v4().to_string();
            VersionId::parse(&id).ok_or_else(|| Failure::Failed("a UUID is no version id".into()))
        }
    }
}

fn stopped(error: &RotationError, go_on: &str) -> Failure {
    Failure::Failed(format!(
        "{error}\n({})\nNothing after this step was done. {go_on}",
        error.error_type(),
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
        assert!(refused.contains(&format!("--version-id {b}")));
        assert!(next_version(&busy, Some(a)).is_err());
        assert!(next_version(&busy, Some(b.clone())).is_ok_and(|same| same == b));
    }
}
