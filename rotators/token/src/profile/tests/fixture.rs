//! A recorded request, and what it is compared by.
//!
//! A fixture begins with what of it was read where, if not all of it was on the pages it names, and with what the secret
//! and the admin's secret hold. Then come the calls, each with the page that documents it: `### create https://…`, the
//! request as HTTP has it, and below `=>` the answer, where one is needed.
//! A header's value that ends with `…` is the beginning of one.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::outgoing::Outgoing;

/// What every call asks for, unless the profile says otherwise.
const ACCEPT: [&str; 2] = ["application/json, */*;q=0.5", "identity"];

pub(super) struct Fixture {
    pub(super) secret: String,
    pub(super) admin: String,
    pub(super) calls: Vec<Recorded>,
}

/// One call of the documentation.
pub(super) struct Recorded {
    pub(super) section: String,
    pub(super) page: String,
    line: String,
    headers: BTreeMap<String, String>,
    body: String,
    pub(super) answer: Option<String>,
}

pub(super) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

impl Fixture {
    pub(super) fn read(name: &str) -> Self {
        let path = folder().join(format!("{name}.txt"));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut parts = text.split("\n### ");
        let head = parts.next().unwrap_or_default();
        let held = |key: &str| {
            let line = head.lines().find_map(|line| line.strip_prefix(key));
            line.unwrap_or("{}").to_owned()
        };
        Self {
            secret: held("secret: "),
            admin: held("admin: "),
            calls: parts.map(Recorded::parse).collect(),
        }
    }
}

impl Recorded {
    fn parse(text: &str) -> Self {
        let (request, answer) = match text.split_once("\n=>\n") {
            Some((request, answer)) => (request, Some(answer.trim().to_owned())),
            None => (text, None),
        };
        let (head, body) = request.split_once("\n\n").unwrap_or((request, ""));
        let mut lines = head.lines();
        let title = lines.next().and_then(|title| title.split_once(' '));
        let (section, page) = title.unwrap_or_else(|| panic!("{text}: a call and its page"));
        let line = lines.next().unwrap_or_default().to_owned();
        let headers = lines.filter_map(|line| line.split_once(": "));
        Self {
            section: section.to_owned(),
            page: page.to_owned(),
            line,
            headers: headers.map(|(n, v)| (n.to_owned(), v.to_owned())).collect(),
            body: body.trim().to_owned(),
            answer,
        }
    }

    /// In the form of [`told`](Self::told).
    pub(super) fn expected(&self) -> String {
        let kind = self.headers.get("content-type");
        written(&self.line, &self.headers, &normal(kind, &self.body))
    }

    /// What the engine sends, in the same form.
    pub(super) fn told(&self, out: &Outgoing) -> String {
        let told = out.headers.iter().map(|(name, value)| {
            let begins = self.headers.get(name);
            let begins = begins.filter(|begins| {
                let stem = begins.strip_suffix('…');
                stem.is_some_and(|stem| value.starts_with(stem))
            });
            (name.clone(), begins.unwrap_or(value).clone())
        });
        let told: BTreeMap<_, _> = told
            .filter(|(_, value)| !ACCEPT.contains(&value.as_str()))
            .collect();
        let line = format!("{} {}", out.method, out.url);
        written(&line, &told, &normal(told.get("content-type"), &out.body))
    }
}

fn written(line: &str, headers: &BTreeMap<String, String>, body: &str) -> String {
    let headers = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\n"));
    format!("{line}\n{}\n{body}\n", headers.collect::<String>())
}

/// The same for bodies that say the same.
fn normal(kind: Option<&String>, body: &str) -> String {
    match kind.map(String::as_str) {
        Some(kind) if kind.ends_with("json") => serde_json::from_str::<Value>(body).map_or_else(
            |error| format!("{error}: {body}"),
            |value| format!("{value:#}"),
        ),
        Some("application/x-www-form-urlencoded") => {
            let one_line = body.replace('\n', "");
            let pairs = form_urlencoded::parse(one_line.as_bytes());
            let mut pairs: Vec<_> = pairs
                .map(|(name, value)| format!("{name} = {value}"))
                .collect();
            pairs.sort();
            pairs.join("\n")
        }
        _ => body.to_owned(),
    }
}
