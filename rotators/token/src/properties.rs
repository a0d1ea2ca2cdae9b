//! What holds for all profiles, values, answers and addresses: nothing panics, no value leaves its place, nothing secret is in an
//! error. `scripts/fuzz` looks for some for which it does not.

use std::time::{Duration, SystemTime};

use hyper::HeaderMap;
use hyper::header::{DATE, HeaderValue, LINK, LOCATION, RETRY_AFTER};
use rotation::Secret;
use url::{Host, Url};

use crate::address;
use crate::answer::text_at;
use crate::fields::Fields;
use crate::http::Answer;
use crate::profile::{Answers, Call, Profile};
use crate::values::{Values, Wanted};

const CANARY: &str = "canary-canary-canary";

/// Whatever the values are, each call goes to its own host, and has as many segments and values in its query as before.
pub(crate) fn stays_in_its_place(
    profile: &Profile,
    life: Duration,
    wild: &mut dyn FnMut() -> String,
) {
    let wanted = Wanted {
        name: "name".into(),
        value: Some(Secret::new(CANARY)),
        scope: Some("scope".into()),
        now: SystemTime::UNIX_EPOCH,
        life: Some(life),
    };
    let address = "https://service.example";
    let tame = secret(profile, address, &mut || "tame".to_owned());
    let wild = secret(profile, address, wild);
    for (_, _, call) in profile.calls() {
        let with = |secret| Values {
            secret: Some(secret),
            new: Some(&wanted),
            ..Values::default()
        };
        // A profile of the user's own may lead nowhere.
        let Ok(usual) = call.url(&with(&tame)) else {
            continue;
        };
        if let Ok(url) = call.url(&with(&wild)) {
            is_the_same_place(call, &usual, &url);
        }
        let _ = call.content(&with(&wild));
    }
}

fn is_the_same_place(call: &Call, usual: &Url, url: &Url) {
    let segments = |url: &Url| url.path_segments().map_or(0, Iterator::count);
    let pairs = |url: &Url| url.query_pairs().count();
    if !usual.host_str().is_some_and(|host| host.contains("tame")) {
        assert_eq!(url.origin(), usual.origin(), "{call}");
    }
    assert_eq!(segments(url), segments(usual), "{call}: {url}");
    assert_eq!(pairs(url), pairs(usual), "{call}: {url}");
}

/// What a profile needs: `address` where that is one, and what `value` gives.
fn secret(profile: &Profile, address: &str, value: &mut dyn FnMut() -> String) -> Fields {
    let mut secret = Fields::default();
    let written = profile.secret.keys().chain(profile.store.keys());
    for key in written.chain([&profile.credential]).chain(&profile.id) {
        let value = match address::is_address(key) {
            true => address.to_owned(),
            false => value(),
        };
        secret.put(key, Secret::new(value));
    }
    for (key, value) in &profile.defaults {
        secret.put(key, Secret::new(value));
    }
    secret
}

/// A text is a profile, or what is wrong with it has a line, and is one.
pub(crate) fn is_refused_with_its_line(text: &str) -> Option<Profile> {
    let (line, problem) = match Profile::parse("spoiled", text) {
        Ok(profile) => return Some(profile),
        Err(refused) => refused,
    };
    let lines = text.split('\n').count();
    assert!(
        (1..=lines).contains(&line),
        "line {line} of {lines}: {problem}"
    );
    assert!(!problem.contains('\n'), "{problem}");
    None
}

/// An answer is read, or refused without what is in it. The first line is the value of each header that is looked at.
pub(crate) fn is_read(profile: &Profile, text: &str) {
    let (header, body) = text.split_once('\n').unwrap_or((text, text));
    let mut headers = HeaderMap::new();
    for name in [DATE, LINK, LOCATION, RETRY_AFTER] {
        if let Ok(value) = HeaderValue::from_str(header) {
            headers.insert(name, value);
        }
    }
    let mut answer = Answer {
        status: 200,
        headers,
        body: body.into(),
    };
    for form in [Answers::Json, Answers::Xml] {
        match answer.content(form) {
            Ok(content) => {
                let pointers = profile.store.values().chain([&profile.items.at]);
                pointers.for_each(|pointer| drop(text_at(&content, pointer)));
                drop(profile.items.entries(&content, form, &Values::default()));
            }
            Err(problem) => assert!(!problem.contains("canary"), "{problem}"),
        }
    }
    let url = Url::parse("https://service.example/a").expect("a URL");
    let within = Duration::from_secs(60);
    for now in [0, 1_800_000_000].map(Duration::from_secs) {
        let now = SystemTime::UNIX_EPOCH + now;
        let wait = answer.retry_after(now, within);
        assert!(wait.is_none_or(|wait| wait <= within));
        let _ = answer.skew(now);
    }
    let _ = answer.next_link().map(|link| url.join(link));
    for status in [302, 401, 404, 422, 429, 503] {
        answer.status = status;
        let refusal = answer.refusal("call", &url, &[Secret::new(CANARY)]);
        assert!(!refusal.text().contains('\n') && refusal.text().len() < 1200);
        assert!(status == 302 || !refusal.text().contains(CANARY));
    }
}

/// An address in a secret is refused, or each call goes to that host, by TLS, and not above that path. A link of the service's that
/// is taken to be within it, is.
pub(crate) fn leads_where_it_says(profile: &Profile, address: &str, value: &str) {
    if let Err(problem) = address::sound("url", address) {
        assert!(problem.starts_with("has a value under the key url that is"));
        return;
    }
    let base = Url::parse(address).expect("a URL");
    if let Some(Host::Ipv4(v4)) = base.host() {
        assert!(address.contains(&v4.to_string()), "{address} is {v4}");
    }
    assert!(address::is_within(&base, &base));
    let secret = secret(profile, address, &mut || value.to_owned());
    let values = Values {
        secret: Some(&secret),
        ..Values::default()
    };
    // Others go to what the profile has by default.
    let is_its_own = |call: &&Call| call.address().and_then(|key| secret.get(key)) == Some(address);
    let calls = profile.calls().map(|(_, _, call)| call);
    for call in calls.filter(is_its_own) {
        if let Ok(url) = call.url(&values) {
            is_below(&url, &base);
            assert!(address::is_within(&url, &base), "{url} {base}");
        }
    }
    let link = base
        .join(value)
        .ok()
        .filter(|url| address::parts(url).is_ok());
    if let Some(link) = link.filter(|link| address::is_within(link, &base)) {
        is_below(&link, &base);
    }
}

/// By the text alone.
fn is_below(url: &Url, base: &Url) {
    let base = base.as_str().trim_end_matches('/');
    let rest = url.as_str().strip_prefix(base);
    assert!(
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?'])),
        "{url} {base}"
    );
    assert!(url.scheme() == "https" && url.username().is_empty() && url.fragment().is_none());
}
