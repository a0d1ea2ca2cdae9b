//! CloudFormation's functions and conditions, as far as the templates use them. What is unknown here is an error.

mod nested;
mod parameters;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{ACCOUNT, REGION};

/// What a template makes with given parameters.
pub struct Stack {
    document: Value,
    parameters: BTreeMap<String, Value>,
}

impl Stack {
    /// `document` is translated already; what `parameters` does not name has its default.
    ///
    /// # Panics
    /// If a parameter is not the template's or has a value that is not allowed, or some do not go together.
    pub fn new(document: Value, given: &[(&str, &str)]) -> Self {
        let parameters = parameters::parameters(&document, given);
        let stack = Self {
            document,
            parameters,
        };
        stack.check_rules();
        stack
    }

    /// The template itself, before parameters.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// What is made of this type, by its logical name, with all values known.
    pub fn of_type(&self, kind: &str) -> BTreeMap<String, Value> {
        let made = self.made();
        made.into_iter()
            .filter(|(_, resource)| resource["Type"] == kind)
            .collect()
    }

    /// A resource that is made.
    ///
    /// # Panics
    /// If it is not.
    pub fn resource(&self, name: &str) -> Value {
        let made = self.made();
        let found = made.get(name).cloned();
        found.unwrap_or_else(|| panic!("there is no {name}: {:?}", made.keys()))
    }

    /// All that is made.
    ///
    /// # Panics
    /// If the template is none.
    pub fn made(&self) -> BTreeMap<String, Value> {
        let resources = self.document["Resources"].as_object().expect("resources");
        resources
            .iter()
            .filter(|(_, resource)| self.wanted(resource))
            .map(|(name, resource)| {
                let mut resource = resource.clone();
                let properties = self.value(&resource["Properties"]).unwrap_or_default();
                resource["Properties"] = properties;
                (name.clone(), resource)
            })
            .collect()
    }

    /// The statements of a role: its own, and those of the policies that are attached to it.
    ///
    /// # Panics
    /// If a policy is not of this template.
    pub fn statements(&self, role: &str) -> Vec<Value> {
        let role = self.resource(role);
        let properties = &role["Properties"];
        let own = properties["Policies"].as_array().into_iter().flatten();
        let own = own.map(|policy| policy["PolicyDocument"].clone());
        let attached = properties["ManagedPolicyArns"].as_array();
        let attached = attached.into_iter().flatten().map(|name| {
            let policy = self.resource(name.as_str().expect("a policy"));
            policy["Properties"]["PolicyDocument"].clone()
        });
        own.chain(attached).flat_map(|it| statements(&it)).collect()
    }

    /// What is said under Outputs.
    pub fn outputs(&self) -> Vec<String> {
        let outputs = self.document["Outputs"].as_object();
        let outputs = outputs.into_iter().flatten();
        outputs
            .filter(|(_, output)| self.wanted(output))
            .map(|(name, _)| name.clone())
            .collect()
    }

    fn wanted(&self, thing: &Value) -> bool {
        thing["Condition"]
            .as_str()
            .is_none_or(|name| self.condition(name))
    }

    fn condition(&self, name: &str) -> bool {
        let condition = &self.document["Conditions"][name];
        assert!(!condition.is_null(), "no condition {name}");
        self.holds(condition)
    }

    fn holds(&self, condition: &Value) -> bool {
        let (function, argument) = only(condition);
        let all = || argument.as_array().expect("a list").iter();
        match function {
            "Condition" => self.condition(argument.as_str().expect("a name")),
            "Fn::Not" => !self.holds(&argument[0]),
            "Fn::And" => all().all(|one| self.holds(one)),
            "Fn::Or" => all().any(|one| self.holds(one)),
            "Fn::Equals" => self.text(&argument[0]) == self.text(&argument[1]),
            other => panic!("{other} is no condition"),
        }
    }

    /// None is AWS::NoValue: what holds it goes without.
    fn value(&self, value: &Value) -> Option<Value> {
        match value {
            Value::Array(list) => Some(list.iter().filter_map(|one| self.value(one)).collect()),
            Value::Object(map) if map.len() == 1 && is_function(map) => self.call(value),
            Value::Object(map) => {
                let kept = map.iter();
                let kept = kept.filter_map(|(name, one)| Some((name.clone(), self.value(one)?)));
                Some(Value::Object(kept.collect()))
            }
            plain => Some(plain.clone()),
        }
    }

    fn call(&self, call: &Value) -> Option<Value> {
        let (function, argument) = only(call);
        let item = |index: usize| self.value(&argument[index]).unwrap_or_default();
        Some(match function {
            "Ref" => return self.reference(argument.as_str().expect("a name")),
            "Fn::GetAtt" => json!(self.attribute(argument)),
            "Fn::Sub" => json!(self.substituted(argument)),
            "Fn::If" => {
                let chosen = self.condition(argument[0].as_str().expect("a name"));
                return self.value(&argument[if chosen { 1 } else { 2 }]);
            }
            "Fn::Join" => {
                let parts = item(1);
                let parts: Vec<String> =
                    parts.as_array().expect("a list").iter().map(text).collect();
                json!(parts.join(&self.text(&argument[0])))
            }
            "Fn::Split" => {
                let (by, whole) = (self.text(&argument[0]), self.text(&argument[1]));
                json!(whole.split(by.as_str()).collect::<Vec<_>>())
            }
            "Fn::Select" => {
                let index: usize = self.text(&argument[0]).parse().expect("a number");
                item(1)[index].clone()
            }
            other => panic!("{other} is not known here"),
        })
    }

    fn reference(&self, name: &str) -> Option<Value> {
        Some(match name {
            "AWS::NoValue" => return None,
            "AWS::AccountId" => json!(ACCOUNT),
            "AWS::Region" => json!(REGION),
            "AWS::Partition" => json!("aws"),
            "AWS::URLSuffix" => json!("amazonaws.com"),
            "AWS::StackName" => json!("stack"),
            _ => match self.parameters.get(name) {
                Some(value) => value.clone(),
                None => json!(self.physical(name)),
            },
        })
    }

    /// What Ref says of a resource: a stand-in, but the name that a log group has.
    fn physical(&self, name: &str) -> String {
        let resource = &self.document["Resources"][name];
        assert!(!resource.is_null(), "nothing is called {name}");
        assert!(self.wanted(resource), "{name} is not made, but referred to");
        let properties = &resource["Properties"];
        match resource["Type"].as_str().expect("a type") {
            "AWS::Logs::LogGroup" => self.text(&properties["LogGroupName"]),
            "AWS::Lambda::Function" => self.text(&properties["FunctionName"]),
            "AWS::SecretsManager::Secret" => {
                let given = self.text(&properties["Name"]);
                let name = if given.is_empty() { name } else { &given };
                format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-AbCdEf")
            }
            _ => name.to_owned(),
        }
    }

    fn attribute(&self, argument: &Value) -> Value {
        let parts: Vec<String> = match argument {
            Value::String(text) => text.splitn(2, '.').map(ToOwned::to_owned).collect(),
            list => list.as_array().expect("a list").iter().map(text).collect(),
        };
        let (name, attribute) = (parts[0].as_str(), parts[1..].join("."));
        if let Some(output) = attribute.strip_prefix("Outputs.") {
            return self.nested(name).output(output);
        }
        let physical = self.physical(name);
        let kind = text(&self.document["Resources"][name]["Type"]);
        json!(match (kind.as_str(), attribute.as_str()) {
            ("AWS::Lambda::Function", "Arn") =>
                format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{physical}"),
            ("AWS::IAM::Role", "Arn") => format!("arn:aws:iam::{ACCOUNT}:role/{physical}"),
            ("AWS::KMS::Key", "Arn") => format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{physical}"),
            ("AWS::Logs::LogGroup", "Arn") =>
                format!("arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{physical}:*"),
            (_, "DnsEntries") => return json!([format!("Z1:{physical}.example.com")]),
            (_, attribute) => format!("{physical}.{attribute}"),
        })
    }

    fn substituted(&self, argument: &Value) -> String {
        let (pattern, extra) = match argument {
            Value::String(pattern) => (pattern.as_str(), Value::Null),
            list => (list[0].as_str().expect("a text"), list[1].clone()),
        };
        let mut parts = pattern.split("${");
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').expect("a closing brace");
            if let Some(literal) = name.strip_prefix('!') {
                out += &format!("${{{literal}}}");
            } else if !extra[name].is_null() {
                out += &self.text(&extra[name]);
            } else if name.contains('.') {
                out += &text(&self.attribute(&json!(name)));
            } else {
                out += &text(&self.reference(name).expect("a value"));
            }
            out += rest;
        }
        out
    }

    fn text(&self, value: &Value) -> String {
        text(&self.value(value).unwrap_or_default())
    }
}

/// The statements of a policy's document.
///
/// # Panics
/// If it has none.
pub fn statements(document: &Value) -> Vec<Value> {
    match &document["Statement"] {
        Value::Array(list) => list.clone(),
        one if one.is_object() => vec![one.clone()],
        other => panic!("no statements: {other}"),
    }
}

fn is_function(map: &Map<String, Value>) -> bool {
    map.keys()
        .all(|name| name == "Ref" || name.starts_with("Fn::"))
}

fn only(call: &Value) -> (&str, &Value) {
    let map = call.as_object().expect("a function");
    let (name, argument) = map.iter().next().expect("a function");
    (name, argument)
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
