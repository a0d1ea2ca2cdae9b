//! Which host keys a secret says are the right ones.

use serde::Deserialize;

use crate::host_key::HostKeys;

/// A text, or its lines one by one.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Lines {
    List(Vec<String>),
    Text(String),
}

/// Nothing is trusted on first use.
pub(crate) fn trusted(
    known_hosts: Option<&Lines>,
    fingerprints: Option<&Lines>,
) -> Result<HostKeys, String> {
    if known_hosts.is_none() && fingerprints.is_none() {
        return Err("known_hosts is missing: host key required (known_hosts lines, or SHA256 fingerprints in the key fingerprints); nothing is trusted on first use".into());
    }
    let lines = known_hosts.map(Lines::text).unwrap_or_default();
    let prints = fingerprints.map(|prints| {
        prints
            .text()
            .split_whitespace()
            .map(ToOwned::to_owned)
            .collect()
    });
    let prints: Vec<String> = prints.unwrap_or_default();
    HostKeys::parse(&lines, &prints)
        .map_err(|why| format!("known_hosts or fingerprints cannot be used: {why}"))
}

impl Lines {
    fn text(&self) -> String {
        match self {
            Self::List(lines) => lines.join("\n"),
            Self::Text(text) => text.clone(),
        }
    }
}
