//! Times in a profile: `30s`, `12h`, `90d`.

use std::time::Duration;

use serde::{Deserialize, Deserializer, de};

/// # Errors
/// What the value must be.
pub(super) fn needed<'de, D: Deserializer<'de>>(toml: D) -> Result<Duration, D::Error> {
    time(&String::deserialize(toml)?).map_err(de::Error::custom)
}

/// # Errors
/// What the value must be.
pub(super) fn optional<'de, D: Deserializer<'de>>(toml: D) -> Result<Option<Duration>, D::Error> {
    parse(&String::deserialize(toml)?)
        .map(Some)
        .map_err(de::Error::custom)
}

/// How long a credential lives: an hour at least, since some services take no time at all for "never".
///
/// # Errors
/// What the value must be.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    const SHORTEST: Duration = Duration::from_secs(3600);
    let life = time(text)?;
    (life >= SHORTEST)
        .then_some(life)
        .ok_or_else(|| "must be an hour at least, as in 90d".to_owned())
}

/// At most a hundred years, so that no date overflows.
fn time(text: &str) -> Result<Duration, String> {
    const LONGEST: u64 = 100 * 366 * 86_400;
    let wrong = || "must be a number with s, m, h or d behind it, as in 90d".to_owned();
    let unit = match text.bytes().last() {
        Some(b's') => 1,
        Some(b'm') => 60,
        Some(b'h') => 3_600,
        Some(b'd') => 86_400,
        _ => return Err(wrong()),
    };
    let number: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    let seconds = number
        .checked_mul(unit)
        .filter(|seconds| *seconds <= LONGEST);
    seconds.map(Duration::from_secs).ok_or_else(wrong)
}
