//! Every shipped profile is held against the documentation of its service.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rotation::Secret;
use rotation::aws::sign::AccessKey;
use rotation::version::Place;
use serde_json::Value;

use super::fixture::{Fixture, Recorded, folder};
use crate::answer::text_at;
use crate::fields::Fields;
use crate::http::Answer;
use crate::outgoing::Outgoing;
use crate::payload::TokenSecret;
use crate::profile::shelf::SHIPPED;
use crate::profile::{By, Call, Flow, Profile};
use crate::values::{Values, Wanted};

/// 2026-01-01T00:00:00Z.
const NOW: Duration = Duration::from_secs(1_767_225_600);
const SECRET: &str = "arn:aws:secretsmanager:us-east-1:012345678912:secret:app-AbCdEf";
/// A page.
const LONGEST: usize = 75;

/// A profile with what its places are filled with.
struct Sample {
    profile: Arc<Profile>,
    secret: TokenSecret,
    admin: Fields,
    wanted: Wanted,
    fixture: Fixture,
}

#[test]
fn every_call_is_as_its_service_documents_it() {
    for (name, text) in SHIPPED {
        let sample = Sample::of(name, text);
        let mut seen = BTreeSet::new();
        for (section, by, call) in sample.profile.calls() {
            let nth = sample.recorded(section);
            let nth = nth.filter(|(at, _)| !seen.contains(at)).collect::<Vec<_>>();
            let (at, recorded) = nth
                .first()
                .unwrap_or_else(|| panic!("{name}: no fixture for the call {section}: {call}"));
            seen.insert(*at);
            let out = sample.render(section, by, call);
            let (told, expected) = (recorded.told(&out), recorded.expected());
            assert!(
                told == expected,
                "{name}, {section}, by {}\nsent:\n{told}\ndocumented:\n{expected}",
                recorded.page
            );
            sample.reads(section, recorded);
        }
        let left = sample.fixture.calls.len() - seen.len();
        assert_eq!(left, 0, "{name}: fixtures of calls that it does not make");
    }
}

#[test]
fn every_profile_says_what_it_is_and_where_that_is_documented() {
    for (name, text) in SHIPPED {
        let sample = Sample::of(name, text);
        assert!(text.starts_with("# "), "{name}: a comment says what it is");
        assert!(
            text.lines().count() <= LONGEST,
            "{name} is longer than a page"
        );
        let pages = &sample.profile.documentation;
        let recorded = sample.fixture.calls.iter().map(|call| &call.page);
        assert!(!pages.is_empty(), "{name}: where is it documented?");
        for page in pages.iter().chain(recorded) {
            assert!(page.starts_with("https://"), "{name}: {page}");
        }
    }
}

/// These do not show whose a credential is: a function for them serves one secret. Each with what nothing binds.
const FOR_ONE_SECRET: [(&str, &str); 1] = [("grafana", "no is = { … } in [verdict]")];

#[test]
fn every_other_profile_shows_whose_a_credential_is() {
    for (name, text) in SHIPPED {
        let unbound = Sample::of(name, text).profile.unbound();
        let known = FOR_ONE_SECRET.iter().find(|(one, _)| one == name);
        match (unbound, known) {
            (None, None) => {}
            (Some(why), Some((_, words))) if why.contains(words) => {}
            (found, known) => panic!("{name}: {found:?}, expected {known:?}"),
        }
    }
}

#[test]
fn every_fixture_is_of_a_profile() {
    for entry in fs::read_dir(folder()).expect("fixtures") {
        let path = entry.expect("a fixture").path();
        let name = path.file_stem().expect("a name").to_string_lossy();
        assert!(SHIPPED.iter().any(|(known, _)| *known == name), "{name}");
    }
}

impl Sample {
    fn of(name: &str, text: &str) -> Self {
        let profile = Profile::parse(name, text)
            .map(Arc::new)
            .unwrap_or_else(|(line, problem)| panic!("{name}.toml line {line}: {problem}"));
        let fixture = Fixture::read(name);
        let secret: TokenSecret = serde_json::from_str(&fixture.secret).expect(name);
        let secret = secret
            .complete(Arc::clone(&profile))
            .unwrap_or_else(|problem| panic!("{name}: the secret {problem}"));
        let admin: Value = serde_json::from_str(&fixture.admin).expect(name);
        let keys = admin.as_object().expect(name).keys();
        assert!(keys.eq(profile.admin.keys()), "{name}: the admin's keys");
        let drawn = profile.flow == Flow::PutValue;
        let wanted = Wanted {
            name: "rotation-sample".into(),
            value: drawn.then(|| Secret::new("drawn")),
            scope: profile.scope.clone(),
            now: SystemTime::UNIX_EPOCH + NOW,
            life: profile.life,
        };
        Self {
            profile,
            secret,
            admin: serde_json::from_str(&fixture.admin).expect(name),
            wanted,
            fixture,
        }
    }

    fn recorded<'a>(&'a self, section: &'a str) -> impl Iterator<Item = (usize, &'a Recorded)> {
        let calls = self.fixture.calls.iter().enumerate();
        calls.filter(move |(_, call)| call.section == section)
    }

    fn answer(&self, section: &str) -> Option<Value> {
        let (_, recorded) = self.recorded(section).next()?;
        Some(self.content(recorded.answer.as_ref()?))
    }

    fn content(&self, body: &str) -> Value {
        let answer = Answer::of(200, body);
        let content = answer.content(self.profile.answers);
        content.unwrap_or_else(|why| panic!("{}: {why}: {body}", self.profile.name))
    }

    /// As a hook's service does it.
    fn render(&self, section: &str, by: By, call: &Call) -> Outgoing {
        let makes = matches!(section, "create" | "recover");
        let auth = self.profile.auth.get(&by).filter(|_| section != "login");
        let (old, login) = (self.answer("copy"), self.answer("login"));
        let values = Values {
            admin: (by == By::Admin).then_some(&self.admin),
            new: makes.then_some(&self.wanted),
            old: old.as_ref().filter(|_| makes),
            login: login.as_ref().filter(|_| section != "login"),
            ..self.known()
        };
        let fail = |error: rotation::HookError| -> ! {
            panic!("{}, {section}: {}", self.profile.name, error.text())
        };
        let url = call.url(&values).unwrap_or_else(|error| fail(error));
        let mut out = Outgoing::new(call, url, &values, auth).unwrap_or_else(|error| fail(error));
        if let Some(aws) = auth.and_then(|auth| auth.aws.as_ref()) {
            let own = || AccessKey::new("AKIAFUNCTION", &Secret::new("function"));
            let key = aws.named_key(&values).unwrap_or_else(|error| fail(error));
            let signed = out.sign(aws, &key.unwrap_or_else(own), &values, self.wanted.now);
            signed.unwrap_or_else(|error| fail(error));
        }
        out
    }

    fn known(&self) -> Values<'_> {
        Values {
            secret: Some(self.secret.fields()),
            aws: Some(Place::of(SECRET)),
            ..Values::default()
        }
    }

    /// What the profile looks for is in the recorded answer.
    fn reads(&self, section: &str, recorded: &Recorded) {
        let (name, profile) = (&self.profile.name, &self.profile);
        let answer = || {
            let answer = recorded.answer.as_ref();
            self.content(answer.unwrap_or_else(|| panic!("{name}: no answer to {section}")))
        };
        match section {
            "create" | "recover" if !profile.store.is_empty() => {
                for pointer in profile.store.values() {
                    assert!(text_at(&answer(), pointer).is_some(), "{name}: {pointer}");
                }
            }
            "list" => {
                let (items, answer) = (&profile.items, answer());
                let values = self.known();
                let entries = items
                    .entries(&answer, profile.answers, &values)
                    .expect(name);
                let ours = entries.into_iter().flatten().collect::<Vec<_>>();
                assert!(!ours.is_empty(), "{name}: no entries");
                for entry in ours {
                    let named = entry.name.is_some() || items.name.is_none();
                    let dated = entry.created.is_some() || items.created.is_none();
                    assert!(named && dated, "{name}: {entry:?}");
                }
            }
            "owner" | "copy" => {
                let call = [&profile.owner, &profile.copy][usize::from(section == "copy")];
                let is = &call.as_ref().expect("the call").is;
                let whose = is.check(&answer(), &self.known(), None);
                whose.unwrap_or_else(|error| panic!("{name}, {section}: {}", error.text()));
            }
            "verify" => {
                if !profile.verdict.is.is_empty() {
                    let whose = profile.verdict.is.check(&answer(), &self.known(), None);
                    whose.unwrap_or_else(|error| panic!("{name}: {}", error.text()));
                }
                for (pointer, value) in &profile.verdict.only {
                    assert_eq!(answer().pointer(pointer), Some(value), "{name}: {pointer}");
                }
            }
            _ => {}
        }
    }
}

/// The list says which keys each needs.
#[test]
fn every_profile_is_in_the_list() {
    let list = folder().join("../profiles/README.md");
    let list = fs::read_to_string(list).expect("the list");
    for (name, text) in SHIPPED {
        let profile = Profile::parse(name, text).expect(name);
        let link = format!("[{name}]({name}.toml)");
        let row = list.lines().find(|line| line.contains(&link)).expect(name);
        let keys = profile
            .secret
            .keys()
            .chain(profile.admin.keys())
            .chain(&profile.id);
        for key in keys.chain([&profile.credential]) {
            assert!(row.contains(&format!("`{key}`")), "{name}: {key}");
        }
    }
}
