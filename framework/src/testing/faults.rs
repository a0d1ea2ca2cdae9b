//! Calls that fail on demand. One counter numbers all calls to the store and to the hooks.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::context::{Context, GenerateContext};
use crate::document::Document;
use crate::error::{HookError, StoreError, StoreErrorKind};
use crate::password::PasswordPolicy;
use crate::rotator::{Rotator, Succession, TestsAsAdmin, Verdict};
use crate::secret::Secret;
use crate::store::{Description, Put, SecretStore, Swap, Version, Which};
use crate::version::{SecretId, Stage, VersionId};

/// Where in a call the fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The request was lost, so nothing happened.
    Before,
    /// The call took effect, and the answer was lost.
    After,
}

/// A plan for one fault, and a record of it. Clones share both.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Plan>>);

#[derive(Debug, Default)]
struct Plan {
    next: usize,
    at: Option<(usize, When)>,
    fired: Option<&'static str>,
}

impl Faults {
    /// No call fails. The calls are only counted.
    pub fn none() -> Self {
        Self::default()
    }

    /// The `n`-th call from now fails. The next call is number 0.
    pub fn arm(&self, n: usize, when: When) {
        let mut plan = self.plan();
        *plan = Plan {
            next: 0,
            at: Some((n, when)),
            fired: None,
        };
    }

    /// No call fails from now on.
    pub fn disarm(&self) {
        self.plan().at = None;
    }

    /// The name of the call that failed, if one did.
    pub fn fired(&self) -> Option<&'static str> {
        self.plan().fired
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Numbers this call, and says whether it fails.
    fn count(&self, call: &'static str) -> Option<When> {
        let mut plan = self.plan();
        let n = plan.next;
        plan.next += 1;
        let when = plan.at.filter(|(at, _)| *at == n).map(|(_, when)| when)?;
        plan.fired = Some(call);
        Some(when)
    }

    async fn through<T, E>(
        &self,
        call: &'static str,
        lost: impl Fn(&'static str) -> E,
        request: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        match self.count(call) {
            Some(When::Before) => Err(lost(call)),
            Some(When::After) => {
                let _ = request.await?;
                Err(lost(call))
            }
            None => request.await,
        }
    }
}

fn store_fault(operation: &'static str) -> StoreError {
    let message = "a fault of the test".into();
    StoreError {
        operation,
        kind: StoreErrorKind::Unavailable,
        message,
    }
}

fn hook_fault(hook: &'static str) -> HookError {
    HookError::failed(format!("{hook}: a fault of the test"))
}

/// A store or a rotator whose calls can fail.
#[derive(Debug)]
pub struct Faulty<T> {
    inner: T,
    faults: Faults,
}

impl<T> Faulty<T> {
    /// Wraps `inner`.
    pub fn new(inner: T, faults: Faults) -> Self {
        Self { inner, faults }
    }
}

#[deny(clippy::missing_trait_methods)]
impl<S: SecretStore> SecretStore for Faulty<S> {
    async fn describe(&self, id: &SecretId) -> Result<Description, StoreError> {
        self.faults
            .through("describe", store_fault, self.inner.describe(id))
            .await
    }

    async fn value(&self, id: &SecretId, which: Which) -> Result<Option<Version>, StoreError> {
        self.faults
            .through("value", store_fault, self.inner.value(id, which))
            .await
    }

    async fn put_pending(
        &self,
        id: &SecretId,
        version: &VersionId,
        value: &Document,
        token: Option<&Secret>,
    ) -> Result<Put, StoreError> {
        let request = self.inner.put_pending(id, version, value, token);
        self.faults
            .through("put_pending", store_fault, request)
            .await
    }

    async fn move_stage(
        &self,
        id: &SecretId,
        stage: Stage,
        from: Option<&VersionId>,
        to: Option<&VersionId>,
    ) -> Result<Swap, StoreError> {
        let request = self.inner.move_stage(id, stage, from, to);
        self.faults
            .through("move_stage", store_fault, request)
            .await
    }

    async fn random_password(&self, policy: &PasswordPolicy) -> Result<Secret, StoreError> {
        let request = self.inner.random_password(policy);
        self.faults
            .through("random_password", store_fault, request)
            .await
    }

    async fn admin(&self, arn: &str) -> Result<Option<Document>, StoreError> {
        self.faults
            .through("admin", store_fault, self.inner.admin(arn))
            .await
    }
}

#[deny(clippy::missing_trait_methods)]
impl<R: Rotator> Rotator for Faulty<R> {
    type Payload = R::Payload;
    type Session = R::Session;
    const NAME: &'static str = R::NAME;
    const EXCLUDE_CHARACTERS: &'static str = R::EXCLUDE_CHARACTERS;
    const SETTINGS: &'static [crate::settings::Setting] = R::SETTINGS;
    const STRATEGIES: &'static [crate::config::Strategy] = R::STRATEGIES;
    const TESTS_AS_ADMIN: TestsAsAdmin = R::TESTS_AS_ADMIN;

    fn complete(&self, payload: R::Payload) -> Result<R::Payload, String> {
        self.inner.complete(payload)
    }

    fn issues(&self, payload: &R::Payload) -> bool {
        self.inner.issues(payload)
    }

    fn succession(&self, payload: &R::Payload) -> Succession {
        self.inner.succession(payload)
    }

    async fn generate(
        &self,
        cx: &GenerateContext,
        current: &R::Payload,
    ) -> Result<R::Payload, HookError> {
        self.faults
            .through("generate", hook_fault, self.inner.generate(cx, current))
            .await
    }

    async fn test(
        &self,
        cx: &Context,
        payload: &R::Payload,
        replaces: Option<&R::Payload>,
    ) -> Result<Verdict<R::Session>, HookError> {
        let request = self.inner.test(cx, payload, replaces);
        self.faults.through("test", hook_fault, request).await
    }

    async fn lock(
        &self,
        cx: &Context,
        session: &mut R::Session,
        payload: &R::Payload,
    ) -> Result<(), HookError> {
        self.faults
            .through("lock", hook_fault, self.inner.lock(cx, session, payload))
            .await
    }

    async fn set(
        &self,
        cx: &Context,
        session: &mut R::Session,
        current: &R::Payload,
        pending: &R::Payload,
    ) -> Result<(), HookError> {
        let request = self.inner.set(cx, session, current, pending);
        self.faults.through("set", hook_fault, request).await
    }

    async fn retire(
        &self,
        cx: &Context,
        session: &mut R::Session,
        keep: &R::Payload,
        retired: &R::Payload,
    ) -> Result<(), HookError> {
        let request = self.inner.retire(cx, session, keep, retired);
        self.faults.through("retire", hook_fault, request).await
    }

    async fn rehearse(
        &self,
        cx: &Context,
        session: &mut R::Session,
        current: &R::Payload,
    ) -> Result<(), HookError> {
        self.faults
            .through(
                "rehearse",
                hook_fault,
                self.inner.rehearse(cx, session, current),
            )
            .await
    }

    async fn discard(&self, cx: &Context, issued: &R::Payload) -> Result<(), HookError> {
        self.faults
            .through("discard", hook_fault, self.inner.discard(cx, issued))
            .await
    }

    async fn restore(&self, cx: &Context, forgotten: &R::Payload) -> Result<(), HookError> {
        let request = self.inner.restore(cx, forgotten);
        self.faults.through("restore", hook_fault, request).await
    }

    async fn close(&self, session: R::Session) {
        self.inner.close(session).await;
    }
}
