//! Evaluates IAM policies, as far as the templates use them: what is not known here is an error, never an answer.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

mod pattern;
#[cfg(test)]
mod tests;

use serde_json::Value;

use pattern::{arn_fits, fits};

/// What IAM says of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// A statement allows it, and none denies it.
    Allowed,
    /// No statement allows it.
    NotAllowed,
    /// A statement denies it.
    Denied,
}

/// A request, with the condition keys that come with it. A key may have several values.
#[derive(Clone, Debug)]
pub struct Request {
    action: String,
    resource: String,
    context: Vec<(String, Vec<String>)>,
}

impl Request {
    /// Without condition keys.
    pub fn new(action: &str, resource: &str) -> Self {
        Self {
            action: action.into(),
            resource: resource.into(),
            context: Vec::new(),
        }
    }

    /// With one key more.
    #[must_use]
    pub fn with(self, key: &str, value: &str) -> Self {
        self.with_all(key, &[value])
    }

    /// With a key of several values.
    #[must_use]
    pub fn with_all(mut self, key: &str, values: &[&str]) -> Self {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        self.context.push((key.to_owned(), values));
        self
    }

    /// As in `kms:Decrypt`.
    pub fn action(&self) -> &str {
        &self.action
    }

    fn values(&self, key: &str) -> Option<&[String]> {
        let mut keys = self.context.iter();
        let found = keys.find(|(name, _)| name.eq_ignore_ascii_case(key));
        found.map(|(_, values)| values.as_slice())
    }
}

/// What these statements say of the request: an explicit deny wins.
///
/// # Panics
/// If a statement holds something that is not known here.
pub fn decide(statements: &[Value], request: &Request) -> Decision {
    let mut decision = Decision::NotAllowed;
    for statement in statements {
        check_members(statement);
        if !applies(statement, request) {
            continue;
        }
        match statement["Effect"].as_str() {
            Some("Deny") => return Decision::Denied,
            Some("Allow") => decision = Decision::Allowed,
            other => panic!("Effect {other:?}"),
        }
    }
    decision
}

/// A list, or one text in its place.
///
/// # Panics
/// If it is neither.
pub fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(list) => list
            .iter()
            .map(|one| one.as_str().expect("a text"))
            .collect(),
        Value::String(one) => vec![one],
        Value::Null => Vec::new(),
        other => panic!("neither text nor list: {other}"),
    }
}

fn check_members(statement: &Value) {
    const KNOWN: [&str; 8] = [
        "Sid",
        "Effect",
        "Principal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    ];
    for name in statement.as_object().expect("a statement").keys() {
        assert!(KNOWN.contains(&name.as_str()), "{name} is not known here");
    }
}

fn applies(statement: &Value, request: &Request) -> bool {
    let action = |value: &Value| {
        let mut actions = texts(value).into_iter();
        let asked = request.action.to_ascii_lowercase();
        actions.any(|action| fits(&action.to_ascii_lowercase(), &asked))
    };
    let resource = |value: &Value| {
        let mut resources = texts(value).into_iter();
        resources.any(|resource| fits(&filled(resource, request), &request.resource))
    };
    resolved(statement, request)
        && either(statement, "Action", "NotAction", action)
        && either(statement, "Resource", "NotResource", resource)
        && principal(&statement["Principal"], request)
        && conditions(&statement["Condition"], request)
}

fn either(statement: &Value, name: &str, not: &str, fits: impl Fn(&Value) -> bool) -> bool {
    match (&statement[name], &statement[not]) {
        (Value::Null, Value::Null) => panic!("neither {name} nor {not}"),
        (it, Value::Null) => fits(it),
        (Value::Null, other) => !fits(other),
        _ => panic!("both {name} and {not}"),
    }
}

/// In a resource's own policy. The caller is `aws:PrincipalArn`, or a service: `aws:PrincipalService`.
fn principal(principal: &Value, request: &Request) -> bool {
    let is = |key: &str, named: &Value| {
        let values = request.values(key).unwrap_or_default();
        let mut named = texts(named).into_iter();
        named.any(|named| named == "*" || values.iter().any(|value| caller(named, value)))
    };
    match principal {
        Value::Null => true,
        Value::String(anybody) if anybody == "*" => true,
        Value::Object(map) => map.iter().any(|(kind, named)| match kind.as_str() {
            "AWS" => is("aws:PrincipalArn", named),
            "Service" => is("aws:PrincipalService", named),
            other => panic!("Principal {other} is not known here"),
        }),
        other => panic!("Principal {other} is not known here"),
    }
}

/// An account's root stands for all who are in it.
fn caller(named: &str, value: &str) -> bool {
    match named.strip_suffix(":root") {
        Some(account) => value.starts_with(&format!("{account}:")),
        None => named == value,
    }
}

fn conditions(conditions: &Value, request: &Request) -> bool {
    let operators = conditions.as_object().into_iter().flatten();
    operators
        .flat_map(|(operator, keys)| {
            let keys = keys.as_object().expect("keys");
            keys.iter()
                .map(move |(key, wanted)| (operator, key, wanted))
        })
        .all(|(operator, key, wanted)| holds(operator, key, wanted, request))
}

fn holds(operator: &str, key: &str, wanted: &Value, request: &Request) -> bool {
    let values = request.values(key);
    if operator == "Null" {
        return texts(wanted) == [if values.is_none() { "true" } else { "false" }];
    }
    let (any, operator) = match operator.strip_prefix("ForAnyValue:") {
        Some(operator) => (true, operator),
        None => (false, operator),
    };
    let (operator, if_exists) = match operator.strip_suffix("IfExists") {
        Some(operator) => (operator, true),
        None => (operator, false),
    };
    let wanted: Vec<String> = texts(wanted)
        .into_iter()
        .map(|text| filled(text, request))
        .collect();
    let one = |value: &str| {
        let mut wanted = wanted.iter();
        wanted.any(|wanted| match operator {
            "StringEquals" | "StringNotEquals" => wanted == value,
            "StringEqualsIgnoreCase" => wanted.eq_ignore_ascii_case(value),
            "StringLike" | "StringNotLike" => fits(wanted, value),
            "ArnEquals" | "ArnLike" => arn_fits(wanted, value),
            other => panic!("the operator {other} is not known here"),
        })
    };
    let negated = operator.contains("Not");
    match values {
        // An operator that is not known must not hide behind a missing key.
        None => {
            let _ = one("");
            if_exists || negated
        }
        Some(values) if any => values.iter().any(|value| one(value) != negated),
        Some([value]) => one(value) != negated,
        Some(_) => panic!("{key} has several values: say ForAnyValue"),
    }
}

/// Whether each policy variable of a statement has a value. If one has none, AWS may take the whole statement for invalid, a
/// deny too: so it counts for nothing here.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
fn resolved(statement: &Value, request: &Request) -> bool {
    let text = statement.to_string();
    let mut variables = text.split("${").skip(1);
    variables.all(|part| {
        let key = part.split('}').next().unwrap_or_default();
        request.values(key).is_some_and(|values| values.len() == 1)
    })
}

/// With the values of policy variables in place of their names.
fn filled(text: &str, request: &Request) -> String {
    let mut parts = text.split("${");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (key, rest) = part.split_once('}').expect("a closing brace");
        out += &request.values(key).unwrap_or_default()[0];
        out += rest;
    }
    out
}
