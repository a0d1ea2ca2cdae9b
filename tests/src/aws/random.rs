//! GetRandomPassword.

use rotation::password::{PasswordPolicy, PolicyError};
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::request::{self, read};

/// By the framework's own generator, which has the same options.
pub(crate) fn password(body: &Value) -> Result<Value, Refusal> {
    let asked: request::Random = read(body)?;
    let policy = PasswordPolicy {
        length: asked.password_length.unwrap_or(32),
        exclude_characters: asked.exclude_characters,
        exclude_numbers: asked.exclude_numbers,
        exclude_punctuation: asked.exclude_punctuation,
        exclude_uppercase: asked.exclude_uppercase,
        exclude_lowercase: asked.exclude_lowercase,
        include_space: asked.include_space,
        require_each_included_type: asked.require_each_included_type.unwrap_or(true),
    };
    match policy.check() {
        // The service gives weak ones too.
        Ok(()) | Err(PolicyError::Weak { .. }) => {}
        Err(error) => return Err(Refusal::parameter(error.to_string())),
    }
    let password = policy
        .draw()
        .map_err(|error| Refusal::parameter(error.to_string()))?;
    Ok(json!({"RandomPassword": password.expose()}))
}
