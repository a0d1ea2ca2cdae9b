//! One recorded call, and whether a request is that.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::OTHER;
use crate::api::{Reply, Request};

/// The headers by which services know who asks.
const LOGINS: [&str; 5] = [
    "authorization",
    "private-token",
    "x-api-key",
    "dd-api-key",
    "dd-application-key",
];

/// As a fixture has it.
pub(super) struct Call {
    section: String,
    method: String,
    url: String,
    headers: BTreeMap<String, String>,
    form: Vec<String>,
    answer: String,
}

/// What a request is.
enum Found {
    /// The call, by whom it is recorded.
    Same,
    /// The call, by somebody else.
    WrongLogin,
    /// The next page of it.
    NextPage,
}

impl Call {
    pub(super) fn parse(text: &str) -> Self {
        let (request, answer) = text.split_once("\n=>\n").unwrap_or((text, "{}"));
        let (head, body) = request.split_once("\n\n").unwrap_or((request, ""));
        let mut lines = head.lines();
        let mut words = || {
            lines
                .next()
                .and_then(|line| line.split_once(' '))
                .expect("two words")
        };
        let ((section, _page), (method, url)) = (words(), words());
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let headers: BTreeMap<String, String> = headers.collect();
        let kind = headers.get("content-type");
        let form = kind.is_some_and(|kind| kind.contains("form"));
        Self {
            section: section.to_owned(),
            method: method.to_owned(),
            url: url.to_owned(),
            form: pairs(&body.replace('\n', ""))
                .into_iter()
                .filter(|_| form)
                .collect(),
            headers,
            answer: answer.trim().to_owned(),
        }
    }

    fn find(&self, request: &Request, target: &str) -> Option<Found> {
        if self.method != request.method {
            return None;
        }
        let (form, others) = (pairs(&request.body), is_others(request, target));
        if self.url == target && action(&self.form) == action(&form) {
            let logins = LOGINS.iter().all(|name| self.has_login(request, name));
            let same = logins && self.form.iter().all(|pair| form.contains(pair));
            return Some(if same && !others {
                Found::Same
            } else {
                Found::WrongLogin
            });
        }
        if others && self.is_alike(target) {
            // Whoever logs in as somebody else does not get in; an administrator is shown everything.
            let tried = matches!(self.section.as_str(), "verify" | "login");
            return Some(if tried {
                Found::WrongLogin
            } else {
                Found::Same
            });
        }
        let path = |url: &str| url.split('?').next().map(ToOwned::to_owned);
        let counted = self.section == "list" && self.url != target;
        (counted && path(&self.url) == path(target)).then_some(Found::NextPage)
    }

    /// Whether the login of this header is the one that is recorded, or neither has one.
    fn has_login(&self, request: &Request, name: &str) -> bool {
        let (known, sent) = (self.headers.get(name), request.headers.get(name));
        known == sent
            || known
                .zip(sent)
                .is_some_and(|(known, sent)| signed(known, sent))
    }

    /// Whether the request has a login that is recorded for a call of the administrator.
    fn is_by_admin(&self, request: &Request) -> bool {
        let mut logins = LOGINS.into_iter();
        self.section != "verify"
            && logins.any(|name| self.headers.contains_key(name) && self.has_login(request, name))
    }

    /// Whether it is the same, but for what is somebody else's.
    fn is_alike(&self, target: &str) -> bool {
        let words = |url: &str| -> Vec<String> {
            let words = url.split(['/', '?', '&', '=', '\'', '(', ')']);
            words.map(ToOwned::to_owned).collect()
        };
        let (known, sent) = (words(&self.url), words(target));
        let mut pairs = known.iter().zip(&sent);
        known.len() == sent.len()
            && pairs.all(|(known, sent)| known == sent || sent.contains(OTHER))
    }
}

/// The section of the call that a request is, and the answer to it.
pub(super) fn respond(calls: &[Call], own: &str, request: &Request) -> (String, Reply) {
    let query = match request.query.as_str() {
        "" => String::new(),
        query => format!("?{query}"),
    };
    let target = format!("{own}{}{query}", request.path);
    let unknown = match calls.iter().any(|call| call.is_by_admin(request)) {
        true => "unknown, as the administrator:",
        false => "unknown",
    };
    let mut refused = (unknown.to_owned(), Reply::Json(404, "{}".to_owned()));
    for call in calls {
        let answer = match call.find(request, &target) {
            Some(Found::Same) if is_others(request, &target) => changed(&call.answer, &others),
            Some(Found::Same) => call.answer.clone(),
            Some(Found::NextPage) => changed(&call.answer, &none),
            Some(Found::WrongLogin) => {
                let body = r#"{"error":"invalid_client","errors":["Forbidden"],"status":401}"#;
                refused = (call.section.clone(), Reply::Json(401, body.to_owned()));
                continue;
            }
            None => continue,
        };
        return (call.section.clone(), Reply::Json(200, answer));
    }
    refused
}

fn is_others(request: &Request, target: &str) -> bool {
    target.contains(OTHER) || request.body.contains(OTHER)
}

/// By AWS's signature: for the same service, and by the same key, unless that is the function's.
fn signed(known: &str, sent: &str) -> bool {
    let scope = |text: &str| -> Option<Vec<String>> {
        let scope = text.split_once("Credential=")?.1.split(',').next()?;
        Some(scope.split('/').map(ToOwned::to_owned).collect())
    };
    let (Some(known), Some(sent)) = (scope(known), scope(sent)) else {
        return false;
    };
    known.get(3) == sent.get(3) && (known[0] == "AKIAFUNCTION" || known[0] == sent[0])
}

/// Calls of AWS go to one address.
fn action(form: &[String]) -> Option<&String> {
    form.iter().find(|pair| pair.starts_with("Action="))
}

fn pairs(form: &str) -> Vec<String> {
    let decoded = form_urlencoded::parse(form.as_bytes());
    decoded
        .map(|(name, value)| format!("{name}={value}"))
        .collect()
}

/// An answer in JSON, with all its values changed so; of one in XML nothing is left.
fn changed(answer: &str, change: &dyn Fn(&mut Value)) -> String {
    let Ok(mut value) = serde_json::from_str(answer) else {
        return "<Empty/>".to_owned();
    };
    change(&mut value);
    value.to_string()
}

/// Every text and number is somebody else's.
fn others(value: &mut Value) {
    match value {
        Value::String(text) => OTHER.clone_into(text),
        Value::Number(_) => *value = json!(999_999),
        Value::Array(items) => items.iter_mut().for_each(others),
        Value::Object(members) => members.values_mut().for_each(others),
        _ => {}
    }
}

/// No entry is left.
fn none(value: &mut Value) {
    match value {
        Value::Array(items) => items.clear(),
        Value::Object(members) => members.values_mut().for_each(none),
        _ => {}
    }
}
