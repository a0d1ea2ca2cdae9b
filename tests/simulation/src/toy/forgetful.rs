//! The toy without a hook.

use rotation::testing::world::{Harness, Subject};
use rotation::{Context, GenerateContext, HookError, Rotator, Succession, Verdict};

use super::Toy;

/// The toy, whose author has forgotten `retire`.
#[derive(Clone)]
pub struct Forgetful(pub Toy);

impl Rotator for Forgetful {
    type Payload = <Toy as Rotator>::Payload;
    type Session = <Toy as Rotator>::Session;
    const NAME: &'static str = "forgetful";

    fn succession(&self, payload: &Self::Payload) -> Succession {
        self.0.succession(payload)
    }

    async fn generate(
        &self,
        cx: &GenerateContext,
        current: &Self::Payload,
    ) -> Result<Self::Payload, HookError> {
        self.0.generate(cx, current).await
    }

    async fn test(
        &self,
        cx: &Context,
        payload: &Self::Payload,
        replaces: Option<&Self::Payload>,
    ) -> Result<Verdict<Self::Session>, HookError> {
        self.0.test(cx, payload, replaces).await
    }

    async fn lock(
        &self,
        cx: &Context,
        session: &mut Self::Session,
        payload: &Self::Payload,
    ) -> Result<(), HookError> {
        self.0.lock(cx, session, payload).await
    }

    async fn set(
        &self,
        cx: &Context,
        session: &mut Self::Session,
        current: &Self::Payload,
        pending: &Self::Payload,
    ) -> Result<(), HookError> {
        self.0.set(cx, session, current, pending).await
    }

    async fn rehearse(
        &self,
        cx: &Context,
        session: &mut Self::Session,
        current: &Self::Payload,
    ) -> Result<(), HookError> {
        self.0.rehearse(cx, session, current).await
    }

    async fn close(&self, session: Self::Session) {
        self.0.close(session).await;
    }
}

impl Harness for Forgetful {
    type Rotator = Self;

    fn rotator(&self) -> Self {
        self.clone()
    }

    async fn subject(&self) -> Subject {
        self.0.subject().await
    }

    async fn accepts(&self, secret: &str) -> bool {
        self.0.accepts(secret).await
    }

    fn wrong(&self, secret: &str) -> String {
        self.0.wrong(secret)
    }

    fn unreachable(&self, secret: &str) -> String {
        self.0.unreachable(secret)
    }
}
