//! The fields of a payload as JSON. The memory of their texts is overwritten on drop.

use serde::Serialize;
use serde_json::{Map, Value};
use zeroize::Zeroize;

use super::DocumentError;
use crate::secret::writing;

/// The fields of a payload, with the values of its secrets.
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    pub(super) fn of<P: Serialize>(payload: &P) -> Result<Self, DocumentError> {
        match writing(|| serde_json::to_value(payload)) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(mut other) => {
                wipe(&mut other);
                Err(DocumentError::NotObject)
            }
            Err(_) => Err(DocumentError::NotObject),
        }
    }

    /// The fields that `old` does not have, or has with another value.
    pub(super) fn other_than<'a>(
        &'a self,
        old: &'a Self,
    ) -> impl Iterator<Item = (&'a String, &'a Value)> {
        let fields = self.0.iter();
        fields.filter(|(key, value)| old.0.get(*key) != Some(*value))
    }
}

impl Drop for Fields {
    fn drop(&mut self) {
        self.0.values_mut().for_each(wipe);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(fields) => fields.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_wiped_and_no_other_value_changes() {
        let mut value = serde_json::json!({"a": "x", "b": [{"c": "y"}, 7], "d": null});
        wipe(&mut value);
        let wiped = serde_json::json!({"a": "", "b": [{"c": ""}, 7], "d": null});
        assert_eq!(value, wiped);
    }
}
