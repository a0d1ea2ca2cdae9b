// The README's links, for this page: what is defined first wins.
//! [settings]: rotation::config
//! [profiles]: #a-profile-of-your-own
//!
#![doc = include_str!("../README.md")]

mod address;
mod admin;
mod answer;
mod end;
mod fields;
mod function;
#[cfg(test)]
mod fuzz;
#[cfg(fuzzing)]
pub mod fuzzing;
mod http;
mod issue;
mod link;
mod listing;
mod mark;
mod outgoing;
mod payload;
mod place;
mod profile;
#[cfg(any(test, fuzzing))]
mod properties;
mod service;
mod sessions;
mod settings;
mod sweep;
mod template;
mod values;
mod verdict;

use rotation::config::Config;
use rotation::settings::{Setting, Shared};
use rotation::{Context, GenerateContext, HookError, Rotator, Succession, Verdict};

use function::Function;
use payload::TokenSecret;
use profile::Flow;
use service::Service;

/// Rotates credentials that a service hands out over HTTP.
pub struct ApiToken(Function);

impl ApiToken {
    /// By the function's settings.
    ///
    /// # Errors
    /// In words, if one does not fit, or a profile of the user's own has a mistake.
    pub fn build(config: &Config) -> Result<Self, String> {
        Function::build(config).map(Self)
    }
}

impl Rotator for ApiToken {
    type Payload = TokenSecret;
    /// Each call stands for itself.
    type Session = ();
    const NAME: &'static str = "token";
    const SHARED_SETTINGS: &'static [Shared] =
        &[Shared::Passwords, Shared::OldCredentials, Shared::Hosts];
    const SETTINGS: &'static [Setting] = settings::ALL;

    fn complete(&self, secret: TokenSecret) -> Result<TokenSecret, String> {
        self.0.complete(secret)
    }

    fn issues(&self, secret: &TokenSecret) -> bool {
        secret
            .profile()
            .is_ok_and(|profile| profile.flow != Flow::PutValue)
    }

    fn succession(&self, secret: &TokenSecret) -> Succession {
        match secret.profile().map(|profile| profile.flow) {
            Ok(Flow::Create) => Succession::Coexist,
            _ => Succession::Replace,
        }
    }

    async fn generate(
        &self,
        cx: &GenerateContext,
        current: &TokenSecret,
    ) -> Result<TokenSecret, HookError> {
        self.0.next(cx, current).await
    }

    async fn test(
        &self,
        cx: &Context,
        secret: &TokenSecret,
        _: Option<&TokenSecret>,
    ) -> Result<Verdict<()>, HookError> {
        let service = Service::of_credential(&self.0.shared, cx, secret)?;
        Ok(match service.takes(secret).await? {
            Ok(()) => Verdict::Accept(()),
            Err(rejection) => Verdict::Reject(rejection),
        })
    }

    /// A service has nothing to lock: it makes one credential beside the other, or in the place of the other.
    async fn lock(&self, _: &Context, _: &mut (), _: &TokenSecret) -> Result<(), HookError> {
        Ok(())
    }

    /// Only issuing makes a credential valid, so there is nothing to do but for one that we drew.
    async fn set(
        &self,
        cx: &Context,
        _: &mut (),
        current: &TokenSecret,
        pending: &TokenSecret,
    ) -> Result<(), HookError> {
        if current.profile()?.flow != Flow::PutValue {
            return Ok(());
        }
        let service = Service::for_principal(&self.0.shared, cx, current).await?;
        self.0.put(&service, current, pending).await
    }

    async fn retire(
        &self,
        cx: &Context,
        _: &mut (),
        keep: &TokenSecret,
        retired: &TokenSecret,
    ) -> Result<(), HookError> {
        let service = Service::for_principal(&self.0.shared, cx, keep).await?;
        service.end(keep, retired).await
    }

    async fn rehearse(
        &self,
        cx: &Context,
        _: &mut (),
        current: &TokenSecret,
    ) -> Result<(), HookError> {
        current.can_be_revoked()?;
        let create = &current.profile()?.create;
        cx.tell(|| create.to_string());
        let service = Service::for_principal(&self.0.shared, cx, current).await?;
        service.check(current).await
    }

    async fn discard(&self, cx: &Context, issued: &TokenSecret) -> Result<(), HookError> {
        let service = Service::with_admin(&self.0.shared, cx, issued)?;
        match (service.profile.flow, issued.id()) {
            (Flow::Create, Some(id)) => service.revoke(issued, id).await,
            _ => Ok(()),
        }
    }
}
