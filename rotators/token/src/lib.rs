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
#[cfg(test)]
mod fuzz;
mod http;
mod issue;
mod link;
mod listing;
mod mark;
mod outgoing;
mod payload;
mod place;
mod profile;
mod service;
mod sessions;
mod settings;
mod sweep;
mod template;
mod values;
mod verdict;

use std::path::Path;

use rotation::aws::sign::OwnKey;
use rotation::config::Config;
use rotation::network::Network;
use rotation::protocol::RetirePolicy;
use rotation::settings::Setting;
use rotation::tls::Roots;
use rotation::{
    Context, GenerateContext, HookError, Payload, Rotator, Secret, Succession, Verdict,
};

use http::Http;
use mark::Mark;
use payload::TokenSecret;
use profile::{Flow, Shelf};
use service::{Service, Shared};
use settings::Owner;
use values::Wanted;

/// Rotates credentials that a service hands out over HTTP.
pub struct ApiToken {
    shared: Shared,
    shelf: Shelf,
    owner: Owner,
    /// Of secrets that name none.
    profile: Option<String>,
    sweeps: bool,
}

impl ApiToken {
    /// By the function's settings.
    ///
    /// # Errors
    /// In words, if one does not fit, or a profile of the user's own has a mistake.
    pub fn build(config: &Config) -> Result<Self, String> {
        let setting = |name| config.settings.get(name);
        let shelf = Shelf::open(setting(settings::PROFILES).map(Path::new))
            .map_err(|why| format!("{}: {why}", settings::PROFILES))?;
        let profile = setting(settings::PROFILE);
        if let Some(name) = profile {
            let found = shelf.profile(name);
            found.map_err(|why| format!("{}: {why}", settings::PROFILE))?;
        }
        let (bundle, owner) = (settings::BUNDLE, Owner::read(config)?);
        let roots = Roots::new(bundle, setting(bundle).map(Path::new))?;
        Ok(Self {
            shared: Shared {
                http: Http::new(Network::new(&config.allowed_hosts), roots.client(&[])),
                own_key: OwnKey::new(config),
                named_hosts: config.allowed_hosts.clone(),
                sole_owner: owner.sole,
                alone: config.only_secret.is_some(),
            },
            shelf,
            owner,
            profile: profile.map(ToOwned::to_owned),
            sweeps: config.retire != RetirePolicy::Never,
        })
    }

    /// What the new credential shall be like. `life` is what the secret's tag says of that.
    fn wanted(
        &self,
        service: &Service<'_>,
        value: Option<Secret>,
        life: Option<&str>,
    ) -> Result<Wanted, HookError> {
        let (cx, profile) = (service.cx, service.profile);
        Ok(Wanted {
            name: Mark::name(cx.secret_id(), cx.version_id().as_str(), cx.now()),
            value,
            scope: self.owner.scope(profile),
            now: cx.now(),
            life: self.owner.life(life, profile)?,
        })
    }
}

impl Rotator for ApiToken {
    type Payload = TokenSecret;
    /// Each call stands for itself.
    type Session = ();
    const NAME: &'static str = "token";
    const SETTINGS: &'static [Setting] = settings::ALL;

    fn complete(&self, secret: TokenSecret) -> Result<TokenSecret, String> {
        let name = secret.profile_name().or(self.profile.as_deref());
        let profile = self.shelf.named(name)?;
        self.owner.alone_says(&secret, &profile)?;
        if let Some(why) = profile.unbound().filter(|_| !self.shared.alone) {
            let name = &profile.name;
            return Err(format!(
                "names the profile {name}, which does not show whose a credential is ({why}): a function for it serves one secret, which the variable ONLY_SECRET names"
            ));
        }
        secret.complete(profile)
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
        let profile = current.profile()?;
        if profile.flow == Flow::PutValue {
            return Ok(current.with(vec![(&profile.credential, cx.password()?)]));
        }
        let service = Service::for_principal(&self.shared, cx, current).await?;
        current.can_be_revoked()?;
        if profile.flow == Flow::Create && self.sweeps {
            service.sweep(current, cx.labelled()).await?;
        }
        let wanted = self.wanted(&service, None, cx.setting(settings::LIFE))?;
        service.issue(current, &wanted).await
    }

    async fn test(
        &self,
        cx: &Context,
        secret: &TokenSecret,
        _: Option<&TokenSecret>,
    ) -> Result<Verdict<()>, HookError> {
        let service = Service::of_credential(&self.shared, cx, secret)?;
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
        let service = Service::for_principal(&self.shared, cx, current).await?;
        let wanted = self.wanted(&service, Some(pending.credential().clone()), None)?;
        service.put(current, &wanted).await
    }

    async fn retire(
        &self,
        cx: &Context,
        _: &mut (),
        keep: &TokenSecret,
        retired: &TokenSecret,
    ) -> Result<(), HookError> {
        let service = Service::for_principal(&self.shared, cx, keep).await?;
        service.end(keep, retired).await
    }

    async fn rehearse(
        &self,
        cx: &Context,
        _: &mut (),
        current: &TokenSecret,
    ) -> Result<(), HookError> {
        current.can_be_revoked()?;
        let service = Service::for_principal(&self.shared, cx, current).await?;
        service.check(current).await
    }

    async fn discard(&self, cx: &Context, issued: &TokenSecret) -> Result<(), HookError> {
        let service = Service::with_admin(&self.shared, cx, issued)?;
        match (service.profile.flow, issued.id()) {
            (Flow::Create, Some(id)) => service.revoke(issued, id).await,
            _ => Ok(()),
        }
    }
}
