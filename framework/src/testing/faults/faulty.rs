//! A store, or a rotator, whose calls can fail.

use crate::context::{Context, GenerateContext};
use crate::document::Document;
use crate::error::{HookError, StoreError, StoreErrorKind};
use crate::password::PasswordPolicy;
use crate::rotator::{Rotator, Succession, TestsAsAdmin, Verdict};
use crate::secret::Secret;
use crate::store::{Description, Put, SecretStore, Swap, Version, Which};
use crate::version::{SecretId, Stage, VersionId};

use super::{Failure, Fate, Faults};

/// A store or a rotator. A [`Fate`] decides what becomes of each of its calls but `close`.
#[derive(Debug)]
pub struct Faulty<T, F = Faults> {
    inner: T,
    fate: F,
}

impl<T, F> Faulty<T, F> {
    /// Wraps `inner`.
    pub fn new(inner: T, fate: F) -> Self {
        Self { inner, fate }
    }
}

fn store_fault(failure: Failure, operation: &'static str) -> StoreError {
    let kind = match failure {
        Failure::Lost => StoreErrorKind::Unavailable,
        Failure::Refused => StoreErrorKind::Denied,
    };
    StoreError {
        operation,
        kind,
        message: "a fault of the test".into(),
    }
}

fn hook_fault(failure: Failure, hook: &'static str) -> HookError {
    let text = format!("{hook}: a fault of the test");
    match failure {
        Failure::Lost => HookError::failed(text),
        Failure::Refused => HookError::refused(text),
    }
}

#[deny(clippy::missing_trait_methods)]
impl<S: SecretStore, F: Fate> SecretStore for Faulty<S, F> {
    async fn describe(&self, id: &SecretId) -> Result<Description, StoreError> {
        self.fate
            .meet("describe", store_fault, self.inner.describe(id))
            .await
    }

    async fn value(&self, id: &SecretId, which: Which) -> Result<Option<Version>, StoreError> {
        self.fate
            .meet("value", store_fault, self.inner.value(id, which))
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
        self.fate.meet("put_pending", store_fault, request).await
    }

    async fn move_stage(
        &self,
        id: &SecretId,
        stage: Stage,
        from: Option<&VersionId>,
        to: Option<&VersionId>,
    ) -> Result<Swap, StoreError> {
        let request = self.inner.move_stage(id, stage, from, to);
        self.fate.meet("move_stage", store_fault, request).await
    }

    async fn random_password(&self, policy: &PasswordPolicy) -> Result<Secret, StoreError> {
        let request = self.inner.random_password(policy);
        self.fate
            .meet("random_password", store_fault, request)
            .await
    }

    async fn admin(&self, arn: &str) -> Result<Option<Document>, StoreError> {
        self.fate
            .meet("admin", store_fault, self.inner.admin(arn))
            .await
    }
}

#[deny(clippy::missing_trait_methods)]
impl<R: Rotator, F: Fate> Rotator for Faulty<R, F> {
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
        self.fate
            .meet("generate", hook_fault, self.inner.generate(cx, current))
            .await
    }

    async fn test(
        &self,
        cx: &Context,
        payload: &R::Payload,
        replaces: Option<&R::Payload>,
    ) -> Result<Verdict<R::Session>, HookError> {
        let request = self.inner.test(cx, payload, replaces);
        self.fate.meet("test", hook_fault, request).await
    }

    async fn lock(
        &self,
        cx: &Context,
        session: &mut R::Session,
        payload: &R::Payload,
    ) -> Result<(), HookError> {
        self.fate
            .meet("lock", hook_fault, self.inner.lock(cx, session, payload))
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
        self.fate.meet("set", hook_fault, request).await
    }

    async fn retire(
        &self,
        cx: &Context,
        session: &mut R::Session,
        keep: &R::Payload,
        retired: &R::Payload,
    ) -> Result<(), HookError> {
        let request = self.inner.retire(cx, session, keep, retired);
        self.fate.meet("retire", hook_fault, request).await
    }

    async fn rehearse(
        &self,
        cx: &Context,
        session: &mut R::Session,
        current: &R::Payload,
    ) -> Result<(), HookError> {
        self.fate
            .meet(
                "rehearse",
                hook_fault,
                self.inner.rehearse(cx, session, current),
            )
            .await
    }

    async fn discard(&self, cx: &Context, issued: &R::Payload) -> Result<(), HookError> {
        self.fate
            .meet("discard", hook_fault, self.inner.discard(cx, issued))
            .await
    }

    async fn restore(&self, cx: &Context, forgotten: &R::Payload) -> Result<(), HookError> {
        let request = self.inner.restore(cx, forgotten);
        self.fate.meet("restore", hook_fault, request).await
    }

    async fn close(&self, session: R::Session) {
        self.inner.close(session).await;
    }
}
