//! The texts of the errors for what [`decide`](crate::protocol::decide) refuses.

use crate::clock::Clock;
use crate::error::RotationError;
use crate::event::Step;
use crate::protocol::{Misfit, Who, Why};
use crate::rotator::{Payload, Rotator, Succession};
use crate::store::SecretStore;
use crate::version::{SecretId, Stage, Stages};

use super::attempt::Attempt;

impl<R: Rotator, S: SecretStore, C: Clock> Attempt<'_, R, S, C> {
    /// The error. It says what is wrong, then what to do.
    pub(super) fn explain(&mut self, why: Why) -> RotationError {
        match why {
            Why::Unstaged => RotationError::NotStaged(self.unstaged()),
            Why::NoValue => RotationError::Versions(format!(
                "pending version {} has no value: createSecret must run first",
                self.event.version_id
            )),
            Why::NoCurrent => no_current(&self.event.secret_id),
            Why::Unusable(who) => match self.knowledge.payload(who) {
                Err(error) => error,
                Ok(_) => RotationError::Versions(format!("{who:?} cannot be used")),
            },
            Why::Misfit => RotationError::Versions(format!("{}. {}", self.misfit(), self.anew())),
            Why::NoneAccepted => RotationError::NoneAccepted(self.none_accepted()),
            Why::Unproven => RotationError::NoneAccepted(format!(
                "{}. The administrator issues no credential for a user whom nobody has proven to be, unless ONLY_SECRET of the function names this secret",
                self.none_accepted()
            )),
            Why::NewerRotation => RotationError::NotStaged(format!(
                "a newer rotation than that of version {} has begun: this one changes nothing any more",
                self.event.version_id
            )),
            Why::PutRefused => self.put_refused.take().unwrap_or_else(|| {
                RotationError::Versions("the new value was not stored: try again".into())
            }),
            Why::PendingRejected => RotationError::PendingRejected(format!(
                "the pending value is not accepted by {}: {}. It does not become AWSCURRENT",
                self.target(),
                self.last_answer()
            )),
            Why::CurrentMoved => RotationError::Changed(self.current_moved()),
            Why::SessionRejected => RotationError::Changed(format!(
                "the credential that {} accepted a moment ago is no longer accepted ({}): nothing was changed, try again",
                self.target(),
                self.last_answer()
            )),
            Why::Stale => RotationError::Changed(format!(
                "Secrets Manager does not show version {0} with its value and its mark ROTATION-{0}: try again. If that does not help, call createSecret again",
                self.event.version_id
            )),
            Why::EarlierRotation => RotationError::Busy(format!(
                "an earlier rotation may still be running: try again in {} s",
                self.seconds_to_go()
            )),
        }
    }

    fn unstaged(&self) -> String {
        let me = &self.event.version_id;
        let secret = &self.event.secret_id;
        let stages = self.knowledge.description.as_ref().map(|d| &d.stages);
        let holder = |stage| stages.and_then(|stages| stages.holder(&stage));
        // On AWSCURRENT's own version it is what a rotation left that is done.
        let pending = holder(Stage::Pending).filter(|id| Some(*id) != holder(Stage::Current));
        let previous = holder(Stage::Previous) == Some(me);
        let mut text = if let Some(other) = pending {
            format!(
                "another rotation (token {other}) holds AWSPENDING: this one is over, and nothing needs to be done about it"
            )
        } else if !stages.is_some_and(|stages: &Stages| stages.contains(me)) {
            format!("version {me} has no stage for rotation of secret {secret}")
        } else if !previous && stages.is_some_and(|stages| stages.marked(me)) {
            format!(
                "version {me} lost AWSPENDING: the rotation was abandoned. Start a new rotation, which goes on from there"
            )
        } else {
            format!(
                "version {me} is not pending: it is not set as AWSPENDING for rotation of secret {secret}"
            )
        };
        if self.view.written {
            text.push_str(". The target was changed, and the mark on this version remembers it");
        }
        text
    }

    fn current_moved(&self) -> String {
        let what = "AWSCURRENT was changed by somebody else during the rotation";
        match self.event.step {
            // From the version that is AWSCURRENT now, this one was not made.
            _ if self.moved_on() => format!("{what}. {}", self.anew()),
            Step::FinishSecret => format!("{what}. {}", self.anew()),
            _ => format!("{what}: try again"),
        }
    }

    /// AWSCURRENT was on this version, and somebody moved it on.
    fn moved_on(&self) -> bool {
        self.view.labels.as_ref().is_some_and(|labels| labels.left)
    }

    fn misfit(&self) -> String {
        let payload = |who| self.knowledge.payload(who).ok();
        let (Some(new), Some(old)) = (payload(Who::Pending), payload(Who::Current)) else {
            return String::new();
        };
        match self.view.misfit() {
            Some(Misfit::Target) => format!(
                "AWSPENDING is for {}, AWSCURRENT for {}: the secret was edited during the rotation",
                new.target(),
                old.target()
            ),
            Some(Misfit::Principal) => {
                let alternate = self.view.succession() == Some(Succession::Alternate);
                let rule = if alternate {
                    "the other user than"
                } else {
                    "the user"
                };
                format!(
                    "AWSPENDING is for user {}, expected {rule} {}: the secret was edited during the rotation",
                    new.principal(),
                    old.principal()
                )
            }
            Some(Misfit::Older) => "AWSCURRENT was made after this rotation's version: an older rotation never replaces a newer value".into(),
            Some(Misfit::Same) => "AWSPENDING holds the same credential as AWSCURRENT".into(),
            None => String::new(),
        }
    }

    /// How to start a new rotation. RotateSecret refuses while AWSPENDING is on a version that is not AWSCURRENT.
    pub(super) fn anew(&self) -> String {
        format!(
            "To start a new rotation, first take AWSPENDING off this version (aws secretsmanager update-secret-version-stage --secret-id {} --version-stage AWSPENDING --remove-from-version-id {})",
            self.event.secret_id, self.event.version_id
        )
    }

    fn none_accepted(&self) -> String {
        let said: Vec<String> = self
            .answers
            .iter()
            .map(|(who, said)| format!("{who}: {said}"))
            .collect();
        let (target, secret, said) = (self.target(), &self.event.secret_id, said.join("; "));
        let tried = match self.view.succession() {
            Some(Succession::Alternate) => {
                "does not accept AWSCURRENT, from which alone two users go on,"
            }
            _ => "accepts none of the labelled versions",
        };
        format!(
            "{target} {tried} of secret {secret} ({said}): store a credential that works as AWSCURRENT, or set AWSCURRENT's on the target"
        )
    }

    fn last_answer(&self) -> &str {
        self.answers.last().map_or("no answer", |(_, said)| said)
    }

    fn target(&self) -> String {
        let known = [Who::Current, Who::Pending];
        let payload = known
            .into_iter()
            .find_map(|who| self.knowledge.payload(who).ok());
        payload.map_or_else(|| "the target".into(), Payload::target)
    }

    fn seconds_to_go(&self) -> u64 {
        let made = self.knowledge.made();
        let due = made.map(|made| made + self.limits.horizon);
        due.map_or(0, |due| self.until(due).as_secs() + 1)
    }
}

pub(super) fn no_current(secret: &SecretId) -> RotationError {
    RotationError::Versions(format!(
        "secret {secret} has no current value: store one before rotating it"
    ))
}
