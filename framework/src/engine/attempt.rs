//! One invocation: what it works on, and what it knows.

use std::time::Duration;

use futures_util::lock::Mutex;

use crate::clock::Clock;
use crate::config::Config;
use crate::document::Document;
use crate::event::{Event, Step};
use crate::protocol::{Answer, View, Who};
use crate::rotator::{Rejection, Rotator, Succession};
use crate::store::{Description, Put, SecretStore, Swap, Version};

use super::known::{Knowledge, Known};
use super::report::{Limits, Outcome, Report};

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
    LetGo,
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
    pub(super) async fn close(&self) {
        self.let_go_of_held().await;
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
            age: self.age_of_current(),
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

    fn age_of_current(&self) -> Option<Duration> {
        let made = self.view.put == Some(Put::Stored);
        let current = self.knowledge.current.as_ref().filter(|_| made)?;
        self.clock.now().duration_since(current.created).ok()
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
}
