//! One hook's calls to a service: by whom, where to, and for how long.

use std::time::{Duration, Instant};

use rotation::aws::sign::OwnKey;
use rotation::{Context, HookError};
use serde_json::Value;
use url::Url;

use crate::admin::Admin;
use crate::http::{Answer, Failure, Http, LARGEST};
use crate::outgoing::Outgoing;
use crate::payload::TokenSecret;
use crate::profile::{Auth, By, Call, Profile};
use crate::sessions::{Sessions, Who};
use crate::values::Values;

/// Of the function's time, for what the engine does with an answer.
const SPARE: Duration = Duration::from_secs(3);
/// Before a call is made again.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);

/// What all hooks share.
pub(crate) struct Shared {
    pub(crate) http: Http,
    pub(crate) own_key: OwnKey,
    /// The whole names in ALLOWED_HOSTS.
    pub(crate) named_hosts: Vec<String>,
    /// Whether nobody else uses the accounts of the function's secrets.
    pub(crate) sole_owner: bool,
    /// Whether the function rotates one secret alone.
    pub(crate) alone: bool,
}

/// A service, as one hook sees it.
pub(crate) struct Service<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) profile: &'a Profile,
    pub(crate) cx: &'a Context,
    admin: Admin,
    sessions: Sessions,
    began: Instant,
}

/// A call, and what it needs.
#[derive(Clone, Copy)]
struct Request<'v> {
    call: &'v Call,
    values: Values<'v>,
    auth: Option<&'v Auth>,
    /// The most that its answer may have, in bytes.
    most: usize,
}

impl<'a> Service<'a> {
    /// That of `payload`, for calls of the credential alone.
    ///
    /// # Errors
    /// If the profile is not known.
    pub(crate) fn of_credential(
        shared: &'a Shared,
        cx: &'a Context,
        payload: &'a TokenSecret,
    ) -> Result<Self, HookError> {
        Ok(Self {
            shared,
            profile: payload.profile()?,
            cx,
            admin: Admin::none(),
            sessions: Sessions::default(),
            began: Instant::now(),
        })
    }

    /// That of `payload`, whose administrator may act for its principal. Nothing was asked yet.
    ///
    /// # Errors
    /// If the admin's secret cannot be used for this secret.
    pub(crate) fn with_admin(
        shared: &'a Shared,
        cx: &'a Context,
        payload: &'a TokenSecret,
    ) -> Result<Self, HookError> {
        let service = Self::of_credential(shared, cx, payload)?;
        let admin = Admin::of(shared, cx, service.profile, payload.fields())?;
        Ok(Self { admin, ..service })
    }

    /// As [`with_admin`](Self::with_admin). After `Ok`, the service has also shown that what the secret names belongs together.
    ///
    /// # Errors
    /// As there, or if it does not.
    pub(crate) async fn for_principal(
        shared: &'a Shared,
        cx: &'a Context,
        payload: &'a TokenSecret,
    ) -> Result<Self, HookError> {
        let service = Self::with_admin(shared, cx, payload)?;
        if let Some(owner) = &service.profile.owner {
            service
                .read("owner", owner, service.values(payload))
                .await?;
        }
        Ok(service)
    }

    /// What calls about `payload` are filled with.
    pub(crate) fn values<'v>(&'v self, payload: &'v TokenSecret) -> Values<'v> {
        Values {
            secret: Some(payload.fields()),
            aws: Some(self.cx.secret_id().place()),
            ..Values::default()
        }
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
        self.call_at(section, call, values, None, LARGEST).await
    }

    /// The same at another URL of the same service, as of a list's next page, with an answer of at most so many bytes.
    pub(crate) async fn call_at(
        &self,
        section: &str,
        call: &Call,
        values: Values<'_>,
        at: Option<&Url>,
        most: usize,
    ) -> Result<Answer, Failure> {
        let by = self.profile.by(section, call);
        let auth = self.profile.auth.get(&by);
        let mut request = Request {
            call,
            values,
            auth,
            most,
        };
        if by == By::Admin {
            request.values.admin = self.admin.fields();
        }
        let session = match auth.and_then(|auth| auth.login.as_ref()) {
            Some(login) => Some(self.session(by, login, request.values).await?),
            None => None,
        };
        request.values.login = session.as_ref();
        // A deep future: boxed, it does not make those of the engine deeper still.
        Box::pin(self.exchange(request, at)).await
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
        let answer = answer.map_err(|failure| failure.of(call))?;
        if answer.is_success() {
            return Ok(answer);
        }
        Err(self.refusal(&answer, call, &call.url(&values)?))
    }

    /// The content of [`ask`](Self::ask)'s answer, which is of the secret's principal.
    ///
    /// # Errors
    /// As there, and if it cannot be read, or is of somebody else.
    pub(crate) async fn read(
        &self,
        section: &str,
        call: &Call,
        values: Values<'_>,
    ) -> Result<Value, HookError> {
        let answer = self.ask(section, call, values).await?;
        let content = self.content(call, &answer)?;
        call.is
            .check(&content, &values, self.profile.id.as_deref())?;
        Ok(content)
    }

    /// What an answer holds.
    ///
    /// # Errors
    /// If it is not of the form that the profile says.
    pub(crate) fn content(&self, call: &Call, answer: &Answer) -> Result<Value, HookError> {
        let content = answer.content(self.profile.answers);
        content.map_err(|why| HookError::failed(format!("{call}: {why}")))
    }

    /// The sentence for an answer that is no success.
    pub(crate) fn refusal(&self, answer: &Answer, call: &Call, url: &Url) -> HookError {
        answer.refusal(&call.to_string(), url, &self.sessions.texts())
    }

    /// What the login of this party gave, made once.
    async fn session(&self, by: By, login: &Call, values: Values<'_>) -> Result<Value, Failure> {
        let credential = values
            .secret
            .and_then(|secret| secret.secret(&self.profile.credential));
        let who = match (by, credential) {
            (By::Token, Some(credential)) => Who::Token(credential.clone()),
            (By::Token, None) | (By::Admin | By::Nobody, _) => Who::Admin,
        };
        if let Some(known) = self.sessions.of(&who) {
            return Ok(known);
        }
        let request = Request {
            call: login,
            values,
            auth: None,
            most: LARGEST,
        };
        let answer = Box::pin(self.exchange(request, None)).await;
        let answer = answer.map_err(|failure| Failure::NotSent(failure.of(login)))?;
        if !answer.is_success() {
            let url = login.url(&values).map_err(Failure::NotSent)?;
            let error = self.refusal(&answer, login, &url);
            return Err(match by {
                By::Token => Failure::NoLogin(answer, error),
                By::Admin | By::Nobody => Failure::NotSent(error),
            });
        }
        let session = self.content(login, &answer).map_err(Failure::NotSent)?;
        self.sessions.keep(who, session.clone());
        Ok(session)
    }

    /// Sends; again, if the service wants it later, and there is time: it did nothing then.
    async fn exchange(&self, request: Request<'_>, at: Option<&Url>) -> Result<Answer, Failure> {
        let Request { call, most, .. } = request;
        loop {
            let url = at.cloned().map_or_else(|| call.url(&request.values), Ok);
            let url = url.map_err(Failure::NotSent)?;
            let out = self.outgoing(&request, url).await;
            let time = self.left().saturating_sub(SPARE);
            let sent = self
                .shared
                .http
                .send(out.map_err(Failure::NotSent)?, time, most);
            let answer = sent.await?;
            tracing::debug!(call = %call, status = answer.status);
            // One that fails may have done what it was asked for.
            let undone = answer.status == 429 || answer.status == 503 && call.method() == "GET";
            let most = self.left().saturating_sub(SPARE * 2);
            let wait = answer.retry_after(self.cx.now(), most);
            match wait.filter(|_| undone && most > SHORTEST_WAIT) {
                Some(wait) => tokio::time::sleep(wait.max(SHORTEST_WAIT)).await,
                None => return Ok(answer),
            }
        }
    }

    async fn outgoing(&self, request: &Request<'_>, url: Url) -> Result<Outgoing, HookError> {
        let Request {
            call, values, auth, ..
        } = request;
        let mut out = Outgoing::new(call, url, values, *auth)?;
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

impl Failure {
    /// The sentence for a call that may be made again.
    pub(crate) fn of(self, call: &Call) -> HookError {
        match self {
            Self::NotSent(error) | Self::NoLogin(_, error) => error,
            Self::NoAnswer(why) => HookError::failed(format!("{call}: {why}")),
        }
    }
}
