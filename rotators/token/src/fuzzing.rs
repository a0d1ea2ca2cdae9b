//! What `scripts/fuzz` hands random input to.

use std::sync::LazyLock;
use std::time::Duration;

use crate::profile::{Profile, SHIPPED};
use crate::properties;

/// With an address in its secret, and a list.
static SOUND: LazyLock<Profile> = LazyLock::new(|| {
    let (name, text) = SHIPPED
        .iter()
        .find(|(name, _)| *name == "jupyterhub")
        .expect("shipped");
    Profile::parse(name, text).expect("a shipped profile")
});

/// What has a meaning in a URL, in a header, or here.
const WILD: [&str; 8] = [
    "/",
    "..",
    "a/../b?c=d&e#f",
    "@evil.example",
    "\\",
    "\r\nA: b",
    "%2e%2e",
    "{url}",
];

/// A profile's file.
pub fn profile(text: &str) {
    if let Some(profile) = properties::is_refused_with_its_line(text) {
        for wild in WILD {
            let life = Duration::from_secs(3600);
            properties::stays_in_its_place(&profile, life, &mut || wild.to_owned());
        }
    }
}

/// The value of the headers, then the body.
pub fn answer(text: &str) {
    properties::is_read(&SOUND, text);
}

/// An address, then what else the secret has.
pub fn url(text: &str) {
    let (address, value) = text.split_once('\n').unwrap_or((text, "value"));
    properties::leads_where_it_says(&SOUND, address, value);
}
