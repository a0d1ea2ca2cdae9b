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
    if value.contains('%') {
        return wrong("it must have no percent sign");
    }
    // 127.1 and 2130706433 are addresses too, and not for everybody who reads the secret the same one.
    if let Some(Host::Ipv4(v4)) = url.host()
        && !value.contains(&v4.to_string())
    {
        return wrong("it must have four decimal numbers, as in https://10.0.0.1");
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

/// Whether `url` is `base`, or lies below it by whole segments of the path.
pub(crate) fn is_within(url: &Url, base: &Url) -> bool {
    let segments = |url: &Url| -> Vec<String> {
        let path = url.path().trim_end_matches('/');
        path.split('/').map(ToOwned::to_owned).collect()
    };
    url.origin() == base.origin() && segments(url).starts_with(&segments(base))
}

/// By its name: `url`, and what ends so, as in `token_url` or `gitlabUrl`.
pub(crate) fn is_address(key: &str) -> bool {
    key == "url" || key.ends_with("_url") || key.ends_with("Url")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_by_whole_segments() {
        let within = |url: &str, base: &str| {
            let parse = |text: &str| Url::parse(text).expect(text);
            is_within(&parse(url), &parse(base))
        };
        for (url, base, expected) in [
            ("https://h", "https://h/", true),
            ("https://h:443/a/", "https://H/a", true),
            ("https://h/a/b", "https://h/a", true),
            ("https://h/ab", "https://h/a", false),
            ("https://h/a/../b", "https://h/a", false),
            ("https://h/a/%2e%2e/b", "https://h/a", false),
            ("https://h", "https://h/a", false),
            ("https://h:8443/a", "https://h/a", false),
            ("https://h.evil.example/a", "https://h/a", false),
        ] {
            assert_eq!(within(url, base), expected, "{url} {base}");
        }
    }

    #[test]
    fn an_address_says_no_more_than_where() {
        for wrong in [
            "https://h/a?x=",
            "https://h/%2e%2e",
            "https://h/a%2Fb",
            "http://h",
            "https://2130706433/",
            "https://0x7f.1",
            "https://0177.0.0.1",
            "https://127.1",
            "https://\u{ff11}\u{ff12}7.0.0.1",
        ] {
            assert!(sound("sts_url", wrong).is_err(), "{wrong}");
            assert!(sound("name", wrong).is_ok(), "{wrong}");
        }
        assert_eq!(sound("url", "https://10.0.0.1:8443/a"), Ok(()));
    }
}
