//! What a template is given: whether CloudFormation would take it.

use std::collections::BTreeMap;

use regex_lite::Regex;
use serde_json::{Value, json};

use super::{Stack, text};

/// All parameters of a template, with what is given, or else their defaults.
///
/// # Panics
/// If one is not the template's, or has a value that is not allowed.
pub(super) fn parameters(document: &Value, given: &[(&str, &str)]) -> BTreeMap<String, Value> {
    let declared = document["Parameters"].as_object().cloned();
    let declared = declared.unwrap_or_default();
    for (name, _) in given {
        assert!(declared.contains_key(*name), "no parameter {name}");
    }
    let value = |(name, about): (&String, &Value)| {
        let given = given.iter().find(|(given, _)| given == name);
        let value = given.map_or_else(|| text(&about["Default"]), |(_, value)| (*value).into());
        check(name, about, &value);
        let kind = about["Type"].as_str().expect("a type");
        let list = kind == "CommaDelimitedList" || kind.starts_with("List<");
        let value = if list {
            json!(value.split(',').collect::<Vec<_>>())
        } else {
            json!(value)
        };
        (name.clone(), value)
    };
    declared.iter().map(value).collect()
}

fn check(name: &str, about: &Value, value: &str) {
    if let Some(allowed) = about["AllowedValues"].as_array() {
        let allowed = allowed.iter().any(|allowed| text(allowed) == value);
        assert!(allowed, "{name} cannot be {value:?}");
    }
    if let Some(pattern) = about["AllowedPattern"].as_str() {
        let whole = Regex::new(&format!("^(?:{pattern})$")).expect(name);
        assert!(whole.is_match(value), "{name} cannot be {value:?}");
    }
    let limit = |limit: &str, or: f64| about[limit].as_f64().unwrap_or(or);
    if about["Type"] == "Number" {
        let number: f64 = value.parse().expect("a number");
        let fits = limit("MinValue", f64::MIN) <= number && number <= limit("MaxValue", f64::MAX);
        assert!(fits, "{name} cannot be {value}");
    }
}

impl Stack {
    /// What the template says under Rules.
    ///
    /// # Panics
    /// If the parameters do not go together.
    pub(super) fn check_rules(&self) {
        let rules = self.document["Rules"].as_object();
        for (name, rule) in rules.into_iter().flatten() {
            if !self.holds(&rule["RuleCondition"]) {
                continue;
            }
            for assertion in rule["Assertions"].as_array().expect("assertions") {
                let why = &assertion["AssertDescription"];
                assert!(self.holds(&assertion["Assert"]), "{name}: {why}");
            }
        }
    }
}
