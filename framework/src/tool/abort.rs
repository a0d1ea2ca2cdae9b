//! Ends a rotation that is stuck, in favour of AWSCURRENT.

use clap::Args;

use super::arguments::program;
use super::diagnosis::{Asked, Diagnosis};
use super::interrupt::Interrupt;
use super::repair::{carry_out, in_words, permit};
use super::screen::say;
use super::{Failure, Tool};
use crate::aws::AwsStore;
use crate::engine::LabelMove;
use crate::protocol::Said;
use crate::version::Stage;

/// End a rotation that is stuck, in favour of AWSCURRENT
///
/// It takes AWSPENDING off, after it has asked you. The target must accept AWSCURRENT. If the target refuses AWSCURRENT, AWSPENDING may be
/// the only credential that works, and AWSPENDING stays. The mark of that version always stays, so its credential can be found. The command
/// changes nothing else.
///
/// Rights: the rights of doctor, and secretsmanager:UpdateSecretVersionStage.
#[derive(Args, Debug)]
#[command(after_long_help = "Example:\n  rotation abort prod/db")]
pub(super) struct Abort {
    #[command(flatten)]
    pub(super) asked: Asked,
    /// Do not ask before the change
    #[arg(long)]
    pub(super) yes: bool,
}

/// After `Ok`, no version but AWSCURRENT's has AWSPENDING, and the target has just accepted AWSCURRENT. The mark of the version that
/// had AWSPENDING stays.
pub(super) async fn run(
    tool: &Tool,
    arguments: &Abort,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let access = tool.access().await?;
    let store = AwsStore::of(access.clone());
    let diagnosis = Diagnosis::find(tool, (&access, &store), &arguments.asked).await?;
    let stages = &diagnosis.survey.description.stages;
    let pending = stages.holder(&Stage::Pending);
    let pending = pending.filter(|pending| stages.holder(&Stage::Current) != Some(*pending));
    let Some(pending) = pending else {
        say(
            "No rotation is under way: AWSPENDING is on no version but AWSCURRENT's. Nothing was changed.",
        );
        return Ok(());
    };
    if diagnosis.said(&Stage::Current) != Some(Said::Accepted) {
        let (_, says) = diagnosis.state();
        return Err(Failure::Refused(format!(
            "AWSPENDING stays, since it may be the only credential that works. {says}\nNext: {}",
            diagnosis.way_out(&program())
        )));
    }
    let shift = LabelMove {
        label: Stage::Pending,
        from: Some(pending.clone()),
        to: None,
    };
    let what = in_words(&diagnosis, &shift);
    permit(&what, arguments.yes, interrupt)?;
    carry_out(&store, &diagnosis, &shift).await?;
    say(&format!(
        "Done: {what}. The target accepts AWSCURRENT, and a new rotation can begin."
    ));
    Ok(())
}
