//! A service as its documentation has it: it answers the calls that are recorded for a shipped profile, and no others.

mod call;

use std::fs;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rotation_kit::tls::Ca;
use serde_json::{Value, json};

use self::call::{Call, respond};
use crate::api::{Reply, Request, Wire};
use crate::setting::workspace;

/// In the place of a value of the secret: that of somebody else.
pub const OTHER: &str = "somebody-else";

/// The service of one profile.
pub struct Documented {
    wire: Wire,
    state: Arc<Mutex<State>>,
    /// A secret that fits, without masterarn.
    pub secret: Value,
    /// The admin's, if there is one.
    pub admin: Option<Value>,
}

#[derive(Default)]
struct State {
    url: String,
    calls: Vec<Call>,
    asked: Vec<String>,
}

impl Documented {
    /// The names of all shipped profiles.
    ///
    /// # Panics
    /// If the fixtures cannot be read.
    pub fn profiles() -> Vec<String> {
        let folder = workspace().join("rotators/token/fixtures");
        let entries = fs::read_dir(folder).expect("fixtures").flatten();
        let names = entries.map(|entry| entry.path().file_stem().expect("a name").to_owned());
        let mut names: Vec<String> = names
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// The service of this profile. Each of its hosts is a folder of ours, unless no admin secret could say so.
    ///
    /// # Panics
    /// If the profile's files cannot be read.
    pub async fn start(profile: &str) -> Self {
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        let answer = move |request: Request| lock(&shared).answer(&request);
        let wire = Wire::start(&Ca::shared().identity(&["localhost"]), Arc::new(answer)).await;
        let folder = workspace().join("rotators/token");
        let read = |name: String| fs::read_to_string(folder.join(name)).expect("a file");
        let fixture = read(format!("fixtures/{profile}.txt"));
        let has_admin = fixture.contains("\nadmin: ");
        let usual = addresses(&read(format!("profiles/{profile}.toml")));
        let text = moved(&format!("{usual}\n{fixture}"), wire.url(), has_admin);
        let mut parts = text.split("\n### ");
        let (secret, admin) = secrets(profile, parts.next().unwrap_or_default());
        {
            let mut state = lock(&state);
            wire.url().clone_into(&mut state.url);
            state.calls = parts.map(Call::parse).collect();
        }
        Self {
            wire,
            state,
            secret,
            admin: has_admin.then_some(admin),
        }
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        self.wire.url()
    }

    /// What was asked since the last time: the section of the profile, or `unknown`; method and path.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.state).asked)
    }
}

impl State {
    fn answer(&mut self, request: &Request) -> Reply {
        let (section, reply) = respond(&self.calls, &self.url, request);
        let (method, path) = (&request.method, &request.path);
        self.asked.push(format!("{section} {method} {path}"));
        reply
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The secret, and the administrator's, which names the same addresses.
fn secrets(profile: &str, head: &str) -> (Value, Value) {
    let held = |key: &str| {
        let line = head.lines().find_map(|line| line.strip_prefix(key));
        serde_json::from_str::<Value>(line.unwrap_or("{}")).expect("JSON")
    };
    let (mut secret, mut admin) = (held("secret: "), held("admin: "));
    secret["profile"] = json!(profile);
    let members = secret.as_object_mut().expect("an object");
    members.remove("masterarn");
    for (key, address) in head.lines().filter_map(|line| line.split_once(" = ")) {
        let address = || json!(address.trim_matches('"'));
        members.entry(key).or_insert_with(address);
    }
    let is_address = |value: &Value| {
        value
            .as_str()
            .is_some_and(|text| text.starts_with("https://"))
    };
    for (key, value) in members.iter().filter(|(_, value)| is_address(value)) {
        admin[key] = value.clone();
    }
    (secret, admin)
}

/// The lines of addresses in a profile's `[defaults]`.
fn addresses(profile: &str) -> String {
    let usual = |line: &&str| {
        let pair = line.split_once(" = \"https://");
        pair.is_some_and(|(key, _)| !key.contains(' '))
    };
    let lines: Vec<&str> = profile.lines().filter(usual).collect();
    lines.join("\n")
}

/// Hosts of the documentation become folders of ours; but not what links to pages.
fn moved(text: &str, url: &str, folders: bool) -> String {
    let text = text.replace("https%3A%2F%2F", "https://");
    let (mut hosts, mut moved) = (Vec::new(), String::new());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("https://") {
        let (before, address) = rest.split_at(at);
        moved.push_str(before);
        let end = address["https://".len()..].find(['%', '/', '"', ' ', '&', '\n', ';', '\'', '?']);
        let (host, after) = address.split_at(end.map_or(address.len(), |end| end + 8));
        rest = after;
        let titled = before
            .rsplit('\n')
            .next()
            .is_some_and(|line| line.starts_with("### "));
        if titled || before.ends_with("xmlns=\"") {
            moved.push_str(host);
            continue;
        }
        let number = hosts.iter().position(|known| *known == host);
        let number = number.unwrap_or_else(|| {
            hosts.push(host);
            hosts.len() - 1
        });
        moved.push_str(url);
        if folders {
            moved.push_str(&format!("/service{number}"));
        }
    }
    moved.push_str(rest);
    moved
}
