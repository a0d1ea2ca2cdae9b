//! The requests that are understood, as they come over the wire.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::refusal::Refusal;

/// Reads a request's body.
pub(crate) fn read<T: DeserializeOwned>(body: &Value) -> Result<T, Refusal> {
    T::deserialize(body).map_err(|error| Refusal::validation(error.to_string()))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Named {
    pub(crate) secret_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Tag {
    pub(crate) key: String,
    #[serde(default)]
    pub(crate) value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Create {
    pub(crate) name: String,
    pub(crate) client_request_token: Option<String>,
    pub(crate) secret_string: Option<String>,
    pub(crate) secret_binary: Option<String>,
    #[serde(default)]
    pub(crate) tags: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Get {
    pub(crate) secret_id: String,
    pub(crate) version_id: Option<String>,
    pub(crate) version_stage: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Put {
    pub(crate) secret_id: String,
    pub(crate) client_request_token: Option<String>,
    pub(crate) secret_string: Option<String>,
    pub(crate) secret_binary: Option<String>,
    pub(crate) version_stages: Option<Vec<String>>,
    pub(crate) rotation_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateStage {
    pub(crate) secret_id: String,
    pub(crate) version_stage: String,
    pub(crate) remove_from_version_id: Option<String>,
    pub(crate) move_to_version_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Rotate {
    pub(crate) secret_id: String,
    pub(crate) client_request_token: Option<String>,
    #[serde(rename = "RotationLambdaARN")]
    pub(crate) function: Option<String>,
    pub(crate) rotation_rules: Option<Value>,
    pub(crate) rotate_immediately: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Delete {
    pub(crate) secret_id: String,
    pub(crate) recovery_window_in_days: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListVersions {
    pub(crate) secret_id: String,
    #[serde(default)]
    pub(crate) include_deprecated: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Tags {
    pub(crate) secret_id: String,
    #[serde(default)]
    pub(crate) tags: Vec<Tag>,
    #[serde(default)]
    pub(crate) tag_keys: Vec<String>,
}

/// With the API's own defaults.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Random {
    pub(crate) password_length: Option<usize>,
    pub(crate) exclude_characters: String,
    pub(crate) exclude_numbers: bool,
    pub(crate) exclude_punctuation: bool,
    pub(crate) exclude_uppercase: bool,
    pub(crate) exclude_lowercase: bool,
    pub(crate) include_space: bool,
    pub(crate) require_each_included_type: Option<bool>,
}
