//! A rotation by Secrets Manager: asks for it, and waits for its end.

use std::time::{Duration, SystemTime};

use futures_util::future::{Either, select};

use super::follow::{Broken, Look, Watch};
use super::{Rotate, go_on, new_version};
use crate::aws::around::logs::last_error;
use crate::aws::connect::Access;
use crate::aws::{AwsStore, NotBegun};
use crate::clock::{Clock, SystemClock, now};
use crate::error::{RotationError, StoreErrorKind};
use crate::store::{Description, SecretStore};
use crate::tool::arguments::program;
use crate::tool::around::without_secrets;
use crate::tool::interrupt::Interrupt;
use crate::tool::screen::{note, say, waited, waiting};
use crate::tool::{Failure, explained};
use crate::version::{Place, SecretId, Stage, VersionId};

/// How long the command waits, unless the person says otherwise.
const PATIENCE: Duration = Duration::from_secs(300);
/// Between two looks at the labels.
const PAUSE: Duration = Duration::from_secs(1);

/// A rotation that Secrets Manager was asked for.
struct Asked<'a> {
    access: &'a Access,
    store: &'a AwsStore,
    secret: &'a SecretId,
    function: &'a str,
    version: VersionId,
    began: SystemTime,
}

pub(super) async fn run(
    access: &Access,
    store: &AwsStore,
    arguments: &Rotate,
    (secret, description): (&SecretId, &Description),
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let Some(function) = description.rotation_function.as_deref() else {
        return Err(no_function(secret));
    };
    let asked = Asked {
        access,
        store,
        secret,
        function,
        version: new_version()?,
        began: now(),
    };
    say(&format!("Secrets Manager rotates {secret}"));
    say(&format!("by {function}"));
    say(&format!("as version {}", asked.version));
    if description.rotation_enabled == Some(false) {
        note("rotation of this secret was off: RotateSecret turns it on");
    }
    let mut watch = Watch::new(asked.version.clone(), &description.stages);
    interrupt.ends_at_once();
    asked.begin().await?;
    let patience = arguments.timeout.map_or(PATIENCE, Duration::from_secs);
    let ended = asked.follow(&mut watch, patience, interrupt).await;
    waited();
    ended?;
    say("The new version is AWSCURRENT.");
    Ok(())
}

impl Asked<'_> {
    /// Asks for the rotation. An answer that was lost, and a refusal of the second try of a request, may hide that it has begun: the
    /// label shows it.
    async fn begin(&self) -> Result<(), Failure> {
        let Err(refusal) = self.store.rotate(self.secret, &self.version).await else {
            return Ok(());
        };
        let in_doubt = match &refusal {
            NotBegun::UnderWay => true,
            NotBegun::Other(error) => error.kind == StoreErrorKind::Unavailable,
            _ => false,
        };
        let mut pending = None;
        if in_doubt && let Ok(found) = self.store.describe(self.secret).await {
            // It may even have ended: then AWSCURRENT is on the version.
            if found.stages.contains(&self.version) {
                return Ok(());
            }
            pending = found.stages.holder(&Stage::Pending).cloned();
        }
        Err(self.refused(refusal, pending))
    }

    /// Waits until the rotation is done, or will not be, or the patience is at its end.
    async fn follow(
        &self,
        watch: &mut Watch,
        patience: Duration,
        interrupt: &Interrupt,
    ) -> Result<(), Failure> {
        loop {
            let found = self.store.describe(self.secret).await;
            let found = found.map_err(|error| self.lost_sight(&error.into()))?;
            let waits = now().duration_since(self.began).unwrap_or_default();
            for change in watch.changes(&found.stages) {
                waited();
                say(&format!("{:>5} s  {change}", waits.as_secs()));
            }
            match watch.look(&found.stages) {
                Look::Done => return Ok(()),
                Look::Broken(broken) => return Err(self.failed(&self.why(&broken)).await),
                Look::GoesOn if waits >= patience => {
                    let text = format!(
                        "AWSCURRENT is not on version {} after {} s. Secrets Manager may still go on with it",
                        self.version,
                        waits.as_secs()
                    );
                    return Err(self.failed(&text).await);
                }
                Look::GoesOn => {}
            }
            waiting(&format!("waiting {} s", waits.as_secs()));
            let comes = std::pin::pin!(interrupt.comes());
            let pause = std::pin::pin!(SystemClock.sleep(PAUSE));
            if let Either::Left(_) = select(comes, pause).await {
                return Err(Failure::Interrupted(format!(
                    "interrupted: Secrets Manager goes on with the rotation.\nTo look: {} status {}",
                    program(),
                    self.secret
                )));
            }
        }
    }

    fn refused(&self, refusal: NotBegun, pending: Option<VersionId>) -> Failure {
        let Self {
            secret, function, ..
        } = self;
        let text = match refusal {
            NotBegun::NoFunction => return no_function(secret),
            NotBegun::UnderWay => self.under_way(pending),
            NotBegun::FunctionGone => format!(
                "the function {function}, which the secret names, is not there: deploy it again, or name another \
                 (aws secretsmanager rotate-secret --secret-id {secret} --rotation-lambda-arn ARN)"
            ),
            NotBegun::NotInvocable => format!(
                "Secrets Manager may not call the function {function}: allow it (aws lambda add-permission --function-name {function} \
                 --statement-id SecretsManager --action lambda:InvokeFunction --principal secretsmanager.amazonaws.com \
                 --source-account {})",
                secret.place().account
            ),
            NotBegun::CallerMayNotInvoke => format!(
                "RotateSecret needs your right to call the function, too: allow yourself lambda:InvokeFunction on {function}"
            ),
            NotBegun::Other(error) => return Failure::from(RotationError::from(error)),
        };
        Failure::Failed(text)
    }

    fn under_way(&self, pending: Option<VersionId>) -> String {
        let (secret, program) = (self.secret, program());
        let on = match &pending {
            Some(pending) => format!("AWSPENDING is on version {pending}"),
            None => "Secrets Manager says so".to_owned(),
        };
        let by_hand = pending.map(|pending| {
            let go_on = go_on(secret, &pending);
            format!("\nTo do here what is left of it: {go_on}")
        });
        format!(
            "an earlier rotation is not complete: {on}. No other one begins before it ends. Secrets Manager tries it again now.\n\
             To see what is wrong with it: {program} doctor {secret}{}",
            by_hand.unwrap_or_default()
        )
    }

    fn why(&self, broken: &Broken) -> String {
        let version = &self.version;
        match broken {
            Broken::TakenAway => format!(
                "AWSPENDING was taken from version {version} before that was AWSCURRENT: Secrets Manager gave the rotation up, or \
                 somebody ended it"
            ),
            Broken::Replaced(other) => format!(
                "AWSPENDING is on version {other}: another rotation took the place of this one, or was there before it"
            ),
            Broken::MovedElsewhere(other) => format!(
                "AWSCURRENT is on version {other}, which this rotation did not make: somebody stored a value, or moved the label"
            ),
        }
    }

    /// The failure, with where its cause is told.
    async fn failed(&self, why: &str) -> Failure {
        let said = match self.function_error().await {
            Some(said) => format!("The function says: {said}"),
            None => format!("The function's log has the error: {}", self.log()),
        };
        Failure::Failed(format!(
            "the rotation is not done: {why}.\n{said}\nTo see what is wrong: {} doctor {}",
            program(),
            self.secret
        ))
    }

    /// The function's last error, if the log may be read. Secrets Manager does not tell it.
    async fn function_error(&self) -> Option<String> {
        let (function, secret) = (self.function, self.secret.as_str());
        let error = last_error(self.access, function, None, secret, self.began).await;
        let error = error.ok().flatten()?;
        Some(without_secrets(self.store, self.secret, &error.text).await)
    }

    /// The command that shows the function's log since the rotation began. A function logs to the group of its name, unless it was
    /// given another one (<https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html>).
    fn log(&self) -> String {
        let name = self.function.split(':').nth(6).unwrap_or(self.function);
        let region = Place::of(self.function).region;
        let since = now().duration_since(self.began).unwrap_or_default();
        let minutes = since.as_secs() / 60 + 1;
        format!("aws logs tail /aws/lambda/{name} --since {minutes}m --region {region}")
    }

    fn lost_sight(&self, error: &RotationError) -> Failure {
        Failure::Failed(format!(
            "{}\nSecrets Manager goes on with the rotation. To look: {} status {}",
            explained(error),
            program(),
            self.secret
        ))
    }
}

fn no_function(secret: &SecretId) -> Failure {
    Failure::Failed(format!(
        "secret {secret} names no function that rotates it: attach one (aws secretsmanager rotate-secret --secret-id {secret} \
         --rotation-lambda-arn ARN --rotation-rules AutomaticallyAfterDays=30), or rotate it here: {} rotate {secret} --local",
        program()
    ))
}
