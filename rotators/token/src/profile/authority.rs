//! For whom an administrator acts: a profile's secret must not be able to name anybody else than its credential's own principal.

use std::collections::BTreeSet;

use crate::address;
use crate::place::Place;
use crate::template::Template;

use super::{Auth, By, Call, Profile};

impl Profile {
    /// Whether an administrator, or the function's own role, makes one of its calls.
    pub(crate) fn has_admin(&self) -> bool {
        self.calls().any(|(_, by, _)| by == By::Admin)
    }

    /// Why a secret of this profile could have an administrator act for somebody else. `None`, if it cannot.
    pub(crate) fn unbound(&self) -> Option<String> {
        if !self.has_admin() {
            return None;
        }
        let copied_by_itself = self.copy.as_ref().map(|copy| self.by("copy", copy));
        let shown = !self.verdict.is.is_empty()
            || self.logs_in_as_principal()
            || copied_by_itself == Some(By::Token);
        if !shown {
            return Some("no is = { … } in [verdict] says whose it is".to_owned());
        }
        let bound = self.bound();
        let used = self.keys_of_admin();
        let free = used.into_iter().find(|key| !bound.contains(key))?;
        Some(format!(
            "nothing shows that its key {free} is of the credential's own principal"
        ))
    }

    /// The keys of the secret that say for whom the administrator acts: two versions in which they differ are of different users.
    pub(crate) fn principal_keys(&self) -> Vec<&String> {
        let mut keys: Vec<&String> = self.principal.iter().collect();
        for key in self.keys_of_admin() {
            let written = self.written().any(|written| written == key);
            if !written && self.id.as_ref() != Some(key) && !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }

    /// Whether the administrator copies the rights of the credential that has the id in the secret.
    pub(crate) fn copies_by_id(&self) -> bool {
        let copy = self.copy.as_ref();
        let by_admin = copy.filter(|copy| self.by("copy", copy) == By::Admin);
        by_admin.is_some_and(|copy| {
            keys(copy.places().into_iter()).any(|key| self.id.as_ref() == Some(key))
        })
    }

    /// Whether the credential can only work as the principal's: both are sent together, as a user and his password.
    fn logs_in_as_principal(&self) -> bool {
        let principal = self.principal.as_ref();
        principal.is_some_and(|key| self.login_keys().any(|sent| sent == key))
    }

    /// Whether the service says by which id it knows a credential that works.
    pub(crate) fn shows_id(&self) -> bool {
        let id = self.id.as_ref();
        id.is_some_and(|id| {
            keys(self.verdict.is.places())
                .chain(self.login_keys())
                .any(|key| key == id)
        })
    }

    /// Whether a call is for the principal's own credentials alone: it names a key of the secret that is more than an address.
    pub(crate) fn is_of_principal(&self, call: &Call) -> bool {
        let names = |key: &String| {
            let named = self.secret.contains_key(key) || self.principal.as_ref() == Some(key);
            named && self.id.as_ref() != Some(key) && !address::is_address(key)
        };
        keys(call.places().into_iter()).any(names)
    }

    /// What is sent in one piece with the credential where it is tried, as a user beside his password.
    fn login_keys(&self) -> impl Iterator<Item = &String> {
        let own = self.auth.get(&By::Token);
        let own = own.filter(|_| self.by("verify", &self.verify) == By::Token);
        let login = own.and_then(|auth| auth.login.as_ref());
        let calls = login.into_iter().chain([&self.verify]);
        let pieces = calls.flat_map(Call::pieces);
        let pieces = pieces.chain(own.into_iter().flat_map(Auth::pieces));
        let credential = Place::Secret(self.credential.clone());
        let logins = pieces.filter(move |piece| piece.contains(&&credential));
        keys(logins.flatten())
    }

    /// The keys of the secret that a service has shown to belong together, and to the credential.
    fn bound(&self) -> BTreeSet<&String> {
        let mut bound: BTreeSet<&String> = keys(self.verdict.is.places()).collect();
        if self.logs_in_as_principal() {
            // Where it logs in, as in a tenant, is where it is known.
            let realm = self.verify.url_places();
            bound.extend(self.login_keys().chain(keys(realm)));
        }
        for call in [&self.owner, &self.copy].into_iter().flatten() {
            if keys(call.is.places()).any(|key| bound.contains(key)) {
                bound.extend(keys(call.places().into_iter()));
            }
        }
        bound
    }

    /// The keys of the secret that stand in calls of the administrator. Which id is revoked, the rotation itself holds against
    /// the service.
    fn keys_of_admin(&self) -> Vec<&String> {
        let calls = self.calls().filter(|(_, by, _)| *by == By::Admin);
        let own = self.auth.get(&By::Admin);
        let own = own.into_iter().flat_map(Auth::pieces).flatten();
        let own = keys(own).map(|key| ("auth", key));
        let sent = calls.flat_map(|(section, _, call)| {
            keys(call.places().into_iter()).map(move |key| (section, key))
        });
        let free = own.chain(sent).filter(|(section, key)| {
            let revoked = *section == "revoke" && self.id.as_ref() == Some(*key);
            !revoked && !address::is_address(key)
        });
        free.map(|(_, key)| key).collect()
    }
}

/// The keys of the secret among places.
fn keys<'a>(places: impl Iterator<Item = &'a Place>) -> impl Iterator<Item = &'a String> {
    places.filter_map(|place| match place {
        Place::Secret(key) => Some(key),
        _ => None,
    })
}

impl Auth {
    /// What is sent in one piece, each with its places; what a signature is for, is not sent.
    fn pieces(&self) -> Vec<Vec<&Place>> {
        let headers = self.headers.values().map(|header| vec![header]);
        let key = self.aws.iter().filter_map(|aws| aws.key.as_ref());
        let pairs = self.basic.iter().chain(key);
        let all = headers.chain(pairs.map(|pair| pair.iter().collect()));
        all.map(|piece| piece.into_iter().flat_map(Template::places).collect())
            .collect()
    }
}
