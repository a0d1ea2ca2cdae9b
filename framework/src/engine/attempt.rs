//! One invocation: what it works on, and what it knows.

use std::time::{Duration, SystemTime};

use futures_util::lock::Mutex;

use crate::clock::Clock;
use crate::config::Config;
use crate::document::Document;
use crate::error::RotationError;
use crate::event::{Event, Step};
use crate::protocol::{Answer, Id, Kept, Storing, View, Who};
use crate::rotator::{Rejection, Rotator, Succession};
use crate::store::{Description, Put, SecretStore, Swap};
use crate::version::{Stages, Standing, VersionId};

use super::known::{Knowledge, Known};
use super::report::{Limits, Outcome, Report, in_words};

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
    /// The one that proved the new credential. Nobody needs it, so it is closed beside the one that is held.
    pub(super) proof: Mutex<Option<R::Session>>,
    pub(super) patience: Duration,
    pub(super) answers: Vec<(String, String)>,
    pub(super) warnings: Vec<String>,
    pub(super) put_refused: Option<RotationError>,
    pub(super) began: SystemTime,
}

/// The result of one [`Next`](crate::protocol::Next).
pub(super) enum Learned<R: Rotator> {
    /// The answer of DescribeSecret, and the time at which it was asked for.
    Labels(Description, SystemTime),
    Pending(Option<Known<R::Payload>>),
    Current(Option<Known<R::Payload>>),
    Previous(Id, Option<Known<R::Payload>>),
    Orphans(Vec<(VersionId, Option<Known<R::Payload>>)>),
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
    /// Secrets Manager refused to store the value, and would refuse it again.
    PutRefused(RotationError),
    Marked(Who, Swap),
    Discarded,
    Freed(Who),
    Retired(Who),
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
            knowledge: Knowledge::new(&event.version_id),
            session: Mutex::new(None),
            proof: Mutex::new(None),
            patience: Duration::ZERO,
            answers: Vec::new(),
            warnings: Vec::new(),
            put_refused: None,
            began: clock.now(),
        }
    }

    /// The view that [`decide`](crate::protocol::decide) gets.
    pub(super) fn view(&self) -> &View {
        &self.view
    }

    /// Closes the session, also after an error.
    pub(super) async fn close(&self) {
        self.let_go_of_held().await;
    }

    /// The report of the step, at its end.
    pub(super) fn report(&self, step: Step, ok: bool, duration: Duration) -> Report {
        let view = &self.view;
        let description = self.knowledge.description.as_ref();
        let acted = match step {
            Step::CreateSecret => view.put == Some(Storing::Stored),
            Step::SetSecret => view.written,
            Step::TestSecret => view.proven.is_some() || view.checked,
            Step::FinishSecret => self.view.promoted(),
        };
        Report {
            outcome: match (ok, acted) {
                (false, _) => Outcome::Failed,
                (true, true) => Outcome::Done,
                (true, false) => Outcome::Already,
            },
            answers: self.answers.clone(),
            warnings: [self.warnings.clone(), self.not_ended(), self.not_settled()].concat(),
            duration,
            refused_at_most: self.refused_at_most(step, ok),
            labels_in_use: description.map(|found| found.stages.count()),
            orphans: description.map(|found| self.left_over(&found.stages)),
            current_refused: None,
            age: self.age_of_current(),
            copies_behind: None,
        }
    }

    /// The target may have refused AWSCURRENT since AWSPENDING was made, or since the version was made that it accepts. This is so
    /// only with one password for one user. It ends when AWSCURRENT moves. Until then, each step that fails gives it, if it comes
    /// after setSecret or has seen the refusal. If no value can be read, nobody knows how many passwords there are, and the
    /// secret's last change stands for the date.
    fn refused_at_most(&self, step: Step, ok: bool) -> Option<Duration> {
        let view = &self.view;
        let seen = view.current_answer == Some(Answer::Rejected);
        let after = matches!(step, Step::TestSecret | Step::FinishSecret);
        let lasts = !ok && (view.written || seen || after) && self.is_under_way();
        let replaced = match view.succession() {
            Some(succession) => succession == Succession::Replace,
            None => lasts,
        };
        if !replaced || !(lasts || view.promoted()) {
            return None;
        }
        let opened = view.opened.filter(|_| seen);
        let accepted = opened.and_then(|who| self.knowledge.version(who));
        let accepted = accepted.map(|version| version.created);
        let since = accepted.or_else(|| self.knowledge.made())?;
        self.clock.now().duration_since(since).ok()
    }

    /// My version has a mark, so its value may have reached the target, and AWSCURRENT is on another one.
    fn is_under_way(&self) -> bool {
        let labels = self.view.labels.as_ref();
        let by_labels = labels.map(|labels| labels.marked && labels.standing == Standing::Pending);
        let read = self.view.pending.seen();
        let by_value = read.map(|me| me.marked && !me.current);
        by_labels.or(by_value).unwrap_or_default()
    }

    /// How many versions earlier rotations left, less those that this step is done with.
    fn left_over(&self, stages: &Stages) -> usize {
        let left = stages.orphans(&self.event.version_id).len();
        let done = self.view.orphans.iter().flatten();
        left.saturating_sub(done.filter(|orphan| orphan.freed).count())
    }

    fn age_of_current(&self) -> Option<Duration> {
        let made = self.view.put == Some(Storing::Stored);
        let current = self.knowledge.version(Who::Current).filter(|_| made)?;
        self.clock.now().duration_since(current.created).ok()
    }

    /// A warning for each old credential that should be ended and that this function cannot end. This is only about targets
    /// where an old credential stays alive after `set` (Coexist, Displace).
    fn not_ended(&self) -> Vec<String> {
        let view = &self.view;
        let overlap = matches!(
            view.succession(),
            Some(Succession::Coexist | Succession::Displace)
        );
        let keep = if self.view.promoted() {
            Who::Pending
        } else {
            Who::Current
        };
        let previous = view
            .previous
            .map(|_| (Who::Previous, view.previous_kept(keep)));
        let orphans = view.orphans.iter().flatten().filter(|orphan| orphan.freed);
        let orphans =
            orphans.map(|orphan| (Who::Orphan(orphan.id), view.orphan_kept(orphan, keep)));
        let kept = previous.into_iter().chain(orphans).filter(|_| overlap);
        let told = kept.filter_map(|(who, kept)| {
            let why = match kept? {
                Kept::Unusable => "its value cannot be used",
                Kept::OtherTarget => "it is for another target",
                Kept::OtherPrincipal => "it is another user's",
                Kept::InUse => return None,
            };
            let who = self.called(who);
            Some(format!(
                "{who} was not retired: {why}. End its credential by hand"
            ))
        });
        told.collect()
    }

    fn not_settled(&self) -> Vec<String> {
        let stale = self.view.promoted() && self.view.unsettled();
        let told = stale.then(|| {
            "AWSCURRENT has moved, but Secrets Manager does not show it yet: what earlier rotations left is ended by the next one".into()
        });
        Vec::from_iter(told)
    }

    /// Whether the target issues the credential. Nobody asks before AWSCURRENT was read.
    pub(super) fn issues(&self) -> bool {
        let current = self.knowledge.payload(Who::Current);
        current.is_ok_and(|current| self.rotator.issues(current))
    }

    /// Notes what the target said.
    pub(super) fn note(&mut self, who: &str, said: Result<(), &Rejection>) -> Answer {
        self.answers.push((who.to_owned(), in_words(said)));
        match said {
            Ok(()) => Answer::Accepted,
            Err(_) => Answer::Rejected,
        }
    }
}
