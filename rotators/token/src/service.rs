//! One hook's calls to a service: by whom, where to, and for how long.

use std::time::{Duration, Instant};

use rotation::aws::sign::OwnKey;
use rotation::{Context, HookError};
use serde_json::Value;
use tokio::sync::OnceCell;
use url::Url;

use crate::fields::Fields;
use crate::http::{Answer, Failure, Http};
use crate::outgoing::Outgoing;
use crate::payload::TokenSecret;
use crate::profile::{Auth, By, Call, Profile};
use crate::values::Values;

/// Of the function's time, for what the engine does with an answer.
const SPARE: Duration = Duration::from_secs(3);
/// Before a call is made again.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);

/// What all hooks share.
pub(crate) struct Shared {
    pub(crate) http: Http,
    pub(crate) own_key: OwnKey,
    /// Whether ALLOWED_HOSTS is set.
    pub(crate) hosts_are_named: bool,
}

/// A service, as one hook sees it.
pub(crate) struct Service<'a> {
    shared: &'a Shared,
    pub(crate) profile: &'a Profile,
    pub(crate) cx: &'a Context,
    admin: Option<Fields>,
    login: OnceCell<Value>,
    began: Instant,
}

impl<'a> Service<'a> {
    /// That of `payload`.
    ///
    /// # Errors
    /// If the admin's secret cannot be used.
    pub(crate) fn of(
        shared: &'a Shared,
        cx: &'a Context,
        payload: &'a TokenSecret,
        as_admin: bool,
    ) -> Result<Self, HookError> {
        let profile = payload.profile()?;
        let wanted = as_admin && profile.needs_admin().is_some();
        let admin: Option<Fields> = wanted.then(|| cx.admin()).transpose()?;
        let lacks = |(key, _): &(&String, &String)| {
            admin.as_ref().is_some_and(|admin| admin.get(key).is_none())
        };
        if let Some((key, what)) = profile.admin.iter().find(lacks) {
            return Err(HookError::refused(format!(
                "the admin secret lacks the key {key}, which the profile {} needs: {what}",
                profile.name
            )));
        }
        Ok(Self {
            shared,
            profile,
            cx,
            admin,
            login: OnceCell::new(),
            began: Instant::now(),
        })
    }

    /// What is left of the hook's time.
    pub(crate) fn left(&self) -> Duration {
        self.cx.time_left().saturating_sub(self.began.elapsed())
    }

    /// Makes the call `section` of the profile.
    pub(crate) async fn call(
        &self,
        section: &str,
        call: &Call,
        values: Values<'_>,
    ) -> Result<Answer, Failure> {
        self.call_at(section, call, values, None).await
    }

    /// The same at another URL of the same service, as of a list's next page.
    pub(crate) async fn call_at(
        &self,
        section: &str,
        call: &Call,
        mut values: Values<'_>,
        at: Option<&Url>,
    ) -> Result<Answer, Failure> {
        let by = self.profile.by(section, call);
        let auth = self.profile.auth.get(&by);
        let login = auth.and_then(|auth| auth.login.as_ref());
        if by == By::Admin {
            values.admin = self.admin.as_ref();
            for call in login.into_iter().chain([call]) {
                self.may_learn_of_admin(call, &values)
                    .map_err(Failure::NotSent)?;
            }
        }
        if let Some(login) = login {
            let found = self
                .login
                .get_or_try_init(|| self.log_in(login, values))
                .await;
            values.login = Some(found.map_err(Failure::NotSent)?);
        }
        // A deep future: boxed, it does not make those of the engine deeper still.
        Box::pin(self.exchange(call, values, auth, at)).await
    }

    /// A call that changes nothing, or may be made again: what it says where it succeeds.
    ///
    /// # Errors
    /// In words, if it does not.
    pub(crate) async fn ask(
        &self,
        section: &str,
        call: &Call,
        values: Values<'_>,
    ) -> Result<Answer, HookError> {
        let answer = self.call(section, call, values).await;
        succeeded(answer, call, &values)
    }

    /// The content of [`ask`](Self::ask)'s answer.
    ///
    /// # Errors
    /// As there, and if it cannot be read.
    pub(crate) async fn read(
        &self,
        section: &str,
        call: &Call,
        values: Values<'_>,
    ) -> Result<Value, HookError> {
        let answer = self.ask(section, call, values).await?;
        self.content(call, &answer)
    }

    async fn log_in(&self, login: &Call, values: Values<'_>) -> Result<Value, HookError> {
        let answer = Box::pin(self.exchange(login, values, None, None)).await;
        self.content(login, &succeeded(answer, login, &values)?)
    }

    fn content(&self, call: &Call, answer: &Answer) -> Result<Value, HookError> {
        let content = answer.content(self.profile.answers);
        content.map_err(|why| HookError::failed(format!("{call}: {why}")))
    }

    /// Who may write the secret must not be able to have the admin's login sent to a place of his own: it goes where
    /// the profile says, where the admin's own secret says, or where ALLOWED_HOSTS says.
    fn may_learn_of_admin(&self, call: &Call, values: &Values<'_>) -> Result<(), HookError> {
        let url = call.url(values)?;
        let same =
            |address: &str| Url::parse(address).is_ok_and(|known| known.origin() == url.origin());
        let key = call.address().unwrap_or("url");
        let named = self.admin.as_ref().and_then(|admin| admin.get(key));
        if call.has_host()
            || self.shared.hosts_are_named
            || self.profile.defaults.values().any(|address| same(address))
            || named.is_some_and(same)
        {
            return Ok(());
        }
        let host = url.host_str().unwrap_or_default();
        Err(HookError::refused(match named {
            Some(_) => format!(
                "the admin secret is for another address than {host}: its key {key} and the secret's must agree"
            ),
            None => format!(
                "nothing says that the admin's login may be sent to {host}: put the key {key} into the admin secret, or name the host in ALLOWED_HOSTS"
            ),
        }))
    }

    /// Sends; again, if the service wants it later, and there is time: it did nothing then.
    async fn exchange(
        &self,
        call: &Call,
        values: Values<'_>,
        auth: Option<&Auth>,
        at: Option<&Url>,
    ) -> Result<Answer, Failure> {
        loop {
            let url = at.cloned().map_or_else(|| call.url(&values), Ok);
            let url = url.map_err(Failure::NotSent)?;
            let out = self
                .outgoing(call, url, &values, auth)
                .await
                .map_err(Failure::NotSent)?;
            let answer = self
                .shared
                .http
                .send(out, self.left().saturating_sub(SPARE))
                .await?;
            tracing::debug!(call = %call, status = answer.status);
            let wait = answer.retry_after().filter(|_| answer.status == 429);
            let wait = wait.map(|wait| wait.max(SHORTEST_WAIT));
            match wait.filter(|wait| *wait + SPARE * 2 < self.left()) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Ok(answer),
            }
        }
    }

    async fn outgoing(
        &self,
        call: &Call,
        url: Url,
        values: &Values<'_>,
        auth: Option<&Auth>,
    ) -> Result<Outgoing, HookError> {
        let mut out = Outgoing::new(call, url, values, auth)?;
        if let Some(aws) = auth.and_then(|auth| auth.aws.as_ref()) {
            let key = match aws.named_key(values)? {
                Some(key) => key,
                None => self.shared.own_key.get().await?,
            };
            out.sign(aws, &key, values, self.cx.now())?;
        }
        Ok(out)
    }
}

/// An answer of success, or the sentence for any other.
fn succeeded(
    answer: Result<Answer, Failure>,
    call: &Call,
    values: &Values<'_>,
) -> Result<Answer, HookError> {
    let answer = answer.map_err(|failure| failure.of(call))?;
    if answer.is_success() {
        return Ok(answer);
    }
    Err(answer.refusal(&call.to_string(), &call.url(values)?))
}

impl Failure {
    /// The sentence for a call that may be made again.
    pub(crate) fn of(self, call: &Call) -> HookError {
        match self {
            Self::NotSent(error) => error,
            Self::NoAnswer(why) => HookError::failed(format!("{call}: {why}")),
        }
    }
}
