//! Where calls may go: what an address in a secret must be like.

use url::{Host, Url};

/// `value`, if it is used as an address: `https`, and neither user nor fragment. Anything else may be as it is.
///
/// # Errors
/// A sentence that follows on `it`, and names the key.
pub(crate) fn sound(key: &str, value: &str) -> Result<(), String> {
    if !is_address(key) {
        return Ok(());
    }
    let wrong = |reason: &str| {
        Err(format!(
            "has a value under the key {key} that is no usable address: {reason}"
        ))
    };
    if value
        .chars()
        .any(|c| c.is_control() || c.is_whitespace() || c == '\\')
    {
        return wrong("it has spaces, backslashes or control characters");
    }
    let Ok(url) = Url::parse(value) else {
        return wrong("it must be like https://service.example.com");
    };
    if url.query().is_some() {
        return wrong("it must have no query (?)");
    }
    parts(&url).or_else(|reason| wrong(&reason))
}

/// What every URL that is called must be like.
///
/// # Errors
/// The reason.
pub(crate) fn parts(url: &Url) -> Result<(), String> {
    if url.scheme() != "https" {
        return Err("it must begin with https://".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it must not name a user".into());
    }
    if url.fragment().is_some() {
        return Err("it must have no fragment (#)".into());
    }
    match url.host() {
        Some(Host::Domain(name)) if name.ends_with('.') => {
            Err("its host must not end with a dot".into())
        }
        Some(_) => Ok(()),
        None => Err("it must name a host".into()),
    }
}

/// By its name: `url`, and what ends so, as in `token_url` or `gitlabUrl`.
pub(crate) fn is_address(key: &str) -> bool {
    key == "url" || key.ends_with("_url") || key.ends_with("Url")
}
