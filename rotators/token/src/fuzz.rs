//! Random profiles, values and answers: nothing panics, no value leaves its place, nothing secret is in an error.
//!
//! `FUZZ_EXECUTIONS=1000000 cargo test --release -p rotator-token fuzz` is the long run; `FUZZ_SEED` is where it begins. An
//! answer that was found to be read wrongly belongs in `corpus/answers`; the shipped profiles are the others' corpus.

use std::panic::catch_unwind;
use std::path::Path;
use std::time::{Duration, SystemTime};

use fastrand::Rng;
use hyper::HeaderMap;
use hyper::header::{HeaderValue, LINK, LOCATION};
use rotation::Secret;
use url::Url;

use crate::answer::text_at;
use crate::fields::Fields;
use crate::http::Answer;
use crate::profile::{Answers, Profile, SHIPPED};
use crate::values::{Values, Wanted};

/// What values, profiles and answers are spoiled with.
const FRAGMENTS: [&str; 30] = [
    "/",
    "..",
    "?",
    "#",
    "%2f",
    "@evil.example",
    "\\",
    "\r\n",
    "\0",
    "é",
    "{",
    "}",
    "{url}",
    "{{",
    "{new.name}",
    "{old:/a}",
    "\"",
    "'",
    "<",
    "</a>",
    "&#10;",
    "[",
    "]",
    "= ",
    "\n[create]\n",
    "https://evil.example/",
    "as = \"nobody\"\n",
    "null",
    "1e999",
    "\u{feff}",
];
const CANARY: &str = "canary-canary-canary";

#[test]
fn fuzz() {
    let number = |name, usual| match std::env::var(name) {
        Ok(text) => text.parse().expect("a number"),
        Err(_) => usual,
    };
    let answers = corpus();
    let first: u64 = number("FUZZ_SEED", 0);
    for seed in first..first + number("FUZZ_EXECUTIONS", 1000) {
        let seen = catch_unwind(|| {
            let mut random = Rng::with_seed(seed);
            let (_, text) = random.choice(SHIPPED).expect("profiles");
            let sound = Profile::parse("sound", text).expect("a shipped profile");
            stays_in_its_place(&sound, &mut random);
            is_refused_with_its_line(&spoiled(text, &mut random));
            let answer = random.choice(&answers).expect("answers");
            is_read(&sound, &spoiled(answer, &mut random));
        });
        assert!(seen.is_ok(), "seed {seed}");
    }
}

fn corpus() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/answers");
    let files = std::fs::read_dir(folder).expect("the corpus");
    let mut files: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    files.sort();
    assert!(files.len() >= 5, "{}", files.len());
    let read = |file| std::fs::read_to_string(file).expect("a file");
    files.into_iter().map(read).collect()
}

fn spoiled(text: &str, random: &mut Rng) -> String {
    let mut spoiled: Vec<char> = text.chars().collect();
    for _ in 0..random.u8(..6) {
        let (from, to) = (
            random.usize(..=spoiled.len()),
            random.usize(..=spoiled.len()),
        );
        let (from, to) = (from.min(to), from.max(to).min(from.min(to) + 80));
        match random.u8(..5) {
            0 => drop(spoiled.drain(from..to)),
            1 => spoiled.truncate(from.max(20)),
            2 => {
                let again = spoiled[from..to].to_vec();
                spoiled.splice(from..from, again);
            }
            _ => {
                let fragment = random.choice(FRAGMENTS).unwrap_or_default();
                spoiled.splice(from..from, fragment.chars());
            }
        }
    }
    spoiled.into_iter().collect()
}

/// Whatever the values are, each call goes to its own host, and its path has as many segments as before.
fn stays_in_its_place(profile: &Profile, random: &mut Rng) {
    let wanted = Wanted {
        name: "name".into(),
        value: Some(Secret::new(CANARY)),
        scope: Some("scope".into()),
        now: SystemTime::UNIX_EPOCH,
        life: Some(Duration::from_secs(random.u64(..10_000_000_000))),
    };
    let tame = secret(profile, || "tame".to_owned());
    let wild = secret(profile, || spoiled("", random));
    for (_, _, call) in profile.calls() {
        let with = |secret| Values {
            secret: Some(secret),
            new: Some(&wanted),
            ..Values::default()
        };
        let usual = call.url(&with(&tame)).expect("a usable address");
        let Ok(url) = call.url(&with(&wild)) else {
            continue;
        };
        let segments = |url: &Url| url.path_segments().map_or(0, Iterator::count);
        if !usual.host_str().is_some_and(|host| host.contains("tame")) {
            assert_eq!(url.origin(), usual.origin(), "{call}");
        }
        assert_eq!(segments(&url), segments(&usual), "{call}: {url}");
        assert_eq!(
            url.query_pairs().count(),
            usual.query_pairs().count(),
            "{call}: {url}"
        );
        let _ = call.content(&with(&wild));
    }
}

fn secret(profile: &Profile, mut value: impl FnMut() -> String) -> Fields {
    let mut secret = Fields::default();
    for key in profile
        .secret
        .keys()
        .chain(profile.store.keys())
        .chain([&profile.credential])
        .chain(&profile.id)
    {
        let value = if crate::address::is_address(key) {
            "https://service.example".to_owned()
        } else {
            value()
        };
        secret.put(key, Secret::new(value));
    }
    for (key, value) in &profile.defaults {
        secret.put(key, Secret::new(value));
    }
    secret
}

fn is_refused_with_its_line(text: &str) {
    if let Err((line, problem)) = Profile::parse("spoiled", text) {
        let lines = text.split('\n').count();
        assert!(
            (1..=lines).contains(&line),
            "line {line} of {lines}: {problem}"
        );
        assert!(!problem.contains('\n'), "{problem}");
    }
}

/// An answer is read, or refused without what is in it.
fn is_read(profile: &Profile, text: &str) {
    let mut headers = HeaderMap::new();
    for name in [LINK, LOCATION] {
        if let Ok(value) = HeaderValue::from_str(text) {
            headers.insert(name, value);
        }
    }
    let answer = Answer {
        status: 302,
        headers,
        body: text.into(),
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
    let _ = answer.retry_after(SystemTime::UNIX_EPOCH);
    let _ = answer.next_link().map(|link| url.join(link));
    let refusal = answer.refusal("call", &url, &[]);
    assert!(!refusal.text().contains('\n') && refusal.text().len() < 600);
}
