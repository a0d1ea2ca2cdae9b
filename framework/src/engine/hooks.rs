//! The calls to the rotator's hooks, each for one [`Next`].

use crate::clock::Clock;
use crate::config::PasswordSource;
use crate::context::{Context, GenerateContext};
use crate::document::Document;
use crate::error::{HookError, RotationError};
use crate::protocol::Who;
use crate::rotator::{Rejection, Rotator, Succession, TestsAsAdmin, Verdict};
use crate::secret::Secret;
use crate::store::SecretStore;

use super::attempt::{Attempt, Learned};

impl<R: Rotator, S: SecretStore, C: Clock> Attempt<'_, R, S, C> {
    /// Opens a session. If another one is held, it is closed first, since it may hold the lock that the new one must take.
    pub(super) async fn open(&self, who: Who) -> Result<Learned<R>, RotationError> {
        let payload = self.knowledge.payload(who)?;
        self.let_go_of_held().await;
        let cx = self.context_to_test(payload, None).await?;
        Ok(match self.tested(&cx, payload, None).await? {
            Verdict::Accept(session) => Learned::Opened(who, session),
            Verdict::Reject(rejection) => Learned::Rejected(who, rejection),
        })
    }

    pub(super) async fn look(&self) -> Result<Learned<R>, RotationError> {
        let payload = self.knowledge.payload(self.opener()?)?;
        Ok(Learned::Looked(self.login(payload, None).await?))
    }

    pub(super) async fn prove(&self) -> Result<Learned<R>, RotationError> {
        let payload = self.knowledge.payload(Who::Pending)?;
        let alternate = self.rotator.succession(payload) == Succession::Alternate;
        let read = self.knowledge.current.is_some();
        let replaces = match read && alternate {
            true => Some(self.knowledge.payload(Who::Current)?),
            false => None,
        };
        let cx = self.context_to_test(payload, replaces).await?;
        Ok(Learned::Proven(
            match self.tested(&cx, payload, replaces).await? {
                Verdict::Accept(session) => {
                    *self.proof.lock().await = Some(session);
                    Ok(())
                }
                Verdict::Reject(rejection) => Err(rejection),
            },
        ))
    }

    /// Logs in, and closes the session at once.
    pub(super) async fn login(
        &self,
        payload: &R::Payload,
        replaces: Option<&R::Payload>,
    ) -> Result<Result<(), Rejection>, RotationError> {
        let cx = self.context_to_test(payload, replaces).await?;
        match self.tested(&cx, payload, replaces).await? {
            Verdict::Accept(session) => {
                self.let_go(session).await;
                Ok(Ok(()))
            }
            Verdict::Reject(rejection) => Ok(Err(rejection)),
        }
    }

    /// The context for a `test` of `payload`, with the admin's login if the rotator wants it for this call.
    async fn context_to_test(
        &self,
        payload: &R::Payload,
        replaces: Option<&R::Payload>,
    ) -> Result<Context, RotationError> {
        let admin = match (R::TESTS_AS_ADMIN, replaces) {
            (TestsAsAdmin::Always, _) => self.admin_beside(payload).await?,
            (TestsAsAdmin::ToCompare, Some(current)) => self.admin(current).await?,
            _ => self.knowledge.admin.clone(),
        };
        Ok(Context {
            admin,
            ..self.context()
        })
    }

    /// The admin's secret is AWSCURRENT's to name, not what an abandoned rotation left. Only where AWSCURRENT was not read,
    /// `payload` names it.
    async fn admin_beside(&self, payload: &R::Payload) -> Result<Option<Document>, RotationError> {
        let names = self.knowledge.payload(Who::Current).unwrap_or(payload);
        self.admin(names).await
    }

    pub(super) async fn lock(&self) -> Result<Learned<R>, RotationError> {
        let payload = self.knowledge.payload(self.opener()?)?;
        let admin = self.admin_beside(payload).await?;
        let mut session = self.session.lock().await;
        let held = session.as_mut().ok_or_else(no_session)?;
        let cx = Context {
            admin,
            ..self.context()
        };
        self.hook("lock", &cx, &[], self.rotator.lock(&cx, held, payload))
            .await?;
        Ok(Learned::Locked(cx.admin))
    }

    pub(super) async fn check(&self) -> Result<Learned<R>, RotationError> {
        let payload = self.knowledge.payload(Who::Current)?;
        let admin = self.admin(payload).await?;
        let mut session = self.session.lock().await;
        let held = session.as_mut().ok_or_else(no_session)?;
        let cx = Context {
            admin,
            policy: self.policy()?,
            ..self.context()
        };
        let call = self.rotator.rehearse(&cx, held, payload);
        let mut checked = self.hook("rehearse", &cx, &[], call).await;
        if self.claims(&checked, payload).await? {
            let cx = Context {
                claimed: true,
                time_left: self.context().time_left,
                ..cx
            };
            let call = self.rotator.rehearse(&cx, held, payload);
            checked = self.hook("rehearse", &cx, &[], call).await;
        }
        checked.map_err(|error| self.with_way_out(error))?;
        Ok(Learned::Checked)
    }

    pub(super) async fn generate(&self) -> Result<Learned<R>, RotationError> {
        let current = self.knowledge.payload(Who::Current)?;
        self.admin_named(current)?;
        let policy = self.policy()?;
        let password = match self.config.password_source {
            PasswordSource::SecretsManager => Some(
                self.ask("GetRandomPassword", self.store.random_password(&policy))
                    .await?,
            ),
            PasswordSource::Local => None,
        };
        let mut context = self.context();
        if self.rotator.issues(current) {
            context = Context {
                admin: self.admin(current).await?,
                ..self.context_to_write()?
            };
        }
        let description = self.knowledge.description.as_ref();
        let labelled = description.map(|d| d.stages.versions().map(|(id, _)| id.clone()).collect());
        let tags = description.map_or(&[][..], |d| &d.tags);
        let cx = GenerateContext {
            labelled: labelled.unwrap_or_default(),
            settings: self.config.settings.with_tags(tags),
            policy,
            password,
            context,
        };
        let call = self.rotator.generate(&cx, current);
        let drawn: Vec<&Secret> = cx.password.iter().collect();
        Ok(Learned::Generated(
            self.hook("generate", &cx, &drawn, call).await?,
        ))
    }

    pub(super) async fn discard(&self) -> Result<Learned<R>, RotationError> {
        if let Some(issued) = &self.knowledge.generated {
            let admin = self.admin(issued).await?;
            let cx = Context {
                admin,
                ..self.context_to_write()?
            };
            self.hook("discard", &cx, &[], self.rotator.discard(&cx, issued))
                .await?;
        }
        Ok(Learned::Discarded)
    }

    pub(super) async fn write(&self) -> Result<Learned<R>, RotationError> {
        let current = self.knowledge.payload(Who::Current)?;
        let pending = self.knowledge.payload(Who::Pending)?;
        let mut session = self.session.lock().await;
        let held = session.as_mut().ok_or_else(no_session)?;
        let cx = self.context_to_write()?;
        let call = self.rotator.set(&cx, held, current, pending);
        let mut written = self.hook("set", &cx, &[], call).await;
        if self.claims(&written, pending).await? {
            let cx = Context {
                claimed: true,
                ..self.context_to_write()?
            };
            let call = self.rotator.set(&cx, held, current, pending);
            written = self.hook("set", &cx, &[], call).await;
        }
        written.map_err(|error| self.with_another_value(self.with_way_out(error)))?;
        Ok(Learned::Written)
    }

    pub(super) async fn retire(&self, who: Who) -> Result<Learned<R>, RotationError> {
        let keep = self.knowledge.payload(self.opener()?)?;
        let retired = self.knowledge.payload(who)?;
        let mut session = self.session.lock().await;
        let held = session.as_mut().ok_or_else(no_session)?;
        let cx = self.context_to_write()?;
        self.hook(
            "retire",
            &cx,
            &[],
            self.rotator.retire(&cx, held, keep, retired),
        )
        .await?;
        Ok(Learned::Retired(who))
    }

    fn opener(&self) -> Result<Who, RotationError> {
        self.view.opened.ok_or_else(|| no_session().into())
    }
}

fn no_session() -> HookError {
    HookError::failed("no session is open")
}
