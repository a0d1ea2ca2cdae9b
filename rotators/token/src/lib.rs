// The README's links, for this page: what is defined first wins.
//! [settings]: rotation::config
//! [profiles]: #a-profile-of-your-own
//!
#![doc = include_str!("../README.md")]

mod address;
mod answer;
mod fields;
#[cfg(test)]
mod fuzz;
mod http;
mod issue;
mod listing;
mod mark;
mod outgoing;
mod payload;
mod place;
mod profile;
mod service;
mod sweep;
mod template;
mod values;
mod verdict;

use std::path::Path;
use std::time::Duration;

use rotation::aws::sign::OwnKey;
use rotation::config::Config;
use rotation::network::Network;
use rotation::protocol::RetirePolicy;
use rotation::settings::Names;
use rotation::tls::Roots;
use rotation::{Context, HookError, Rotator, Secret, Succession, Verdict};

use http::Http;
use mark::Mark;
use payload::TokenSecret;
use profile::{Flow, Shelf};
use service::{Service, Shared};
use values::Wanted;

const PROFILE: &str = "TOKEN_PROFILE";
const PROFILES: &str = "TOKEN_PROFILES";
const LIFE: &str = "TOKEN_LIFE";
const BUNDLE: &str = "API_CA_BUNDLE";

/// Rotates credentials that a service hands out over HTTP.
pub struct ApiToken {
    shared: Shared,
    shelf: Shelf,
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
        let shelf = Shelf::open(setting(PROFILES).map(Path::new))
            .map_err(|why| format!("{PROFILES}: {why}"))?;
        if let Some(name) = setting(PROFILE) {
            shelf
                .profile(name)
                .map_err(|why| format!("{PROFILE}: {why}"))?;
        }
        life(setting(LIFE))?;
        let roots = Roots::new(BUNDLE, setting(BUNDLE).map(Path::new))?;
        Ok(Self {
            shared: Shared {
                http: Http::new(Network::new(&config.allowed_hosts), roots.client(&[])),
                own_key: OwnKey::new(config),
                hosts_are_named: !config.allowed_hosts.is_empty(),
            },
            shelf,
            profile: setting(PROFILE).map(ToOwned::to_owned),
            sweeps: config.retire != RetirePolicy::Never,
        })
    }

    fn wanted(
        &self,
        cx: &Context,
        service: &Service<'_>,
        value: Option<Secret>,
    ) -> Result<Wanted, HookError> {
        let set = life(cx.setting(LIFE)).map_err(HookError::refused)?;
        Ok(Wanted {
            name: Mark::name(cx.secret_id(), cx.version_id().as_str(), cx.now()),
            value,
            now: cx.now(),
            life: service.profile.life.map(|usual| set.unwrap_or(usual)),
        })
    }
}

impl Rotator for ApiToken {
    type Payload = TokenSecret;
    /// Each call stands for itself.
    type Session = ();
    const NAME: &'static str = "token";
    const SETTINGS: Names = &[
        (PROFILE, "the profile of secrets that have no key profile"),
        (PROFILES, "a folder with profiles of one's own: NAME.toml"),
        (
            LIFE,
            "how long a new one lives, as in 90d [default: the profile's]",
        ),
        (BUNDLE, "certificates to trust beside the public ones, PEM"),
    ];
    const ISSUES: bool = true;

    fn complete(&self, payload: TokenSecret) -> Result<TokenSecret, String> {
        let name = payload.profile_name().or(self.profile.as_deref());
        let name = name.ok_or_else(|| {
            format!(
                "lacks the key profile, and {PROFILE} is not set; there are {}",
                self.shelf.names()
            )
        })?;
        let profile = self
            .shelf
            .profile(name)
            .map_err(|why| format!("names a profile that cannot be used: {why}"))?;
        payload.complete(profile)
    }

    fn succession(&self, payload: &TokenSecret) -> Succession {
        match payload.profile().map(|profile| profile.flow) {
            Ok(Flow::Create) => Succession::Coexist,
            _ => Succession::Replace,
        }
    }

    async fn generate(
        &self,
        cx: &Context,
        current: &TokenSecret,
    ) -> Result<TokenSecret, HookError> {
        let service = Service::of(&self.shared, cx, current, true)?;
        match service.profile.flow {
            Flow::PutValue => Ok(current.with(vec![(&service.profile.credential, cx.password()?)])),
            Flow::Create => {
                current.can_be_revoked()?;
                if self.sweeps {
                    service.sweep(current).await?;
                }
                service
                    .issue(current, &self.wanted(cx, &service, None)?)
                    .await
            }
            Flow::RollInPlace | Flow::SelfRotate => {
                service
                    .issue(current, &self.wanted(cx, &service, None)?)
                    .await
            }
        }
    }

    async fn test(
        &self,
        cx: &Context,
        payload: &TokenSecret,
        _: Option<&TokenSecret>,
    ) -> Result<Verdict<()>, HookError> {
        let service = Service::of(&self.shared, cx, payload, false)?;
        Ok(match service.takes(payload).await? {
            Ok(()) => Verdict::Accept(()),
            Err(rejection) => Verdict::Reject(rejection),
        })
    }

    /// Only issuing makes a credential valid, so there is nothing to do but for one that we drew.
    async fn set(
        &self,
        cx: &Context,
        _: &mut (),
        current: &TokenSecret,
        pending: &TokenSecret,
    ) -> Result<(), HookError> {
        let service = Service::of(&self.shared, cx, current, true)?;
        if service.profile.flow != Flow::PutValue {
            return Ok(());
        }
        let wanted = self.wanted(cx, &service, pending.credential().cloned())?;
        service.put(current, &wanted).await
    }

    async fn retire(
        &self,
        cx: &Context,
        _: &mut (),
        keep: &TokenSecret,
        retired: &TokenSecret,
    ) -> Result<(), HookError> {
        let service = Service::of(&self.shared, cx, keep, true)?;
        service.end(keep, retired).await
    }

    async fn check(
        &self,
        cx: &Context,
        _: &mut (),
        current: &TokenSecret,
    ) -> Result<(), HookError> {
        current.can_be_revoked()?;
        let service = Service::of(&self.shared, cx, current, true)?;
        service.list(current.fields()).await.map(drop)
    }

    async fn discard(&self, cx: &Context, issued: &TokenSecret) -> Result<(), HookError> {
        let service = Service::of(&self.shared, cx, issued, true)?;
        match (service.profile.flow, issued.id()) {
            (Flow::Create, Some(id)) => service.revoke(issued.fields(), id).await,
            _ => Ok(()),
        }
    }
}

fn life(text: Option<&str>) -> Result<Option<Duration>, String> {
    let parsed = text.map(profile::life).transpose();
    parsed.map_err(|rule| format!("{LIFE} {rule}"))
}
