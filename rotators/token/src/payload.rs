//! The secret of a token: what its service's profile names, and the name of that profile.

use std::fmt;
use std::sync::Arc;

use rotation::{HookError, Payload, Secret};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::address;
use crate::fields::Fields;
use crate::profile::{Flow, Profile};
use crate::values::Values;

/// The longest value that goes into a header: servers take 8 KB of headers, the usual limit.
const LONGEST: usize = 8_000;

/// A version of the secret. Before [`complete`](Self::complete) it knows no profile, and is good for nothing.
#[derive(Clone)]
pub struct TokenSecret {
    fields: Fields,
    profile: Option<Arc<Profile>>,
    target: String,
    principal: String,
    credential: Secret,
}

impl TokenSecret {
    /// The profile that the secret itself names.
    pub(crate) fn profile_name(&self) -> Option<&str> {
        self.fields.get("profile")
    }

    /// The same with its profile, which the values were held against.
    ///
    /// # Errors
    /// What it lacks.
    pub(crate) fn complete(mut self, profile: Arc<Profile>) -> Result<Self, String> {
        for (key, value) in &profile.defaults {
            if self.fields.get(key).is_none() {
                self.fields.put(key, Secret::new(value));
            }
        }
        for (key, what) in &profile.secret {
            if self.fields.get(key).is_none() {
                let (name, see) = (&profile.name, profile.see());
                return Err(format!(
                    "lacks the key {key}, which the profile {name} needs: {what}{see}"
                ));
            }
        }
        for key in profile.secret.keys().chain(profile.defaults.keys()) {
            address::sound(key, self.fields.get(key).unwrap_or_default())?;
        }
        if let Some(key) = profile
            .needs_admin()
            .filter(|key| self.fields.get(key).is_none())
        {
            let wanted: Vec<String> = profile
                .admin
                .iter()
                .map(|(key, what)| format!("{key} ({what})"))
                .collect();
            return Err(format!(
                "lacks the key {key}: the ARN of the administrator's secret, which the profile {} needs with {}",
                profile.name,
                wanted.join(", ")
            ));
        }
        self.credential = sound_credential(&self.fields, &profile.credential)?;
        self.target = self.target_of(&profile)?;
        let named = profile.principal_keys().into_iter();
        let named: Vec<&str> = named.filter_map(|key| self.fields.get(key)).collect();
        self.principal = named.join(" ");
        self.profile = Some(profile);
        Ok(self)
    }

    /// The profile, and all addresses that the secret names: another path is another service.
    fn target_of(&self, profile: &Profile) -> Result<String, String> {
        let values = Values {
            secret: Some(&self.fields),
            ..Values::default()
        };
        let verify = profile.verify.url(&values);
        let verify = verify.map_err(|error| error.text().to_owned())?;
        let keys = profile.addresses().into_iter();
        let named = keys.filter_map(|key| self.fields.get(key));
        let mut named: Vec<&str> = named.map(|url| url.trim_end_matches('/')).collect();
        let origin = verify.origin().ascii_serialization();
        if named.is_empty() {
            named.push(&origin);
        }
        Ok(format!("{} at {}", profile.name, named.join(", ")))
    }

    /// # Errors
    /// If nobody has asked for the profile yet.
    pub(crate) fn profile(&self) -> Result<&Profile, HookError> {
        self.profile
            .as_deref()
            .ok_or_else(|| HookError::failed("the secret's profile is not known"))
    }

    /// What the profile's places are filled with.
    pub(crate) fn fields(&self) -> &Fields {
        &self.fields
    }

    /// By what the service knows the credential, where that is known.
    pub(crate) fn id(&self) -> Option<&str> {
        let key = self.profile.as_ref()?.id.as_deref()?;
        self.fields.get(key).filter(|id| !id.is_empty())
    }

    /// Refuses a credential that nobody could revoke later. An empty id says that this is known: then it is revoked by
    /// hand.
    ///
    /// # Errors
    /// Which key to add.
    pub(crate) fn can_be_revoked(&self) -> Result<(), HookError> {
        let profile = self.profile()?;
        let lacks = |key: &&str| self.fields.get(key).is_none();
        match profile.id.as_deref().filter(lacks) {
            Some(key) if profile.flow == Flow::Create => Err(HookError::refused(format!(
                "the secret lacks the key {key}: without what the service calls the present credential by, nobody could revoke it later. Add it, or an empty text to revoke it by hand"
            ))),
            _ => Ok(()),
        }
    }

    /// The same with other values under the keys that the profile writes.
    pub(crate) fn with(&self, values: Vec<(&str, Secret)>) -> Self {
        let mut new = self.clone();
        for (key, value) in values {
            new.fields.put(key, value);
        }
        let profile = new.profile.as_ref();
        if let Some(credential) = profile.and_then(|profile| new.fields.secret(&profile.credential))
        {
            new.credential = credential.clone();
        }
        new
    }
}

/// What a header can hold, and a server takes.
pub(crate) fn sound_credential(fields: &Fields, key: &str) -> Result<Secret, String> {
    let Some(secret) = fields.secret(key) else {
        return Err(format!("lacks the key {key}: the credential itself"));
    };
    let value = secret.expose();
    if value.is_empty() || !value.bytes().all(|b| (b' '..=b'~').contains(&b)) {
        return Err(format!(
            "has a value under the key {key} that no header can hold: it must be printable ASCII, on one line"
        ));
    }
    if value.len() > LONGEST {
        return Err(format!(
            "has a value under the key {key} that is too long: {LONGEST} bytes at most"
        ));
    }
    Ok(secret.clone())
}

impl Payload for TokenSecret {
    fn target(&self) -> String {
        self.target.clone()
    }

    fn principal(&self) -> &str {
        &self.principal
    }

    fn credential(&self) -> &Secret {
        &self.credential
    }

    /// What else the service hands out with it.
    fn secrets(&self) -> Vec<&Secret> {
        let profile = self.profile.iter();
        let written = profile.flat_map(|profile| profile.written());
        let id = self
            .profile
            .as_ref()
            .and_then(|profile| profile.id.as_deref());
        let issued = written.filter(|key| id != Some(*key));
        issued.filter_map(|key| self.fields.secret(key)).collect()
    }

    fn admin_secret(&self) -> Option<&str> {
        let key = self.profile.as_ref()?.needs_admin()?;
        self.fields.get(key)
    }
}

impl<'de> Deserialize<'de> for TokenSecret {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        Ok(Self {
            fields: Fields::deserialize(json)?,
            profile: None,
            target: String::new(),
            principal: String::new(),
            credential: Secret::new(""),
        })
    }
}

/// Only what a rotation changes.
impl Serialize for TokenSecret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let written = self.profile.iter().flat_map(|profile| profile.written());
        for key in written {
            if let Some(field) = self.fields.field(key) {
                map.serialize_entry(key, field)?;
            }
        }
        map.end()
    }
}

impl fmt::Debug for TokenSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a token of {}", self.target)
    }
}
