//! An address in a token's secret, then what else it has; and the same text as a host that somebody else resolves.
#![no_main]

use rotation::network::Network;
use url::{Host, Url};

libfuzzer_sys::fuzz_target!(|text: &str| {
    rotator_token::fuzzing::url(text);
    let host = text.split(['\n', '/']).next().unwrap_or_default();
    let name = host
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    if name && Network::new(&[]).names(host).is_ok() {
        let url = Url::parse(&format!("https://{host}"));
        if let Some(Host::Ipv4(v4)) = url.as_ref().ok().and_then(Url::host) {
            assert_eq!(v4.to_string(), host, "is allowed, and is another address");
        }
    }
});
