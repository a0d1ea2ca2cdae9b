//! The administrator's login: what must be in its secret, and where it may be sent.

use rotation::{Context, HookError};
use url::Url;

use crate::address;
use crate::fields::Fields;
use crate::profile::Profile;
use crate::service::Shared;

/// The administrator of a profile's service.
pub(crate) struct Admin(Option<Fields>);

impl Admin {
    /// That of the admin secret, for this profile and the addresses in `secret`. The function's own role needs no secret.
    ///
    /// # Errors
    /// If the admin secret does not fit the profile, or its login would go where nobody but the secret says.
    pub(crate) fn of(
        shared: &Shared,
        cx: &Context,
        profile: &Profile,
        secret: &Fields,
    ) -> Result<Self, HookError> {
        let needed = profile.needs_admin().is_some();
        let admin = Self(needed.then(|| cx.admin()).transpose()?);
        admin.fits(profile)?;
        if profile.has_admin() {
            for key in profile.addresses() {
                admin.may_go_to(shared, profile, key, secret)?;
            }
        }
        Ok(admin)
    }

    /// Nobody: for calls of the credential alone.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// The values of its secret.
    pub(crate) fn fields(&self) -> Option<&Fields> {
        self.0.as_ref()
    }

    fn named(&self, key: &str) -> Option<&str> {
        self.0.as_ref()?.get(key)
    }

    fn fits(&self, profile: &Profile) -> Result<(), HookError> {
        let name = &profile.name;
        let lacks = |(key, _): &(&String, &String)| self.0.is_some() && self.named(key).is_none();
        if let Some((key, what)) = profile.admin.iter().find(lacks) {
            return Err(HookError::refused(format!(
                "the admin secret lacks the key {key}, which the profile {name} needs: {what}"
            )));
        }
        let addresses = profile.addresses();
        let keys = self.0.iter().flat_map(Fields::keys);
        let odd = |key: &&str| address::is_address(key) && !addresses.contains(key);
        if let Some(key) = keys.into_iter().find(odd) {
            return Err(HookError::refused(format!(
                "the admin secret is for another service: it names {key}, which the profile {name} does not know"
            )));
        }
        if self.named("profile").is_some_and(|known| known != name) {
            return Err(HookError::refused(format!(
                "the admin secret is for another profile than {name}: its key profile says so"
            )));
        }
        Ok(())
    }

    /// Who may write the secret must not be able to have the admin's login sent to a place of their own, nor to have their own
    /// server say whose the credential is. So an address is that of the admin secret or, if that names none, the profile's own; or
    /// it lies below. Where neither fits, a host whose whole name is in ALLOWED_HOSTS will do, and no path there.
    fn may_go_to(
        &self,
        shared: &Shared,
        profile: &Profile,
        key: &str,
        secret: &Fields,
    ) -> Result<(), HookError> {
        let url = parsed(secret.get(key).unwrap_or_default(), "secret", key)?;
        if let Some(named) = self.named(key) {
            let base = parsed(named, "admin secret", key)?;
            return match address::is_within(&url, &base) {
                true => Ok(()),
                false => Err(HookError::refused(format!(
                    "the admin secret is for another address: its key {key} and the secret's must agree"
                ))),
            };
        }
        let usual = profile.defaults.get(key).map(|usual| Url::parse(usual));
        let host = url.host_str().unwrap_or_default();
        let whole = shared.named_hosts.iter().any(|name| name == host);
        if usual.is_some_and(|usual| usual.is_ok_and(|usual| address::is_within(&url, &usual)))
            || whole && url.path() == "/"
        {
            return Ok(());
        }
        let first = match self.0.is_some() {
            true => format!("put the key {key} into the admin secret"),
            false => format!("take the key {key} out of the secret"),
        };
        Err(HookError::refused(format!(
            "nothing says that the admin's login may be sent to {host}: {first}, or name the whole host in ALLOWED_HOSTS, for an address without a path"
        )))
    }
}

fn parsed(address: &str, whose: &str, key: &str) -> Result<Url, HookError> {
    let sound = address::sound(key, address)
        .and_then(|()| Url::parse(address).map_err(|error| error.to_string()));
    sound.map_err(|why| HookError::refused(format!("the {whose} {why}")))
}

#[cfg(test)]
mod tests {
    use rotation::Secret;
    use rotation::config::Config;

    use super::*;
    use crate::function::Function;
    use crate::profile::Shelf;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        let mut fields = Fields::default();
        for (key, value) in pairs {
            fields.put(key, Secret::new(*value));
        }
        fields
    }

    /// Where the login may go, in each row: ALLOWED_HOSTS, what the admin secret says, what the secret says.
    #[test]
    fn the_login_goes_where_somebody_said_who_may() {
        let usual = "https://api.cloudflare.com/client/v4/user";
        for (hosts, admin, secret, may) in [
            ("", None, usual, true),
            (
                "",
                None,
                "https://api.cloudflare.com/client/v4/user/x",
                true,
            ),
            (
                "",
                None,
                "https://api.cloudflare.com/client/v4/accounts/x",
                false,
            ),
            ("", None, "https://stranger.example", false),
            ("stranger.example", None, "https://stranger.example", true),
            (
                "stranger.example",
                None,
                "https://stranger.example/app",
                false,
            ),
            (".example", None, "https://stranger.example", false),
            ("other.example", None, "https://stranger.example", false),
            ("", Some("https://h/a"), "https://h/a", true),
            ("", Some("https://h/a"), "https://h/a/b/", true),
            ("", Some("https://h/a"), "https://h/ab", false),
            ("", Some("https://h/a"), usual, false),
            (
                "stranger.example",
                Some("https://h/a"),
                "https://stranger.example",
                false,
            ),
        ] {
            let allowed = [("ALLOWED_HOSTS".to_owned(), hosts.to_owned())];
            let config = Config::from_vars(allowed, "", crate::settings::ALL).expect("settings");
            let function = Function::build(&config).expect("settings that fit");
            let shelf = Shelf::open(None).expect("no folder");
            let profile = shelf.profile("cloudflare").expect("a profile");
            let admin = admin.map_or_else(Fields::default, |url| fields(&[("url", url)]));
            let secret_fields = fields(&[("url", secret)]);
            let answer =
                Admin(Some(admin)).may_go_to(&function.shared, &profile, "url", &secret_fields);
            assert_eq!(answer.is_ok(), may, "{hosts} {secret}");
        }
    }

    #[test]
    fn an_admin_secret_is_for_one_service() {
        let shelf = Shelf::open(None).expect("no folder");
        let profile = shelf.profile("cloudflare").expect("a profile");
        for (admin, words) in [
            (&[("token", "t")][..], None),
            (&[("token", "t"), ("profile", "cloudflare")], None),
            (&[("url", "https://h")], Some("lacks the key token")),
            (
                &[("token", "t"), ("profile", "gitlab")],
                Some("for another profile than cloudflare"),
            ),
            (
                &[("token", "t"), ("gitlabUrl", "https://h")],
                Some("it names gitlabUrl"),
            ),
        ] {
            let answer = Admin(Some(fields(admin))).fits(&profile);
            let said = answer.err().map(|error| error.text().to_owned());
            assert_eq!(said.is_some(), words.is_some(), "{said:?}");
            assert!(said.unwrap_or_default().contains(words.unwrap_or_default()));
        }
    }
}
