//! Rotators that do not keep one promise: each must fail the conformance suite, in words that say which.

mod how;

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use rotation::config::{Config, Strategy};
use rotation::event::Step;
use rotation::settings::Setting;
use rotation::testing::conformance;
use rotation::testing::world::{Harness, Subject};
use rotation::{
    Context, GenerateContext, HookError, Rejection, Rotator, Succession, TestsAsAdmin, Verdict,
};

pub use how::How;

/// A rotator, but for one promise.
pub struct Wrong<R> {
    inner: R,
    how: How,
}

/// The harness of a rotator, but for one promise.
pub struct WrongHarness<'h, H> {
    harness: &'h H,
    how: How,
}

impl<'h, H: Harness> WrongHarness<'h, H> {
    /// With a rotator that is wrong in this way.
    pub fn new(harness: &'h H, how: How) -> Self {
        Self { harness, how }
    }
}

/// The words with which a check fails.
///
/// # Panics
/// If it does not fail.
pub async fn failure(check: impl Future<Output = ()>) -> String {
    let ended = AssertUnwindSafe(check).catch_unwind().await;
    let panic = ended.expect_err("a wrong rotator passes the suite");
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => panic
            .downcast::<&str>()
            .map_or_else(|_| String::new(), |text| (*text).to_owned()),
    }
}

/// Of what coexists: each wrong way with old credentials fails, in the words that say which.
///
/// # Panics
/// If one passes, or fails in other words.
pub async fn old_credentials<H: Harness>(harness: &H) {
    let refused = "the target refuses AWSCURRENT's credential. `succession` says Coexist";
    for (how, words) in [
        (
            How::SaysDisplace,
            "still accepts a credential that is older than AWSPREVIOUS's",
        ),
        (
            How::NoRetire,
            "by which `retire` ends it in the next rotation",
        ),
        (How::SetEndsCurrent, refused),
        (How::RetireEndsKept, refused),
    ] {
        let wrong = WrongHarness::new(harness, how);
        says(failure(conformance::rotates(&wrong)).await, words);
    }
}

/// Of a target that holds two credentials: a `set` after which the old one is dead fails.
///
/// # Panics
/// If it passes, or fails in other words.
pub async fn set_ends_current<H: Harness>(harness: &H) {
    let wrong = WrongHarness::new(harness, How::SetEndsCurrent);
    let words = "the target refuses AWSCURRENT's credential";
    says(failure(conformance::rotates(&wrong)).await, words);
}

/// Where there is a lock: one that keeps nobody out fails.
///
/// # Panics
/// If it passes, or fails in other words.
pub async fn locks<H: Harness>(harness: &H) {
    let wrong = WrongHarness::new(harness, How::NoLock);
    let words = "two sessions hold the lock of one secret";
    says(failure(conformance::keeps_others_out(&wrong)).await, words);
}

/// Each wrong reading of an answer fails. `step` is the first that asks the target.
///
/// # Panics
/// If one passes, or fails in other words.
pub async fn answers<H: Harness>(harness: &H, step: Step) {
    let wrong = WrongHarness::new(harness, How::ErrorIsReject);
    let said = failure(conformance::tells_reject_from_error(&wrong)).await;
    says(said, "no answer reads as a refusal");
    if harness.busy(&harness.subject().await.secret).is_some() {
        let said = failure(conformance::tells_busy_from_reject(&wrong)).await;
        says(said, "and `test` says Reject");
    }
    let wrong = WrongHarness::new(harness, How::AcceptsAnything);
    let said = failure(conformance::tells_reject_from_error(&wrong)).await;
    says(said, &format!("{step} must fail"));
}

fn says(said: String, words: &str) {
    assert!(said.contains(words), "{words}: {said}");
}

#[deny(clippy::missing_trait_methods)]
impl<H: Harness> Harness for WrongHarness<'_, H> {
    type Rotator = Wrong<H::Rotator>;

    fn rotator(&self) -> Self::Rotator {
        Wrong {
            inner: self.harness.rotator(),
            how: self.how,
        }
    }

    async fn subject(&self) -> Subject {
        self.harness.subject().await
    }

    async fn accepts(&self, secret: &str) -> bool {
        self.harness.accepts(secret).await
    }

    fn wrong(&self, secret: &str) -> String {
        self.harness.wrong(secret)
    }

    fn unreachable(&self, secret: &str) -> String {
        self.harness.unreachable(secret)
    }

    fn busy(&self, secret: &str) -> Option<String> {
        self.harness.busy(secret)
    }

    fn another_principal(&self, secret: &str) -> Option<String> {
        self.harness.another_principal(secret)
    }

    fn has_lock(&self) -> bool {
        self.harness.has_lock()
    }

    fn config(&self) -> Config {
        self.harness.config()
    }
}

/// Without a session, nothing is done: only what accepts anything has none.
#[deny(clippy::missing_trait_methods)]
impl<R: Rotator> Rotator for Wrong<R> {
    type Payload = R::Payload;
    type Session = Option<R::Session>;
    const NAME: &'static str = R::NAME;
    const EXCLUDE_CHARACTERS: &'static str = R::EXCLUDE_CHARACTERS;
    const SETTINGS: &'static [Setting] = R::SETTINGS;
    const STRATEGIES: &'static [Strategy] = R::STRATEGIES;
    const TESTS_AS_ADMIN: TestsAsAdmin = R::TESTS_AS_ADMIN;

    fn complete(&self, payload: R::Payload) -> Result<R::Payload, String> {
        self.inner.complete(payload)
    }

    fn issues(&self, payload: &R::Payload) -> bool {
        self.inner.issues(payload)
    }

    fn succession(&self, payload: &R::Payload) -> Succession {
        match self.how {
            How::SaysDisplace => Succession::Displace,
            _ => self.inner.succession(payload),
        }
    }

    async fn generate(
        &self,
        cx: &GenerateContext,
        current: &R::Payload,
    ) -> Result<R::Payload, HookError> {
        self.inner.generate(cx, current).await
    }

    async fn test(
        &self,
        cx: &Context,
        payload: &R::Payload,
        replaces: Option<&R::Payload>,
    ) -> Result<Verdict<Self::Session>, HookError> {
        match (self.inner.test(cx, payload, replaces).await, self.how) {
            (Ok(Verdict::Accept(session)), _) => Ok(Verdict::Accept(Some(session))),
            (_, How::AcceptsAnything) => Ok(Verdict::Accept(None)),
            (Ok(Verdict::Reject(why)), _) => Ok(Verdict::Reject(why)),
            (Err(error), How::ErrorIsReject) => Ok(Verdict::Reject(Rejection::new(error.text()))),
            (Err(error), _) => Err(error),
        }
    }

    async fn lock(
        &self,
        cx: &Context,
        session: &mut Self::Session,
        payload: &R::Payload,
    ) -> Result<(), HookError> {
        match session {
            Some(session) if self.how != How::NoLock => self.inner.lock(cx, session, payload).await,
            _ => Ok(()),
        }
    }

    async fn set(
        &self,
        cx: &Context,
        session: &mut Self::Session,
        current: &R::Payload,
        pending: &R::Payload,
    ) -> Result<(), HookError> {
        let Some(session) = session else {
            return Ok(());
        };
        self.inner.set(cx, session, current, pending).await?;
        if self.how != How::SetEndsCurrent {
            return Ok(());
        }
        match self.inner.succession(current) {
            Succession::Coexist | Succession::Displace => {
                self.inner.retire(cx, session, pending, current).await
            }
            _ => self.inner.set(cx, session, current, pending).await,
        }
    }

    async fn retire(
        &self,
        cx: &Context,
        session: &mut Self::Session,
        keep: &R::Payload,
        retired: &R::Payload,
    ) -> Result<(), HookError> {
        match (session, self.how) {
            (None, _) | (_, How::NoRetire) => Ok(()),
            (Some(session), How::RetireEndsKept) => {
                self.inner.retire(cx, session, retired, keep).await
            }
            (Some(session), _) => self.inner.retire(cx, session, keep, retired).await,
        }
    }

    async fn rehearse(
        &self,
        cx: &Context,
        session: &mut Self::Session,
        current: &R::Payload,
    ) -> Result<(), HookError> {
        match (session, self.how) {
            (None, _) => Ok(()),
            (Some(session), How::Lasts) => self.inner.retire(cx, session, current, current).await,
            (Some(session), _) => self.inner.rehearse(cx, session, current).await,
        }
    }

    async fn discard(&self, cx: &Context, issued: &R::Payload) -> Result<(), HookError> {
        self.inner.discard(cx, issued).await
    }

    async fn restore(&self, cx: &Context, forgotten: &R::Payload) -> Result<(), HookError> {
        self.inner.restore(cx, forgotten).await
    }

    async fn close(&self, session: Self::Session) {
        if let Some(session) = session {
            self.inner.close(session).await;
        }
    }
}
