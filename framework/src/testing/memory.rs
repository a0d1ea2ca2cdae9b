//! Secrets Manager in memory. It follows the rules of the API reference, as far as rotation needs them.

mod by_hand;

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, SystemTime};

use crate::document::Document;
use crate::error::{StoreError, StoreErrorKind};
use crate::password::PasswordPolicy;
use crate::secret::Secret;
use crate::store::{Description, Put, SecretStore, Swap, Version, Which};
use crate::version::{SecretId, Stage, Stages, VersionId};

use super::TestClock;
use crate::clock::Clock;

/// One secret, and the admins' secrets beside it. Clones share them.
#[derive(Clone, Debug)]
pub struct MemoryStore {
    state: Arc<Mutex<State>>,
    clock: TestClock,
}

#[derive(Debug, Default)]
struct State {
    versions: BTreeMap<VersionId, Stored>,
    admins: BTreeMap<String, String>,
    description: Description,
    writes: usize,
    changed: Option<SystemTime>,
    pace: Duration,
}

#[derive(Clone, Debug)]
struct Stored {
    value: Option<Document>,
    stages: Vec<Stage>,
    created: SystemTime,
}

impl MemoryStore {
    /// The secret of that ARN. Its first version has AWSCURRENT and `value`.
    pub fn new(clock: TestClock, secret_id: &SecretId, value: &str) -> Self {
        let store = Self {
            state: Arc::default(),
            clock,
        };
        store.insert(super::version_id(0), Some(value), vec![Stage::Current]);
        store.describe_as(|description| description.arn = secret_id.to_string());
        store
    }

    /// Adds the secret of an administrator.
    pub fn add_admin(&self, arn: &str, value: &str) {
        self.state().admins.insert(arn.to_owned(), value.to_owned());
    }

    /// Does what RotateSecret does first: it adds an empty version under AWSPENDING.
    pub fn begin(&self, version: &VersionId) {
        self.abandon();
        self.insert(version.clone(), None, vec![Stage::Pending]);
    }

    /// Does what the service does when it gives a rotation up: it takes AWSPENDING off.
    pub fn abandon(&self) {
        for stored in self.state().versions.values_mut() {
            stored.stages.retain(|stage| *stage != Stage::Pending);
        }
    }

    /// Adds a version with these labels. No other version loses a label.
    pub fn insert(&self, version: VersionId, value: Option<&str>, stages: Vec<Stage>) {
        self.store(version, value.map(Document::new), stages);
    }

    /// Like [`insert`](Self::insert), with a value that is not a text.
    pub fn insert_binary(&self, version: VersionId, stages: Vec<Stage>) {
        self.store(version, Some(Document::binary()), stages);
    }

    /// The value under a label.
    pub fn value_of(&self, stage: &Stage) -> Option<String> {
        let state = self.state();
        let holder = state
            .versions
            .values()
            .find(|stored| stored.stages.contains(stage));
        holder.and_then(Stored::text)
    }

    /// The values of every version that carries a label.
    pub fn labelled_values(&self) -> Vec<String> {
        let state = self.state();
        let labelled = state
            .versions
            .values()
            .filter(|stored| !stored.stages.is_empty());
        labelled.filter_map(Stored::text).collect()
    }

    /// The labels of all versions.
    pub fn stages(&self) -> Stages {
        self.state().stages()
    }

    /// Changes the answer of DescribeSecret, except for the labels and the date of the last change.
    pub fn describe_as(&self, change: impl FnOnce(&mut Description)) {
        change(&mut self.state().description);
    }

    /// Every call takes this long from now on.
    pub fn slow_down(&self, pace: Duration) {
        self.state().pace = pace;
    }

    /// How many calls have changed something.
    pub fn writes(&self) -> usize {
        self.state().writes
    }

    fn store(&self, version: VersionId, value: Option<Document>, stages: Vec<Stage>) {
        let created = self.clock.advance(Duration::from_millis(1));
        let stored = Stored {
            value,
            stages,
            created,
        };
        let mut state = self.state();
        state.versions.insert(version, stored);
        state.changed = Some(created);
    }

    /// Lets another invocation have its turn, as a call over the network does.
    async fn turn(&self) {
        self.clock.advance(self.state().pace);
        let mut yielded = false;
        poll_fn(|cx| {
            if yielded {
                return Poll::Ready(());
            }
            yielded = true;
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stored {
    fn text(&self) -> Option<String> {
        Some(self.value.as_ref()?.expose().to_owned())
    }
}

impl State {
    fn stages(&self) -> Stages {
        let labelled = self
            .versions
            .iter()
            .filter(|(_, stored)| !stored.stages.is_empty());
        Stages::new(labelled.map(|(id, stored)| (id.clone(), stored.stages.clone())))
    }

    /// Counts a change.
    fn write(&mut self, clock: &TestClock) {
        self.writes += 1;
        self.changed = Some(clock.now());
    }

    fn take_off(&mut self, stage: &Stage) {
        for stored in self.versions.values_mut() {
            stored.stages.retain(|other| other != stage);
        }
    }

    fn attach(&mut self, stage: Stage, version: &VersionId) {
        self.take_off(&stage);
        if let Some(stored) = self.versions.get_mut(version) {
            stored.stages.push(stage);
        }
    }
}

impl SecretStore for MemoryStore {
    async fn describe(&self, _: &SecretId) -> Result<Description, StoreError> {
        self.turn().await;
        let state = self.state();
        Ok(Description {
            stages: state.stages(),
            changed: state.changed,
            ..state.description.clone()
        })
    }

    async fn value(&self, _: &SecretId, which: Which) -> Result<Option<Version>, StoreError> {
        self.turn().await;
        let state = self.state();
        let asked = |id: &VersionId, stored: &Stored| match &which {
            Which::Version(version) => id == version,
            Which::Stage(stage) => stored.stages.contains(stage),
            Which::Both(version, stage) => id == version && stored.stages.contains(stage),
        };
        let found = state.versions.iter().find(|(id, stored)| asked(id, stored));
        Ok(found.and_then(|(id, stored)| {
            Some(Version {
                id: id.clone(),
                value: stored.value.clone()?,
                stages: stored.stages.clone(),
                created: stored.created,
            })
        }))
    }

    async fn put_pending(
        &self,
        _: &SecretId,
        version: &VersionId,
        value: &Document,
        _: Option<&Secret>,
    ) -> Result<Put, StoreError> {
        self.turn().await;
        let created = self.clock.advance(Duration::from_millis(1));
        let mut state = self.state();
        let empty = Stored {
            value: None,
            stages: Vec::new(),
            created,
        };
        let stored = state.versions.entry(version.clone()).or_insert(empty);
        match &stored.value {
            Some(there) if there.expose() != value.expose() => return Ok(Put::Lost),
            Some(_) => return Ok(Put::Stored),
            None => stored.value = Some(value.clone()),
        }
        state.attach(Stage::Pending, version);
        state.attach(Stage::Mark(version.clone()), version);
        state.write(&self.clock);
        Ok(Put::Stored)
    }

    async fn move_stage(
        &self,
        _: &SecretId,
        stage: Stage,
        from: Option<&VersionId>,
        to: Option<&VersionId>,
    ) -> Result<Swap, StoreError> {
        self.turn().await;
        let mut state = self.state();
        if to.is_some_and(|to| !state.versions.contains_key(to)) {
            return Err(invalid("no version of that id"));
        }
        let holder = state.stages().holder(&stage).cloned();
        if holder.as_ref() != from {
            return Ok(Swap::Elsewhere);
        }
        state.take_off(&stage);
        if let Some(to) = to {
            state.attach(stage.clone(), to);
        }
        if let (Stage::Current, Some(old)) = (&stage, &holder) {
            state.attach(Stage::Previous, old);
        }
        state.write(&self.clock);
        Ok(Swap::Moved)
    }

    async fn random_password(&self, policy: &PasswordPolicy) -> Result<Secret, StoreError> {
        self.turn().await;
        policy.draw().map_err(|error| invalid(&error.to_string()))
    }

    async fn admin(&self, arn: &str) -> Result<Option<Document>, StoreError> {
        self.turn().await;
        Ok(self.state().admins.get(arn).map(Document::new))
    }
}

fn invalid(message: &str) -> StoreError {
    StoreError {
        operation: "MemoryStore",
        kind: StoreErrorKind::Invalid,
        message: message.to_owned(),
    }
}
