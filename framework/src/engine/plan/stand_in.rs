//! What stands for a credential that only the target can make.

use zeroize::Zeroizing;

use crate::document::Document;
use crate::rotator::{Payload, Rotator};
use crate::secret::Secret;

/// The payload of AWSCURRENT, with another credential. It never leaves this process. `None` if the credential is not in the JSON as it
/// is.
pub(super) fn stand_in<R: Rotator>(
    rotator: &R,
    current: &Document,
    payload: &R::Payload,
) -> Option<R::Payload> {
    let (old, new) = (
        literal(payload.credential())?,
        literal(&another(payload.credential()))?,
    );
    let text = current.expose();
    if old == new || !text.contains(old.as_str()) {
        return None;
    }
    let text = Zeroizing::new(text.replace(old.as_str(), &new));
    let parsed = Document::new(text.as_str()).parse().ok()?;
    rotator.complete(parsed).ok()
}

/// As long, and of the same characters, but for the last letter or digit.
fn another(credential: &Secret) -> Secret {
    let mut text = Zeroizing::new(credential.expose().to_owned());
    if let Some(at) = text.rfind(|c: char| c.is_ascii_alphanumeric()) {
        let other = if text[at..].starts_with('0') {
            "1"
        } else {
            "0"
        };
        text.replace_range(at..=at, other);
    }
    Secret::new(text.as_str())
}

/// As JSON has it.
fn literal(secret: &Secret) -> Option<Zeroizing<String>> {
    serde_json::to_string(secret.expose())
        .ok()
        .map(Zeroizing::new)
}
