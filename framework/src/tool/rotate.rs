//! A whole rotation: by Secrets Manager, which calls the secret's function, or by this process.

mod by_hand;
mod follow;
mod service;

use clap::Args;

use super::arguments::{of_a_step, of_the_past, program};
use super::interrupt::Interrupt;
use super::{Failure, Tool};
use crate::aws::AwsStore;
use crate::engine::kind;
use crate::error::RotationError;
use crate::version::{SecretId, VersionId};
pub(super) use by_hand::next_version;

/// Rotate a secret now
///
/// Secrets Manager calls the secret's function for the four steps (RotateSecret). This command waits for the end, and shows each
/// change of the staging labels. Ctrl-C ends the waiting, and Secrets Manager goes on. If rotation of the secret is off, RotateSecret
/// turns it on.
///
/// With --local, this process does the four steps itself, by your own credentials and settings. It does not call the function, and the
/// secret may lack one. To go on with a rotation that stopped, name its --version-id.
///
/// Both ways change the credential at the target, and move AWSCURRENT to a new version. With one user, applications must then read the new
/// value.
///
/// Rights: secretsmanager:DescribeSecret and RotateSecret, and lambda:InvokeFunction on the function. With --local: the rights of the
/// function's role.
#[derive(Args, Debug)]
#[command(
    after_long_help = "Examples:\n  rotation rotate prod/db\n  rotation rotate prod/db --local"
)]
pub(super) struct Rotate {
    /// The secret's ARN or name
    #[arg(value_name = "SECRET")]
    pub(super) secret: String,
    /// Do the four steps in this process, without a call of the secret's function
    #[arg(long)]
    pub(super) local: bool,
    /// Go on with the rotation that makes this version
    #[arg(long, value_name = "ID", requires = "local")]
    pub(super) version_id: Option<String>,
    /// The rotator for this secret [default: as the secret's value and its function show]
    #[arg(long, value_name = "NAME", requires = "local")]
    pub(super) rotator: Option<String>,
    /// The longest wait for Secrets Manager, in seconds [default: 300]. With --local, the longest time of a step [default: 1800]
    #[arg(long, value_name = "SECONDS", value_parser = of_a_step())]
    timeout: Option<u64>,
    /// An abandoned rotation may still be at work for so many seconds: its function's time-out and 15 more [default: 1815]
    #[arg(long, value_name = "SECONDS", value_parser = of_the_past(), requires = "local")]
    horizon: Option<u64>,
}

pub(super) async fn run(
    tool: &Tool,
    arguments: &Rotate,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let access = tool.access().await?;
    let store = AwsStore::of(access.clone());
    let found = store.find(&arguments.secret).await;
    let (secret, description) = found.map_err(RotationError::from)?;
    kind(&secret, &description)?;
    if arguments.local {
        by_hand::run(tool, store, arguments, (&secret, &description), interrupt).await
    } else {
        service::run(
            &access,
            &store,
            arguments,
            (&secret, &description),
            interrupt,
        )
        .await
    }
}

/// A new version's id.
fn new_version() -> Result<VersionId, Failure> {
    let id = uuid::Uuid::new_v4().to_string();
    VersionId::parse(&id).ok_or_else(|| Failure::Failed("a UUID is no version id".into()))
}

/// What to type, to have this process do what is left of a rotation.
fn go_on(secret: &SecretId, version: &VersionId) -> String {
    format!(
        "{} rotate {secret} --local --version-id {version}",
        program()
    )
}
