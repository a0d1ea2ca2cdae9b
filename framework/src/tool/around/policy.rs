//! Policies of resources, read as far as can be without IAM.
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>.

use serde::Deserialize;
use serde_json::Value;

use crate::version::Place;

const SERVICE: &str = "secretsmanager.amazonaws.com";

/// The policies of the secret and of its key, as far as they could be read.
pub(super) struct Policies {
    /// The statements of the secret's. There are none if it has no policy, or that is not known.
    pub(super) secret: Vec<Statement>,
    pub(super) key: Option<OfKey>,
}

/// A customer's key that is there.
pub(super) struct OfKey {
    pub(super) arn: String,
    /// Its policy, if that could be read.
    pub(super) policy: Option<Vec<Statement>>,
}

/// Whether Secrets Manager may invoke a function for a secret.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Invocation {
    Allowed,
    /// No statement is about it.
    Missing,
    /// Only on this condition, which the secret does not meet.
    Elsewhere(String),
    /// On a condition of which nothing is known here.
    Unclear(String),
    Denied,
}

/// A statement of a policy.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Statement {
    effect: String,
    principal: Value,
    not_principal: Value,
    action: Value,
    not_action: Value,
    condition: Value,
}

impl Policies {
    pub(super) fn new(secret: Option<String>, key: Option<OfKey>) -> Self {
        let secret = secret.map(|policy| statements(&policy));
        Self {
            secret: secret.unwrap_or_default(),
            key,
        }
    }

    /// The ARN of the customer's key.
    pub(super) fn key_arn(&self) -> Option<&str> {
        self.key.as_ref().map(|key| key.arn.as_str())
    }
}

impl Statement {
    pub(super) fn denies(&self) -> bool {
        self.effect == "Deny"
    }

    pub(super) fn allows(&self) -> bool {
        self.effect == "Allow"
    }

    /// Whether it is about this action, as in `kms:Decrypt`.
    pub(super) fn is_about(&self, action: &str) -> bool {
        let named = |value: &Value| {
            let lower = action.to_ascii_lowercase();
            let mut words = words(value).into_iter();
            words.any(|word| like(&word.to_ascii_lowercase(), &lower))
        };
        match self.not_action {
            Value::Null => named(&self.action),
            ref except => !named(except),
        }
    }

    /// Whether it is about this role: by its ARN, by its account, or because it is about everybody.
    pub(super) fn is_for(&self, role: &str) -> bool {
        let named = |value: &Value| {
            let who = value.get("AWS").unwrap_or(value);
            let mut words = words(who).into_iter();
            words.any(|word| word == "*" || word == role) || self.is_for_account(role)
        };
        match self.not_principal {
            Value::Null => named(&self.principal),
            ref except => {
                let except = words(except.get("AWS").unwrap_or(except));
                !except.iter().any(|word| word == role)
            }
        }
    }

    /// Whether it is about the whole account of this role. In a policy of a key, this leaves the decision to IAM
    /// (<https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>).
    pub(super) fn is_for_account(&self, role: &str) -> bool {
        let account = Place::of(role).account;
        let who = self.principal.get("AWS").cloned().unwrap_or_default();
        let root = format!(":iam::{account}:root");
        let mut words = words(&who).into_iter();
        words.any(|word| word == account || word.ends_with(&root))
    }

    fn is_for_service(&self) -> bool {
        let everybody = |value: &Value| words(value).iter().any(|word| word == "*");
        let service = self.principal.get("Service").cloned().unwrap_or_default();
        let by_name = words(&service).iter().any(|word| word == SERVICE);
        by_name || everybody(&self.principal)
    }

    /// Its conditions in words, as in `StringNotEquals aws:SourceVpce`. Empty if it has none.
    pub(super) fn conditions(&self) -> String {
        let all = self.each_condition();
        let all: Vec<String> = all
            .iter()
            .map(|(operator, key, values)| format!("{operator} {key} {}", values.join(", ")))
            .collect();
        all.join("; ")
    }

    fn each_condition(&self) -> Vec<(String, String, Vec<String>)> {
        let operators = self.condition.as_object().into_iter().flatten();
        let of_operator = |(operator, keys): (&String, &Value)| {
            let keys = keys.as_object().cloned().unwrap_or_default().into_iter();
            let operator = operator.clone();
            let all: Vec<_> = keys
                .map(|(key, values)| (operator.clone(), key, words(&values)))
                .collect();
            all
        };
        operators.flat_map(of_operator).collect()
    }
}

/// The statements of a policy. What is none is left out.
pub(super) fn statements(policy: &str) -> Vec<Statement> {
    let parsed: Value = serde_json::from_str(policy).unwrap_or_default();
    let statements = match &parsed["Statement"] {
        Value::Array(all) => all.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    };
    let statements = statements.into_iter();
    statements
        .filter_map(|one| serde_json::from_value(one).ok())
        .collect()
}

/// Whether this policy of a function lets Secrets Manager invoke it for the secret.
pub(super) fn invocation(policy: &str, secret: &str) -> Invocation {
    let ours = |one: &Statement| one.is_about("lambda:InvokeFunction") && one.is_for_service();
    let all: Vec<_> = statements(policy).into_iter().filter(ours).collect();
    let denied = |one: &Statement| one.denies() && fits(one, secret) == Ok(true);
    if all.iter().any(denied) {
        return Invocation::Denied;
    }
    let mut best = Invocation::Missing;
    for one in all.iter().filter(|one| one.allows()) {
        match fits(one, secret) {
            Ok(true) => return Invocation::Allowed,
            Ok(false) if best == Invocation::Missing => {
                best = Invocation::Elsewhere(one.conditions());
            }
            Ok(false) => {}
            Err(()) => best = Invocation::Unclear(one.conditions()),
        }
    }
    best
}

/// Whether a call of Secrets Manager for this secret meets the conditions. It is an error if one of them cannot be judged here.
fn fits(statement: &Statement, secret: &str) -> Result<bool, ()> {
    let mut unclear = false;
    for (operator, key, values) in statement.each_condition() {
        let operator = operator.trim_end_matches("IfExists");
        let known = ["StringEquals", "StringLike", "ArnEquals", "ArnLike"].contains(&operator);
        let has = match key.to_ascii_lowercase().as_str() {
            "aws:sourceaccount" if known => Place::of(secret).account,
            "aws:sourcearn" if known => secret,
            _ => {
                unclear = true;
                continue;
            }
        };
        if !values.iter().any(|value| like(value, has)) {
            return Ok(false);
        }
    }
    if unclear { Err(()) } else { Ok(true) }
}

/// One text, or a list of them.
fn words(value: &Value) -> Vec<String> {
    match value {
        Value::String(one) => vec![one.clone()],
        Value::Array(all) => all.iter().flat_map(words).collect(),
        Value::Null | Value::Object(_) => Vec::new(),
        other => vec![other.to_string()],
    }
}

/// Whether a text is as this pattern, where `*` is any text, and `?` any sign.
fn like(pattern: &str, text: &str) -> bool {
    let mut signs = pattern.chars();
    match signs.next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = signs.as_str();
            let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.any(|at| like(rest, &text[at..]))
        }
        Some(sign) => {
            let mut others = text.chars();
            let fits = others
                .next()
                .is_some_and(|other| sign == '?' || sign == other);
            fits && like(signs.as_str(), others.as_str())
        }
    }
}
