//! A rotator that tests and rehearses, and changes nothing.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::config::Strategy;
use crate::context::{Context, GenerateContext, Told};
use crate::document::Document;
use crate::error::HookError;
use crate::password::PasswordPolicy;
use crate::rotator::{Payload, Rejection, Rotator, Succession, TestsAsAdmin, Verdict};
use crate::secret::Secret;
use crate::settings::{Setting, Shared};

use super::book::{Book, Party};
use super::stand_in::stand_in;
use crate::engine::known::secrets;

/// Another rotator, whose `set` is rehearsed. The new credential is refused before that, and accepted after it.
pub(super) struct Rehearsing<R> {
    rotator: R,
    book: Arc<Book>,
    told: Arc<Told>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The secret's own, as `generate` got it.
    policy: Option<PasswordPolicy>,
    /// The new credential.
    new: Option<Secret>,
    /// The target would accept the new one.
    set: bool,
    /// What the target refused, and how it said so last.
    refused: Vec<Secret>,
    said: Option<Rejection>,
}

impl<R: Rotator> Rehearsing<R> {
    pub(super) fn new(rotator: R, book: Arc<Book>) -> Self {
        Self {
            rotator,
            book,
            told: Arc::default(),
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_new(&self, payload: &R::Payload) -> bool {
        let state = self.state();
        let new = state.new.as_ref();
        new.is_some_and(|new| new.expose() == payload.credential().expose())
    }

    fn is_refused(&self, payload: &R::Payload) -> bool {
        let credential = payload.credential().expose();
        let state = self.state();
        state
            .refused
            .iter()
            .any(|known| known.expose() == credential)
    }

    /// What the target would say to the new credential. It knows it as little as any other that it refuses.
    fn foreseen(&self) -> Verdict<Option<R::Session>> {
        let state = self.state();
        match state.set {
            true => Verdict::Accept(None),
            false => Verdict::Reject(match &state.said {
                Some(said) => said.clone(),
                None => Rejection::new("it was not set yet"),
            }),
        }
    }

    fn login(&self, payload: &R::Payload) {
        let user = match payload.principal() {
            "" => String::new(),
            user => format!(" as user {user}"),
        };
        let text = format!("log in{user} at {}", payload.target());
        self.book.note(Party::Target, false, &text);
    }

    /// What `set` would be refused for, on a session that `current` opened.
    async fn rehearsed(
        &self,
        cx: &Context,
        session: &mut R::Session,
        current: &R::Payload,
    ) -> Result<(), HookError> {
        let policy = self.state().policy.clone();
        let cx = Context {
            policy: policy.unwrap_or_else(|| cx.policy.clone()),
            told: Some(Arc::clone(&self.told)),
            ..cx.clone()
        };
        let ended = self.rotator.rehearse(&cx, session, current).await;
        let mut hidden: Vec<Secret> = secrets(current).cloned().collect();
        hidden.extend(cx.admin.iter().flat_map(Document::guarded));
        let changes = self.told.take(&hidden);
        // The engine asks again.
        let again = ended
            .as_ref()
            .err()
            .and_then(HookError::unclaimed_principal);
        for change in changes.iter().filter(|_| again.is_none()) {
            self.book.note(Party::Target, true, change);
        }
        ended
    }

    fn not_rehearsed(&self, what: &str, payload: &R::Payload) {
        let text = format!(
            "{what} of {} (not rehearsed: the target refuses AWSCURRENT)",
            payload.principal()
        );
        self.book.note(Party::Target, true, &text);
    }

    /// What the target would be asked for, and what stands for its answer.
    async fn issued(
        &self,
        cx: &GenerateContext,
        current: &R::Payload,
    ) -> Result<R::Payload, HookError> {
        if self.is_refused(current) {
            self.not_rehearsed("make a credential", current);
        } else if let Verdict::Accept(mut session) = self.rotator.test(cx, current, None).await? {
            let ended = self.rehearsed(cx, &mut session, current).await;
            self.rotator.close(session).await;
            ended?;
        }
        let document = self.book.current();
        let new = document.and_then(|document| stand_in(&self.rotator, &document, current));
        new.ok_or_else(|| {
            let why = "what comes after the target has made the new credential cannot be foreseen";
            self.book.cannot_foresee(why);
            HookError::refused(why)
        })
    }
}

impl<R: Rotator> Rotator for Rehearsing<R> {
    type Payload = R::Payload;
    /// The new credential opens none.
    type Session = Option<R::Session>;
    const NAME: &'static str = R::NAME;
    const EXCLUDE_CHARACTERS: &'static str = R::EXCLUDE_CHARACTERS;
    const SETTINGS: &'static [Setting] = R::SETTINGS;
    const SHARED_SETTINGS: &'static [Shared] = R::SHARED_SETTINGS;
    const STRATEGIES: &'static [Strategy] = R::STRATEGIES;
    const TESTS_AS_ADMIN: TestsAsAdmin = R::TESTS_AS_ADMIN;

    fn complete(&self, payload: R::Payload) -> Result<R::Payload, String> {
        self.rotator.complete(payload)
    }

    fn issues(&self, payload: &R::Payload) -> bool {
        self.rotator.issues(payload)
    }

    fn succession(&self, payload: &R::Payload) -> Succession {
        self.rotator.succession(payload)
    }

    async fn generate(
        &self,
        cx: &GenerateContext,
        current: &R::Payload,
    ) -> Result<R::Payload, HookError> {
        self.state().policy = Some(cx.policy.clone());
        let issues = self.rotator.issues(current);
        let new = match issues {
            true => self.issued(cx, current).await?,
            false => self.rotator.generate(cx, current).await?,
        };
        let mut state = self.state();
        state.new = Some(new.credential().clone());
        state.set = issues;
        drop(state);
        Ok(new)
    }

    async fn test(
        &self,
        cx: &Context,
        payload: &R::Payload,
        replaces: Option<&R::Payload>,
    ) -> Result<Verdict<Option<R::Session>>, HookError> {
        self.login(payload);
        if self.is_new(payload) {
            return Ok(self.foreseen());
        }
        Ok(match self.rotator.test(cx, payload, replaces).await? {
            Verdict::Accept(session) => Verdict::Accept(Some(session)),
            Verdict::Reject(said) => {
                let mut state = self.state();
                state.refused.push(payload.credential().clone());
                state.said = Some(said.clone());
                Verdict::Reject(said)
            }
        })
    }

    async fn lock(
        &self,
        cx: &Context,
        session: &mut Option<R::Session>,
        payload: &R::Payload,
    ) -> Result<(), HookError> {
        self.book
            .note(Party::Target, false, "take the lock of this secret");
        match session {
            Some(session) => self.rotator.lock(cx, session, payload).await,
            None => Ok(()),
        }
    }

    async fn set(
        &self,
        cx: &Context,
        session: &mut Option<R::Session>,
        current: &R::Payload,
        pending: &R::Payload,
    ) -> Result<(), HookError> {
        match session {
            _ if self.rotator.issues(current) => {}
            Some(session) if !self.is_refused(current) => {
                self.rehearsed(cx, session, current).await?;
            }
            _ => self.not_rehearsed("set the new credential", pending),
        }
        self.state().set = true;
        Ok(())
    }

    async fn retire(
        &self,
        _: &Context,
        _: &mut Option<R::Session>,
        _: &R::Payload,
        retired: &R::Payload,
    ) -> Result<(), HookError> {
        let text = format!("end an older credential of {}", retired.principal());
        self.book.note(Party::Target, true, &text);
        Ok(())
    }

    async fn rehearse(
        &self,
        cx: &Context,
        session: &mut Option<R::Session>,
        current: &R::Payload,
    ) -> Result<(), HookError> {
        match session {
            Some(session) => self.rehearsed(cx, session, current).await,
            None => Ok(()),
        }
    }

    async fn close(&self, session: Option<R::Session>) {
        if let Some(session) = session {
            self.rotator.close(session).await;
        }
    }
}
