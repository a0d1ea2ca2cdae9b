//! One function: what its owner has set, and what that makes of a secret.

use std::path::Path;

use rotation::aws::sign::OwnKey;
use rotation::config::Config;
use rotation::config::RetirePolicy;
use rotation::network::Network;
use rotation::tls::Roots;
use rotation::{GenerateContext, HookError, Payload, Secret};

use crate::http::Http;
use crate::mark::Mark;
use crate::payload::TokenSecret;
use crate::profile::{Flow, Shelf};
use crate::service::{Service, Shared};
use crate::settings::{self, Owner};
use crate::values::Wanted;

/// What all secrets of a function share.
pub(crate) struct Function {
    pub(crate) shared: Shared,
    shelf: Shelf,
    owner: Owner,
    /// Of secrets that name none.
    profile: Option<String>,
    sweeps: bool,
}

impl Function {
    /// # Errors
    /// In words, if a setting does not fit, or a profile of the user's own has a mistake.
    pub(crate) fn build(config: &Config) -> Result<Self, String> {
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

    /// The secret with its profile, if the function may rotate it by that.
    ///
    /// # Errors
    /// A sentence that follows on `it`.
    pub(crate) fn complete(&self, secret: TokenSecret) -> Result<TokenSecret, String> {
        let name = secret.profile_name().or(self.profile.as_deref());
        let profile = self.shelf.named(name)?;
        self.owner.alone_says(&secret, &profile)?;
        if let Some(why) = profile.unbound().filter(|_| !self.shared.alone) {
            let name = &profile.name;
            return Err(format!(
                "names the profile {name}, which does not show whose a credential is ({why}): set the variable ONLY_SECRET of the function to the ARN of this secret, or let the profile show it"
            ));
        }
        secret.complete(profile)
    }

    /// The next credential: drawn, or made by the service.
    ///
    /// # Errors
    /// If the service makes none, or the administrator must not act.
    pub(crate) async fn next(
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

    /// Puts the value of `pending` in the place of that of `current`.
    ///
    /// # Errors
    /// If the service does not take it, or the administrator must not act.
    pub(crate) async fn put(
        &self,
        service: &Service<'_>,
        current: &TokenSecret,
        pending: &TokenSecret,
    ) -> Result<(), HookError> {
        let wanted = self.wanted(service, Some(pending.credential().clone()), None)?;
        service.put(current, &wanted).await
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
