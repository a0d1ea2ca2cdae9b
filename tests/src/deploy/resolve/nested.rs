//! Stacks within a stack: what a template brings along.

use serde_json::Value;

use super::{Stack, text};

impl Stack {
    /// The stack that a resource of this one is, with the parameters that it is given.
    ///
    /// # Panics
    /// If it is none, is not made, or is given what its template does not take.
    pub fn nested(&self, name: &str) -> Self {
        // Not by `resource`, which looks at all: among them, what asks for an output of this one.
        let resource = &self.document["Resources"][name];
        assert!(self.wanted(resource), "{name} is not made");
        let template = resource["Template"].clone();
        assert!(template.is_object(), "{name} brings no template");
        let given = self.value(&resource["Properties"]["Parameters"]);
        let given = given.unwrap_or_default();
        let given = given.as_object();
        let given: Vec<(&str, String)> = given
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.as_str(), text(value)))
            .collect();
        let given: Vec<(&str, &str)> = given
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        Self::new(template, &given)
    }

    /// What an output says.
    ///
    /// # Panics
    /// If it is not there with these parameters.
    pub fn output(&self, name: &str) -> Value {
        let output = &self.document["Outputs"][name];
        assert!(!output.is_null(), "no output {name}");
        assert!(self.wanted(output), "{name} is not made, but asked for");
        self.value(&output["Value"]).expect("a value")
    }

    /// The same template with another value at a JSON pointer; null takes it away. For tests of tests.
    ///
    /// # Panics
    /// If what would hold it is not there.
    #[must_use]
    pub fn with(&self, pointer: &str, value: Value) -> Self {
        let mut document = self.document.clone();
        let (holder, name) = pointer.rsplit_once('/').expect("a pointer");
        let holder = document.pointer_mut(holder).expect(pointer);
        let holder = holder.as_object_mut().expect("an object");
        match value {
            Value::Null => holder.remove(name),
            value => holder.insert(name.to_owned(), value),
        };
        Self {
            document,
            parameters: self.parameters.clone(),
        }
    }
}
