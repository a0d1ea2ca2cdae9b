//! What state a secret is in, what is wrong with it, and what is safe to do. Nothing is changed.

use clap::Args;

use super::arguments::program;
use super::diagnosis::{Asked, Diagnosis};
use super::screen::say;
use super::{Failure, Tool};
use crate::engine::Advice;

#[derive(Args, Debug)]
pub(super) struct Doctor {
    #[command(flatten)]
    pub(super) asked: Asked,
}

pub(super) async fn run(tool: &Tool, arguments: &Doctor) -> Result<(), Failure> {
    let store = tool.store().await?;
    let diagnosis = Diagnosis::find(tool, &store, &arguments.asked).await?;
    say(&format!("{} ({})", diagnosis.survey.id, diagnosis.rotator));
    diagnosis.lines().iter().for_each(|line| say(line));
    let (name, says) = diagnosis.state();
    say(&format!("State: {name}. {says}"));
    say(&format!("Next: {}", diagnosis.way_out(&program())));
    match diagnosis.examined.advice {
        Advice::Healthy | Advice::Move(_) | Advice::Wait(_) => Ok(()),
        Advice::Unclear => Err(Failure::Failed("nobody knows".into())),
        Advice::Stuck => Err(Failure::Refused("the target refuses AWSCURRENT".into())),
    }
}
