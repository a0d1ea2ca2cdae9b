//! One invocation: what it works on, what it knows, and how it waits.

use std::time::{Duration, SystemTime};

use futures_util::future::{Either, select};
use futures_util::lock::Mutex;

use crate::clock::Clock;
use crate::config::Config;
use crate::context::Context;
use crate::document::Document;
use crate::error::{HookError, RotationError};
use crate::event::{Event, Step};
use crate::protocol::{Answer, View, Who};
use crate::rotator::{Rejection, Rotator, Succession};
use crate::secret::Secret;
use crate::store::{Description, Put, SecretStore, Swap, Version};

use super::known::{Knowledge, Known};
use super::report::{Limits, Outcome, Report};

/// No write begins with less left.
const WRITE: Duration = Duration::from_secs(5);
/// Left for the answer to Lambda.
const ANSWER: Duration = Duration::from_secs(1);
/// For letting go of a session, whatever the deadline.
const CLOSE: Duration = Duration::from_secs(1);

/// One run of one step.
pub(super) struct Attempt<'a, R: Rotator, S, C> {
    pub(super) rotator: &'a R,
    pub(super) store: &'a S,
    pub(super) clock: &'a C,
    pub(super) config: &'a Config,
    pub(super) event: &'a Event,
    pub(super) limits: &'a Limits,
    pub(super) view: View,
    pub(super) knowledge: Knowledge<R::Payload>,
    pub(super) session: Mutex<Option<R::Session>>,
    pub(super) opened: Option<Who>,
    pub(super) patience: Duration,
    pub(super) answers: Vec<(String, String)>,
    pub(super) warnings: Vec<String>,
}

/// What came of one [`Next`](crate::protocol::Next).
pub(super) enum Learned<R: Rotator> {
    Labels(Description),
    Pending(Option<Known<R::Payload>>),
    Current(Option<Known<R::Payload>>),
    Orphans(Vec<Version>),
    Opened(Who, R::Session),
    Rejected(Who, Rejection),
    Locked(Option<Document>),
    Looked(Result<(), Rejection>),
    Checked,
    Waited,
    Patience(Duration),
    Generated(R::Payload),
    Put(Put),
    Marked,
    Discarded,
    Freed(Who),
    Retired(Who, Option<String>),
    Written,
    Proven(Result<(), Rejection>),
    Promoted(Swap),
}

impl<'a, R: Rotator, S: SecretStore, C: Clock> Attempt<'a, R, S, C> {
    pub(super) fn new(
        rotator: &'a R,
        store: &'a S,
        clock: &'a C,
        config: &'a Config,
        event: &'a Event,
        limits: &'a Limits,
    ) -> Self {
        Self {
            rotator,
            store,
            clock,
            config,
            event,
            limits,
            view: View::default(),
            knowledge: Knowledge::default(),
            session: Mutex::new(None),
            opened: None,
            patience: Duration::ZERO,
            answers: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// What [`decide`](crate::protocol::decide) is asked with.
    pub(super) fn view(&self) -> &View {
        &self.view
    }

    /// Lets go of the target, also after an error.
    pub(super) async fn close(&mut self) {
        if let Some(session) = self.session.get_mut().take() {
            self.let_go(session).await;
        }
    }

    /// Closes a session, for as long as that may take.
    pub(super) async fn let_go(&self, session: R::Session) {
        let closing = std::pin::pin!(self.rotator.close(session));
        select(closing, std::pin::pin!(self.clock.alarm(CLOSE))).await;
    }

    /// What the step tells, at its end.
    pub(super) fn report(&self, step: Step, ok: bool, duration: Duration) -> Report {
        let view = &self.view;
        let acted = match step {
            Step::CreateSecret => view.put == Some(Put::Stored),
            Step::SetSecret => view.written,
            Step::TestSecret => view.proven.is_some() || view.checked,
            Step::FinishSecret => view.promotion == Some(Swap::Moved),
        };
        Report {
            outcome: match (ok, acted) {
                (false, _) => Outcome::Failed,
                (true, true) => Outcome::Done,
                (true, false) => Outcome::Already,
            },
            answers: self.answers.clone(),
            warnings: self.warnings.clone(),
            duration,
            refused_at_most: self.refused_at_most(),
        }
    }

    /// With one password for one user, AWSCURRENT may have been refused since AWSPENDING was made.
    fn refused_at_most(&self) -> Option<Duration> {
        let moved = self.view.promotion == Some(Swap::Moved);
        let replaced = self.view.succession == Some(Succession::Replace);
        let pending = self
            .knowledge
            .pending
            .as_ref()
            .filter(|_| moved && replaced)?;
        self.clock.now().duration_since(pending.created).ok()
    }

    /// Notes what the target said.
    pub(super) fn note(&mut self, who: &str, said: Result<(), &Rejection>) -> Answer {
        let (answer, text) = match said {
            Ok(()) => (Answer::Accepted, "accepted".to_owned()),
            Err(rejection) => (Answer::Rejected, format!("refused: {}", rejection.reason())),
        };
        self.answers.push((who.to_owned(), text));
        answer
    }

    /// For a hook that starts now.
    pub(super) fn context(&self) -> Context {
        let description = self.knowledge.description.as_ref();
        let labelled = description.map(|d| d.stages.versions().map(|(id, _)| id.clone()).collect());
        Context {
            secret_id: self.event.secret_id.clone(),
            version_id: self.event.version_id.clone(),
            labelled: labelled.unwrap_or_default(),
            policy: self.config.policy.clone(),
            password: None,
            admin: self.knowledge.admin.clone(),
            claimed: false,
            time_left: self.left().saturating_sub(ANSWER),
        }
    }

    /// Until the deadline.
    pub(super) fn left(&self) -> Duration {
        self.until(self.limits.deadline)
    }

    /// How long a wait may be that leaves time for a write after it.
    pub(super) fn spare(&self) -> Duration {
        self.left().saturating_sub(WRITE)
    }

    /// From now.
    pub(super) fn until(&self, then: SystemTime) -> Duration {
        then.duration_since(self.clock.now()).unwrap_or_default()
    }

    /// Refuses to begin what changes something if it might be cut off.
    pub(super) fn time_to_write(&self) -> Result<(), RotationError> {
        if self.left() >= WRITE {
            return Ok(());
        }
        Err(RotationError::Time(format!(
            "not enough time left to change anything safely ({:.1} s): raise the function's time-out to 30 s or more",
            self.left().as_secs_f64()
        )))
    }

    /// `call`, for as long as there is time for it.
    pub(super) async fn bounded<T>(
        &self,
        what: &str,
        call: impl Future<Output = T>,
    ) -> Result<T, RotationError> {
        let late = |left: Duration| {
            RotationError::Time(format!(
                "{what} did not answer within {:.1} s, all that was left of the function's time",
                left.as_secs_f64()
            ))
        };
        let left = self.left().saturating_sub(ANSWER);
        if left.is_zero() {
            return Err(late(left));
        }
        let call = std::pin::pin!(call);
        match select(call, std::pin::pin!(self.clock.alarm(left))).await {
            Either::Left((answer, _)) => Ok(answer),
            Either::Right(_) => Err(late(left)),
        }
    }

    /// A hook's answer in time, with everything secret taken out of an error.
    pub(super) async fn hook<T>(
        &self,
        call: impl Future<Output = Result<T, HookError>>,
    ) -> Result<T, HookError> {
        let answer = self.bounded("the target", call).await;
        let answer = answer.unwrap_or_else(|late| Err(HookError::late(late.to_string())));
        answer.map_err(|error| self.scrub(error))
    }

    /// Without what was read or made.
    pub(super) fn scrub(&self, error: HookError) -> HookError {
        let secrets: Vec<Secret> = self.knowledge.secrets();
        error.scrubbed(&secrets)
    }
}
