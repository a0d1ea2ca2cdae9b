//! A service, described: how its credentials are made, tried, listed and ended.

mod authority;
mod body;
mod call;
mod check;
mod life;
mod shelf;
mod sign;
#[cfg(test)]
mod tests;
mod whose;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use crate::template::Template;

pub(crate) use call::{By, Call};
pub(crate) use life::parse as life;
#[cfg(any(test, fuzzing))]
pub(crate) use shelf::SHIPPED;
pub(crate) use shelf::Shelf;
pub(crate) use sign::Sign;
pub(crate) use whose::Whose;

/// The key of the admin's ARN, as AWS's own secrets have it.
const ADMIN: &str = "masterarn";

/// What a profile's file says. Its texts are checked when it is loaded; see the README for each key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Profile {
    /// The file's name, without its ending.
    #[serde(skip)]
    pub(crate) name: String,
    /// Of the language that the file is written in; there is one so far.
    #[serde(default, rename = "version", deserialize_with = "language")]
    pub(crate) _version: (),
    /// Where the service's maker documents these calls.
    #[serde(default)]
    pub(crate) documentation: Vec<String>,
    pub(crate) flow: Flow,
    /// The secret's key that holds the credential.
    #[serde(default = "token")]
    pub(crate) credential: String,
    /// The secret's key that holds what the service calls it by.
    pub(crate) id: Option<String>,
    /// The secret's key that says whose it is.
    pub(crate) principal: Option<String>,
    /// How long a new one lives.
    #[serde(default, deserialize_with = "life::optional")]
    pub(crate) life: Option<Duration>,
    /// What a new one may do, where only the administrator says that. A setting of the function replaces it; a secret does not.
    pub(crate) scope: Option<String>,
    /// Whether a call that makes one may be made again after one whose answer was lost.
    #[serde(default = "yes")]
    pub(crate) repeatable: bool,
    /// Whether a revoked one works on until its end.
    #[serde(default)]
    pub(crate) outlives_revocation: bool,
    /// Whether the credential may stand in a URL, though servers log these.
    #[serde(default)]
    pub(crate) credential_in_url: bool,
    /// How the service answers.
    #[serde(default)]
    pub(crate) answers: Answers,
    /// Keys that the secret must have, each with what it is.
    #[serde(default)]
    pub(crate) secret: BTreeMap<String, String>,
    /// Keys that it may have, each with what it is otherwise.
    #[serde(default)]
    pub(crate) defaults: BTreeMap<String, String>,
    /// Keys that the admin's secret must have, each with what it is.
    #[serde(default)]
    pub(crate) admin: BTreeMap<String, String>,
    /// How each of both shows who it is.
    #[serde(default)]
    pub(crate) auth: BTreeMap<By, Auth>,
    /// Shows the administrator that other keys of the secret are of the credential's own principal.
    pub(crate) owner: Option<Call>,
    /// Shows the present credential, of which the next copies something.
    pub(crate) copy: Option<Call>,
    /// Makes the next one.
    pub(crate) create: Call,
    /// Makes the next one where the present one is dead.
    pub(crate) recover: Option<Call>,
    /// Where the answer to `create` has what is stored: keys of the secret, and JSON pointers.
    #[serde(default)]
    pub(crate) store: BTreeMap<String, String>,
    /// Is answered if the credential works.
    pub(crate) verify: Call,
    #[serde(default)]
    pub(crate) verdict: Verdict,
    /// Shows all credentials.
    pub(crate) list: Option<Call>,
    #[serde(default)]
    pub(crate) items: Items,
    /// How to come to the next page of the list.
    pub(crate) pages: Option<Pages>,
    /// End the credential of `{id}`, one after another.
    #[serde(default)]
    pub(crate) revoke: Vec<Call>,
    /// What `revoke` answers where it is gone already.
    #[serde(default = "gone")]
    pub(crate) gone: Vec<Sign>,
}

/// What becomes of the present credential when the next one is made.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Flow {
    /// Both live, until the present one is revoked.
    Create,
    /// The admin has the service make another value; the present one dies at once.
    RollInPlace,
    /// The credential has the service make its successor, and dies at once.
    SelfRotate,
    /// We draw the value, and the admin puts it there; the present one dies at once.
    PutValue,
}

/// How the service answers.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Answers {
    #[default]
    Json,
    /// Read as if it were JSON: an element is an object, elements of one name are an array.
    Xml,
}

/// How a call shows who makes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Auth {
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, Template>,
    /// User and password, RFC 7617.
    pub(crate) basic: Option<[Template; 2]>,
    /// A call before, of whose answer `{login:…}` is filled.
    pub(crate) login: Option<Call>,
    /// AWS Signature Version 4.
    pub(crate) aws: Option<Aws>,
}

/// By which key, and for what, a call is signed. Without a key, the function's own role signs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Aws {
    pub(crate) service: Template,
    pub(crate) region: Template,
    /// Id and secret.
    pub(crate) key: Option<[Template; 2]>,
}

/// What the answer to `verify` says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub(crate) struct Verdict {
    /// Beside 2xx.
    pub(crate) alive: Vec<Sign>,
    pub(crate) dead: Vec<Sign>,
    /// An answer of 2xx says so only with these values: JSON pointers, and what is there.
    pub(crate) only: BTreeMap<String, Value>,
    /// Whose the credential is.
    pub(crate) is: Whose,
    /// How long a change may take to be seen everywhere.
    #[serde(deserialize_with = "life::needed")]
    pub(crate) settles: Duration,
}

/// What an entry of the list is like.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Items {
    /// Where the entries are.
    pub(crate) at: String,
    pub(crate) id: String,
    /// What we called it. Without, nothing tells ours from others'.
    pub(crate) name: Option<String>,
    /// When it was made, where it has no name of ours that says so; RFC 3339.
    pub(crate) created: Option<String>,
    /// Whose it is: others' are passed over.
    pub(crate) is: Whose,
    /// How many the service allows.
    pub(crate) limit: Option<usize>,
}

/// How to come to the next page of the list.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Pages {
    /// By the header Link, RFC 8288.
    Link,
    /// By what the answer has at the pointer, under this name in the query.
    Cursor { at: String, query: String },
    /// By counting, under this name in the query, up to an empty page.
    Number { query: String, first: usize },
}

impl Default for Verdict {
    fn default() -> Self {
        Self {
            alive: Vec::new(),
            dead: vec![Sign::status(401)],
            only: BTreeMap::new(),
            is: Whose::default(),
            settles: Duration::ZERO,
        }
    }
}

impl Pages {
    /// Where the answer says how to go on.
    fn cursor(&self) -> Option<&String> {
        match self {
            Self::Cursor { at, .. } => Some(at),
            Self::Link | Self::Number { .. } => None,
        }
    }
}

impl Profile {
    /// The key that names the admin's secret, if that is needed.
    pub(crate) fn needs_admin(&self) -> Option<&'static str> {
        (!self.admin.is_empty()).then_some(ADMIN)
    }

    /// The keys that say where its calls go.
    pub(crate) fn addresses(&self) -> BTreeSet<&str> {
        self.calls()
            .filter_map(|(_, _, call)| call.address())
            .collect()
    }

    /// Whether its service keeps no names, so that nothing tells our credentials from others'.
    pub(crate) fn is_nameless(&self) -> bool {
        self.list.is_some() && self.items.name.is_none()
    }

    /// Where to read on, as a sentence ends with it.
    pub(crate) fn see(&self) -> String {
        let first = self.documentation.first();
        first.map_or_else(String::new, |page| format!(". See {page}"))
    }

    /// The keys that a rotation writes.
    pub(crate) fn written(&self) -> impl Iterator<Item = &str> {
        let drawn = (self.flow == Flow::PutValue).then_some(self.credential.as_str());
        self.store.keys().map(String::as_str).chain(drawn)
    }

    /// All calls, each with what the profile calls it, and by whom it is made; a login, for whom.
    pub(crate) fn calls(&self) -> impl Iterator<Item = (&'static str, By, &Call)> {
        let logins = self.auth.iter();
        let logins = logins.filter_map(|(by, auth)| Some(("login", *by, auth.login.as_ref()?)));
        let optional = [
            ("owner", &self.owner),
            ("copy", &self.copy),
            ("recover", &self.recover),
            ("list", &self.list),
        ];
        let optional = optional.into_iter();
        let optional = optional.filter_map(|(section, call)| Some((section, call.as_ref()?)));
        [("create", &self.create), ("verify", &self.verify)]
            .into_iter()
            .chain(optional)
            .chain(self.revoke.iter().map(|call| ("revoke", call)))
            .map(|(section, call)| (section, self.by(section, call), call))
            .chain(logins)
    }
}

/// The version of the language: a newer one has what this program does not understand.
fn language<'de, D: Deserializer<'de>>(toml: D) -> Result<(), D::Error> {
    const KNOWN: u64 = 1;
    match u64::deserialize(toml)? {
        KNOWN => Ok(()),
        other => Err(de::Error::custom(format!(
            "version {other} of the profile language is unknown here, where {KNOWN} is read: write the profile in that, or update the rotator"
        ))),
    }
}

fn token() -> String {
    "token".to_owned()
}

fn yes() -> bool {
    true
}

fn gone() -> Vec<Sign> {
    [404, 410].map(Sign::status).into()
}
