//! The toy as its rotator sees it.

use std::collections::HashMap;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use rotation::version::{SecretId, VersionId};
use rotation::{
    Context, GenerateContext, HookError, Rejection, Rotator, Succession, TestsAsAdmin, Verdict,
};

use super::{State, Toy, ToyLogin, held};

/// A login, and the lock that it holds. Both end with it.
#[derive(Debug)]
pub struct ToySession {
    state: Arc<Mutex<State>>,
    start: usize,
    locked: Option<SecretId>,
}

impl ToySession {
    /// Whether it can change something.
    fn holds_the_lock(&self, hook: &str) -> Result<(), HookError> {
        self.is_open()?;
        match self.locked {
            Some(_) => Ok(()),
            None => Err(HookError::refused(format!(
                "{hook} was called without the lock"
            ))),
        }
    }

    fn is_open(&self) -> Result<(), HookError> {
        if held(&self.state).starts == self.start {
            return Ok(());
        }
        Err(HookError::failed("the connection is closed"))
    }
}

impl Drop for ToySession {
    fn drop(&mut self) {
        let mut state = held(&self.state);
        if let (Some(secret), true) = (&self.locked, state.starts == self.start) {
            state.locks.remove(secret);
        }
    }
}

impl<const ISSUES: bool, const BEHIND: bool> Toy<ISSUES, BEHIND> {
    /// The target takes `new` from now on, and `old` as its kind says.
    fn take(&self, user: &str, new: &str, old: &str) {
        match self.succession.unwrap_or(Succession::Replace) {
            Succession::Replace | Succession::Alternate => {
                self.change(user, |known| *known = vec![new.to_owned()]);
            }
            Succession::Displace => {
                if !self.passwords(user).iter().any(|known| known == new) {
                    self.change(user, |known| *known = vec![new.into(), old.into()]);
                }
            }
            Succession::Coexist => self.change(user, |known| known.push(new.into())),
        }
    }

    /// Ends what earlier tries have left: what it made for a version that cannot hold it any more.
    fn sweep(&self, cx: &GenerateContext, current: &ToyLogin) {
        let kept = current.password.expose();
        let state = self.state();
        let held = state.names.get(kept).map(|(version, _)| version.clone());
        let waits = |version: &VersionId| {
            cx.labelled().contains(version)
                && version != cx.version_id()
                && Some(version) != held.as_ref()
        };
        let is_old = |made: SystemTime| {
            let age = cx.began().duration_since(made);
            age.is_ok_and(|age| age >= cx.horizon())
        };
        let named = state.names.iter();
        let left = named.filter(|(password, (version, made))| {
            *password != kept && !waits(version) && is_old(*made)
        });
        let left: Vec<String> = left.map(|(password, _)| password.clone()).collect();
        drop(state);
        for password in left {
            self.end(&current.username, &password);
        }
    }

    fn end(&self, user: &str, old: &str) {
        self.change(user, |known| known.retain(|password| password != old));
    }
}

impl<const ISSUES: bool, const BEHIND: bool> Rotator for Toy<ISSUES, BEHIND> {
    type Payload = ToyLogin;
    type Session = ToySession;
    const NAME: &'static str = "toy";
    const TESTS_AS_ADMIN: TestsAsAdmin = match (ISSUES, BEHIND) {
        (_, true) => TestsAsAdmin::Always,
        (true, false) => TestsAsAdmin::ToCompare,
        (false, false) => TestsAsAdmin::Never,
    };

    fn issues(&self, _: &ToyLogin) -> bool {
        ISSUES
    }

    fn succession(&self, _: &ToyLogin) -> Succession {
        self.succession.unwrap_or(Succession::Replace)
    }

    async fn generate(
        &self,
        cx: &GenerateContext,
        current: &ToyLogin,
    ) -> Result<ToyLogin, HookError> {
        let user = &current.username;
        let username = match self.succession(current) {
            Succession::Alternate => match user.strip_suffix("_clone") {
                Some(original) => original.to_owned(),
                None => format!("{user}_clone"),
            },
            _ => user.clone(),
        };
        let new = ToyLogin {
            host: current.host.clone(),
            username,
            password: cx.password()?,
            masterarn: current.masterarn.clone(),
            pin: current.pin.clone(),
        };
        self.enter("generate", cx, &[current, &new]).await?;
        if ISSUES {
            self.sweep(cx, current);
            let (new_password, old) = (new.password.expose(), current.password.expose());
            let name = (cx.version_id().clone(), cx.now());
            self.state().names.insert(new_password.to_owned(), name);
            self.take(&new.username, new_password, old);
        }
        Ok(new)
    }

    async fn test(
        &self,
        cx: &Context,
        payload: &ToyLogin,
        _: Option<&ToyLogin>,
    ) -> Result<Verdict<ToySession>, HookError> {
        self.enter("test", cx, &[payload]).await?;
        if BEHIND && payload.masterarn.is_some() {
            cx.admin::<HashMap<String, String>>()?;
        }
        if payload.host != "toy" {
            return Err(HookError::failed("nobody answers"));
        }
        let known = self.passwords(&payload.username);
        if known
            .iter()
            .any(|password| password == payload.password.expose())
        {
            return Ok(Verdict::Accept(ToySession {
                state: Arc::clone(&self.state),
                start: self.state().starts,
                locked: None,
            }));
        }
        let reason = match self.blabs {
            Some("test") => self.blab(cx, &[payload]),
            _ => "the password is wrong".into(),
        };
        Ok(Verdict::Reject(Rejection::new(reason)))
    }

    async fn lock(
        &self,
        cx: &Context,
        session: &mut ToySession,
        payload: &ToyLogin,
    ) -> Result<(), HookError> {
        self.enter("lock", cx, &[payload]).await?;
        if payload.masterarn.is_some() {
            cx.admin::<HashMap<String, String>>()?;
        }
        session.is_open()?;
        if !self.state().locks.insert(cx.secret_id().clone()) {
            return Err(HookError::busy());
        }
        session.locked = Some(cx.secret_id().clone());
        Ok(())
    }

    async fn set(
        &self,
        cx: &Context,
        session: &mut ToySession,
        current: &ToyLogin,
        pending: &ToyLogin,
    ) -> Result<(), HookError> {
        self.enter("set", cx, &[current, pending]).await?;
        session.holds_the_lock("set")?;
        if self.unclaimed && !cx.claimed() {
            return Err(HookError::unclaimed(
                &pending.username,
                "the user is not ours",
            ));
        }
        if !self.deaf && !ISSUES {
            let (new, old) = (pending.password.expose(), current.password.expose());
            self.take(&pending.username, new, old);
        }
        Ok(())
    }

    async fn retire(
        &self,
        cx: &Context,
        session: &mut ToySession,
        keep: &ToyLogin,
        retired: &ToyLogin,
    ) -> Result<(), HookError> {
        self.enter("retire", cx, &[keep, retired]).await?;
        session.holds_the_lock("retire")?;
        self.end(&keep.username, retired.password.expose());
        Ok(())
    }

    async fn rehearse(
        &self,
        cx: &Context,
        _: &mut ToySession,
        current: &ToyLogin,
    ) -> Result<(), HookError> {
        // Whatever a hook tells: no secret of it may be shown.
        let drawn = cx.password()?;
        cx.tell(|| format!("set {} for {}", drawn.expose(), current.password.expose()));
        self.enter("check", cx, &[current]).await
    }

    async fn discard(&self, cx: &Context, issued: &ToyLogin) -> Result<(), HookError> {
        self.enter("discard", cx, &[issued]).await?;
        self.end(&issued.username, issued.password.expose());
        Ok(())
    }

    async fn close(&self, session: ToySession) {
        if self.hangs.contains(&"close") {
            pending::<()>().await;
        }
        drop(session);
    }
}
