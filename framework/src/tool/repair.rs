//! Moves the labels to where they belong, one at a time, each for what the target has just said.

use std::time::Duration;

use clap::Args;

use super::arguments::program;
use super::diagnosis::{Asked, Diagnosis};
use super::interrupt::Interrupt;
use super::screen::{agrees, say};
use super::{Failure, Tool};
use crate::aws::AwsStore;
use crate::clock::{self, Clock, SystemClock};
use crate::engine::{Advice, LabelMove, Limits};
use crate::error::RotationError;
use crate::store::{SecretStore, Swap};
use crate::version::Stage;

/// The longest time for one login, or for the administrator's work.
const LIMIT: Duration = Duration::from_secs(60);
/// How often DescribeSecret is asked until it shows a move, a second apart.
const PATIENCE: u32 = 10;

/// Move the labels to where they belong, one at a time, after a login has shown that it is safe
///
/// It shows each move, and asks you before it. AWSCURRENT moves only to a version whose credential the target accepts. AWSPENDING is taken
/// off only if the target accepts AWSCURRENT. The command writes no value. Without --admin-secret, it changes nothing at the target. With
/// --admin-secret, that administrator sets AWSCURRENT's password at the target, if no other credential works.
///
/// Rights: the rights of doctor, and secretsmanager:UpdateSecretVersionStage. With --admin-secret, also GetSecretValue on that secret.
#[derive(Args, Debug)]
#[command(
    after_long_help = "Examples:\n  rotation repair prod/db\n  rotation repair prod/db --admin-secret ARN --user app"
)]
pub(super) struct Repair {
    #[command(flatten)]
    pub(super) asked: Asked,
    /// Do not ask before each move
    #[arg(long)]
    pub(super) yes: bool,
    /// The ARN of an administrator's secret. If no credential works, this administrator sets AWSCURRENT's password at the target
    #[arg(long, value_name = "ARN", requires = "user")]
    pub(super) admin_secret: Option<String>,
    /// The user whose password the administrator may set. AWSCURRENT must name this user
    #[arg(long, value_name = "NAME", requires = "admin_secret")]
    pub(super) user: Option<String>,
}

/// Repeats until nothing is out of its place: look, ask the target, show the move, ask the person, move.
pub(super) async fn run(
    tool: &Tool,
    arguments: &Repair,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let access = tool.access().await?;
    let store = AwsStore::of(access.clone());
    let mut changed = false;
    loop {
        let diagnosis = Diagnosis::find(tool, (&access, &store), &arguments.asked).await?;
        let (name, says) = diagnosis.state();
        say(&format!("State: {name}. {says}"));
        match &diagnosis.examined.advice {
            Advice::Healthy => {
                let done = match changed {
                    true => "Done.",
                    false => "Nothing was changed.",
                };
                say(done);
                return Ok(());
            }
            Advice::Move(shift) => {
                let what = in_words(&diagnosis, shift);
                permit(&what, arguments.yes, interrupt)?;
                carry_out(&store, &diagnosis, shift).await?;
                say(&format!("Done: {what}"));
            }
            Advice::Stuck
                if arguments.admin_secret.is_some() && diagnosis.refuses_current() && !changed =>
            {
                set_by_administrator(&diagnosis, arguments, interrupt).await?;
            }
            Advice::Stuck | Advice::Wait(_) | Advice::Unclear => return Err(no_move(&diagnosis)),
        }
        changed = true;
    }
}

/// The state has been told.
fn no_move(diagnosis: &Diagnosis) -> Failure {
    say("No label can be moved for that.");
    say(&format!("Next: {}", diagnosis.way_out(&program())));
    Failure::Told {
        refused: diagnosis.refuses_current(),
    }
}

/// Passes if the person agrees.
pub(super) fn permit(what: &str, yes: bool, interrupt: &Interrupt) -> Result<(), Failure> {
    if interrupt.came() {
        return Err(Failure::Interrupted(format!(
            "interrupted: this was not done: {what}"
        )));
    }
    if yes {
        return Ok(());
    }
    match agrees(&format!("{what}?")) {
        Some(true) => Ok(()),
        Some(false) => Err(Failure::Failed("nothing more was changed".into())),
        None => Err(Failure::Failed(format!(
            "nobody is at a terminal to be asked. With --yes, this would be done: {what}"
        ))),
    }
}

/// As in `move AWSCURRENT from version 4e3a… to version 99d1…`.
pub(super) fn in_words(diagnosis: &Diagnosis, shift: &LabelMove) -> String {
    let label = &shift.label;
    match (&shift.from, &shift.to) {
        (Some(from), Some(to)) => format!(
            "move {label} from version {from} to {}",
            diagnosis.named(to)
        ),
        (None, Some(to)) => format!("put {label} on {}", diagnosis.named(to)),
        (Some(from), None) => format!("take {label} off version {from}"),
        (None, None) => format!("leave {label} where it is"),
    }
}

/// After `Ok`, the label is where it was sent, and Secrets Manager shows it. The target has just justified that: it accepts the
/// credential that is AWSCURRENT afterwards, or the other user's.
pub(super) async fn carry_out(
    store: &AwsStore,
    diagnosis: &Diagnosis,
    shift: &LabelMove,
) -> Result<(), Failure> {
    justified(diagnosis, shift).await?;
    let id = &diagnosis.survey.id;
    let (label, from, to) = (&shift.label, shift.from.as_ref(), shift.to.as_ref());
    let moved = store.move_stage(id, label.clone(), from, to).await;
    if moved.map_err(RotationError::from)? == Swap::Elsewhere {
        return Err(Failure::Failed(format!(
            "{label} was moved by somebody else in the meantime: nothing was changed, start again"
        )));
    }
    for _ in 0..PATIENCE {
        let found = store.describe(id).await.map_err(RotationError::from)?;
        if found.stages.holder(label) == to {
            return Ok(());
        }
        SystemClock.sleep(Duration::from_secs(1)).await;
    }
    Err(Failure::Failed(format!(
        "{label} was moved, and Secrets Manager does not show it yet: start again in a minute"
    )))
}

/// Time may have passed since the target was asked.
async fn justified(diagnosis: &Diagnosis, shift: &LabelMove) -> Result<(), Failure> {
    let current = diagnosis.survey.description.stages.holder(&Stage::Current);
    let version = match shift.label {
        Stage::Current | Stage::Previous => shift.to.as_ref(),
        Stage::Pending => current,
        // The refusal is not asked for again: it might lock the account.
        _ => return Ok(()),
    };
    let Some(version) = version else {
        return Ok(());
    };
    let label = match current == Some(version) {
        true => Stage::Current,
        false => Stage::Mark(version.clone()),
    };
    let limits = Limits::new(clock::now() + LIMIT, LIMIT);
    let id = &diagnosis.survey.id;
    let checked = diagnosis.engine.check(id, version, &label, &limits).await?;
    checked.answer.map_err(|rejection| {
        Failure::Failed(format!(
            "the target no longer accepts {} ({}): nothing was changed, start again",
            diagnosis.named(version),
            rejection.reason()
        ))
    })
}

/// After `Ok`, the target accepts AWSCURRENT: the administrator has set its password.
async fn set_by_administrator(
    diagnosis: &Diagnosis,
    arguments: &Repair,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let admin = arguments.admin_secret.as_deref().unwrap_or_default();
    let current = diagnosis.survey.description.stages.holder(&Stage::Current);
    let current = current.ok_or_else(|| Failure::Failed("no version is AWSCURRENT".into()))?;
    let what = format!(
        "let the administrator of {admin} set, at the target, the password of {}",
        diagnosis.named(current)
    );
    permit(&what, arguments.yes, interrupt)?;
    let limits = Limits::new(clock::now() + LIMIT, LIMIT);
    let id = &diagnosis.survey.id;
    let user = arguments.user.as_deref().unwrap_or_default();
    let of = (current, user);
    diagnosis.engine.restore(id, of, admin, &limits).await?;
    say(&format!("Done: {what}"));
    Ok(())
}
