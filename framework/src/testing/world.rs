//! A secret, a target and the engine between them.

mod repair;

use std::future::Future;
use std::time::Duration;

use crate::clock::Clock;
use crate::config::Config;
use crate::document::Document;
use crate::engine::{Engine, Limits, Report};
use crate::error::RotationError;
use crate::event::{Event, Step};
use crate::rotator::{Rotator, Succession};
use crate::version::{SecretId, Stage, VersionId};

use super::faults::{Fate, Faulty};
use super::{Faults, MemoryStore, TestClock, another_secret_id, version_id};

/// The suite's way to a target. A harness asks the target without the rotator, so that no rotator checks itself.
pub trait Harness: Sync {
    /// The rotator under test.
    type Rotator: Rotator;

    /// A new rotator, as in a new process.
    fn rotator(&self) -> Self::Rotator;

    /// Makes an account of its own on the target, with a credential that works.
    fn subject(&self) -> impl Future<Output = Subject> + Send;

    /// Returns true if the target accepts the credential in this JSON.
    fn accepts(&self, secret: &str) -> impl Future<Output = bool> + Send;

    /// The same JSON with another credential, which the target refuses. No message may contain this credential as an ordinary
    /// word, since [`leaks_nothing`](super::conformance::leaks_nothing) searches all messages for it.
    fn wrong(&self, secret: &str) -> String;

    /// The same JSON for a target where nobody answers.
    fn unreachable(&self, secret: &str) -> String;

    /// The same JSON for a target that says no for another reason: it is full, it starts, or it is forbidden to go there. `None`, if
    /// the target has no such answer.
    fn busy(&self, _secret: &str) -> Option<String> {
        None
    }

    /// The same credential under the name of another principal, who is there. `None`, if the JSON names no principal.
    fn another_principal(&self, _secret: &str) -> Option<String> {
        None
    }

    /// Returns true if [`lock`](Rotator::lock) keeps others out. Some targets that take one value have nothing to lock.
    fn has_lock(&self) -> bool {
        true
    }

    /// The function's settings.
    fn config(&self) -> Config {
        Config::default()
    }
}

/// The account that a [`Harness`] made for one check.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The value of the secret.
    pub secret: String,
    /// ARN and value of the administrator's secret, if the secret names one.
    pub admin: Option<(String, String)>,
}

/// The report of one invocation, and its result.
pub type Invoked = (Report, Result<(), RotationError>);

/// One secret and its target, through any number of rotations.
pub struct World<'a, H> {
    harness: &'a H,
    /// The secret's ARN. Each world has another one, since it is the key of the target's lock.
    pub secret_id: SecretId,
    /// Secrets Manager.
    pub store: MemoryStore,
    /// The time.
    pub clock: TestClock,
    /// The calls that may fail.
    pub faults: Faults,
    /// The function's settings: at first, those of the harness.
    pub config: Config,
    /// The function's time limit. It is 60 s at first.
    pub timeout: Duration,
    /// The function's ARN. With `None`, the steps run as outside Lambda.
    pub function: Option<String>,
    /// True if createSecret comes without a RotateSecret before it, as from the command line.
    pub fresh: bool,
    /// True if the function serves only this secret.
    pub alone: bool,
    /// Every report and every error's text, with its type.
    pub told: Vec<String>,
    rotations: usize,
}

impl<'a, H: Harness> World<'a, H> {
    /// A world with a new account.
    pub async fn new(harness: &'a H) -> Self {
        let subject = harness.subject().await;
        Self::with(harness, &subject)
    }

    /// A world with this account.
    pub fn with(harness: &'a H, subject: &Subject) -> Self {
        let (clock, secret_id) = (TestClock::default(), another_secret_id());
        let store = MemoryStore::new(clock.clone(), &secret_id, &subject.secret);
        if let Some((arn, value)) = &subject.admin {
            store.add_admin(arn, value);
        }
        Self {
            harness,
            secret_id,
            store,
            clock,
            faults: Faults::none(),
            config: harness.config(),
            timeout: Duration::from_secs(60),
            function: None,
            fresh: false,
            alone: false,
            told: Vec::new(),
            rotations: 0,
        }
    }

    /// Secrets Manager begins a rotation. Returns its version.
    pub fn begin(&mut self) -> VersionId {
        self.rotations += 1;
        let version = version_id(self.rotations);
        self.store.begin(&version);
        version
    }

    /// Runs one step in a new process.
    ///
    /// # Errors
    /// The error of the engine.
    pub async fn step(&mut self, version: &VersionId, step: Step) -> Result<Report, RotationError> {
        let (report, ended) = self.invoke(version, step).await;
        if let Err(error) = &ended {
            self.told
                .push(format!("{} {error} {error:?}", error.error_type()));
        }
        self.told.push(format!("{report:?}"));
        ended.map(|()| report)
    }

    /// Like [`step`](Self::step), but several can run at the same time. Nothing is added to `told`.
    pub async fn invoke(&self, version: &VersionId, step: Step) -> Invoked {
        self.invoke_by(version, step, self.faults.clone()).await
    }

    /// Like [`invoke`](Self::invoke), with another [`Fate`] for its calls. The future owns all that it needs.
    pub fn invoke_by<F: Fate + Clone>(
        &self,
        version: &VersionId,
        step: Step,
        fate: F,
    ) -> impl Future<Output = Invoked> + Send + use<H, F> {
        let rotator = Faulty::new(self.harness.rotator(), fate.clone());
        let store = Faulty::new(self.store.clone(), fate);
        let config = Config {
            only_secret: self.alone.then(|| self.secret_id.clone()),
            ..self.config.clone()
        };
        let engine = Engine::new(rotator, store, self.clock.clone(), config);
        let event = Event::new(step, self.secret_id.clone(), version.clone());
        let limits = Limits {
            deadline: self.clock.now() + self.timeout,
            horizon: self.horizon(),
            function: self.function.clone(),
            fresh: self.fresh && step == Step::CreateSecret,
        };
        async move { engine.run(&event, &limits).await }
    }

    /// The longest time after its start in which an invocation can still do something.
    pub fn horizon(&self) -> Duration {
        self.timeout + Duration::from_secs(15)
    }

    /// Runs the four steps, up to the first that fails.
    ///
    /// # Errors
    /// The error of the step that failed.
    pub async fn steps(&mut self, version: &VersionId) -> Result<(), RotationError> {
        for step in Step::ALL {
            self.step(version, step).await?;
        }
        Ok(())
    }

    /// Runs a whole rotation.
    ///
    /// # Panics
    /// If it fails, or if the target does not accept its result.
    pub async fn rotate(&mut self) -> VersionId {
        let version = self.begin();
        self.finish(&version).await;
        version
    }

    /// Runs all four steps of a rotation that may have begun already.
    ///
    /// # Panics
    /// If one fails, or if the target does not accept the result.
    pub async fn finish(&mut self, version: &VersionId) {
        if let Err(error) = self.steps(version).await {
            panic!("a step failed: {error}\n{:#?}", self.store.stages());
        }
        let stages = self.store.stages();
        assert_eq!(
            stages.holder(&Stage::Current),
            Some(version),
            "AWSCURRENT did not move"
        );
        assert!(
            self.current_accepted().await,
            "AWSCURRENT is not accepted after a rotation"
        );
    }

    /// Returns true if the target accepts AWSCURRENT.
    pub async fn current_accepted(&self) -> bool {
        self.accepts(&Stage::Current).await
    }

    /// Returns true if the target accepts the credential under `stage`.
    pub async fn accepts(&self, stage: &Stage) -> bool {
        match self.store.value_of(stage) {
            Some(value) => self.harness.accepts(&value).await,
            None => false,
        }
    }

    /// A new instance of the rotator under test.
    pub fn rotator(&self) -> H::Rotator {
        self.harness.rotator()
    }

    /// Checks the guarantees that hold at every instant.
    ///
    /// # Panics
    /// If one of them does not hold.
    pub async fn assert_guarantees(&self, when: &str) {
        if self.current_accepted().await {
            return;
        }
        let succession = self.succession();
        assert!(
            succession == Succession::Replace,
            "{when} the target refuses AWSCURRENT's credential. `succession` says {succession:?}, by which it works until {}",
            match succession {
                Succession::Coexist => "`retire`",
                _ => "a later `set`",
            }
        );
        for value in self.store.labelled_values() {
            if self.harness.accepts(&value).await {
                return;
            }
        }
        panic!(
            "{when}: locked out: no labelled version is accepted\n{:#?}",
            self.store.stages()
        );
    }

    /// The fate of AWSCURRENT's credential.
    ///
    /// # Panics
    /// If AWSCURRENT has no value that the rotator can read.
    pub fn succession(&self) -> Succession {
        let rotator = self.harness.rotator();
        rotator.succession(&self.current(&rotator))
    }

    /// Returns true if the target issues AWSCURRENT's credential.
    ///
    /// # Panics
    /// If AWSCURRENT has no value that the rotator can read.
    pub fn issues(&self) -> bool {
        let rotator = self.harness.rotator();
        rotator.issues(&self.current(&rotator))
    }

    fn current(&self, rotator: &H::Rotator) -> <H::Rotator as Rotator>::Payload {
        let value = self.store.value_of(&Stage::Current);
        let document = Document::new(value.expect("AWSCURRENT has a value"));
        let payload = document.parse().expect("a value that the rotator reads");
        rotator
            .complete(payload)
            .expect("a value that suits the rotator")
    }
}
