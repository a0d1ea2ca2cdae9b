//! The event with which Secrets Manager calls a rotation function, read strictly.

#[cfg(feature = "lambda")]
mod request;

use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;

use crate::document::{self, DocumentError};
use crate::secret::{Secret, printable};
use crate::version::{SecretId, VersionId};

#[cfg(feature = "lambda")]
pub(crate) use request::Request;

/// One of the four calls of a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Makes the new value and stores it under AWSPENDING.
    CreateSecret,
    /// Brings the value to the target.
    SetSecret,
    /// Checks that the target accepts the value.
    TestSecret,
    /// Moves AWSCURRENT to the version with the value.
    FinishSecret,
}

impl Step {
    /// All steps, in the order of a rotation.
    pub const ALL: [Self; 4] = [
        Self::CreateSecret,
        Self::SetSecret,
        Self::TestSecret,
        Self::FinishSecret,
    ];

    /// The name that Secrets Manager sends.
    pub fn name(self) -> &'static str {
        match self {
            Self::CreateSecret => "createSecret",
            Self::SetSecret => "setSecret",
            Self::TestSecret => "testSecret",
            Self::FinishSecret => "finishSecret",
        }
    }

    /// The step with this name. Real events say `createSecret`. The user guide also writes `create_secret`
    /// (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html>).
    fn parse(name: &str) -> Option<Self> {
        match name {
            "createSecret" | "create_secret" => Some(Self::CreateSecret),
            "setSecret" | "set_secret" => Some(Self::SetSecret),
            "testSecret" | "test_secret" => Some(Self::TestSecret),
            "finishSecret" | "finish_secret" => Some(Self::FinishSecret),
            _ => None,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A checked rotation event.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Event {
    /// The step: one of the four calls.
    pub step: Step,
    /// The secret to rotate.
    pub secret_id: SecretId,
    /// The version that this rotation makes: `ClientRequestToken`.
    pub version_id: VersionId,
    /// Proves to Secrets Manager that it called this function. It is sent with PutSecretValue and nowhere else.
    pub rotation_token: Option<Secret>,
}

/// Why an event was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct EventError(String);

/// The longest event that is read, in bytes. Lambda's own limit is 6 MB. A rotation event has under 1 KB.
const MAX_BYTES: usize = 8192;

const KEYS: [&str; 4] = ["SecretId", "ClientRequestToken", "Step", "RotationToken"];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Wire {
    step: Option<serde_json::Value>,
    secret_id: Option<serde_json::Value>,
    client_request_token: Option<serde_json::Value>,
    rotation_token: Option<Secret>,
}

impl Event {
    /// The event of somebody who has no token of Secrets Manager's: a person, or a test.
    pub fn new(step: Step, secret_id: SecretId, version_id: VersionId) -> Self {
        Self {
            step,
            secret_id,
            version_id,
            rotation_token: None,
        }
    }

    /// Refuses whatever is not a rotation event, and says which field is wrong. Keys that are not known are ignored.
    pub fn parse(text: &str) -> Result<Self, EventError> {
        Self::read(text, &keys(text)?)
    }

    /// The same, where the top-level keys of `text` are known.
    fn read(text: &str, keys: &HashSet<String>) -> Result<Self, EventError> {
        let missing: Vec<&str> = KEYS
            .into_iter()
            .filter(|key| *key != "RotationToken" && !keys.contains(*key))
            .collect();
        if missing.len() == 3 {
            return refuse(format!(
                "not a rotation event: {} missing. This function only accepts rotation events from Secrets Manager",
                missing.join(", ")
            ));
        }
        if let Some(field) = missing.first() {
            return refuse(format!("{field} missing from the event"));
        }
        let wire: Wire = serde_json::from_str(text).map_err(|error| unread(&error))?;
        note_unknown(keys);
        Ok(Self {
            step: step(&string("Step", wire.step)?)?,
            secret_id: secret_id("SecretId", &string("SecretId", wire.secret_id)?)?,
            version_id: version_id(&string("ClientRequestToken", wire.client_request_token)?)?,
            rotation_token: wire.rotation_token,
        })
    }
}

/// The top-level keys of an event.
fn keys(text: &str) -> Result<HashSet<String>, EventError> {
    if text.len() > MAX_BYTES {
        return refuse(format!("event larger than {MAX_BYTES} bytes"));
    }
    document::keys(text).map_err(|problem| match problem {
        DocumentError::NotObject => EventError("event is not a JSON object".into()),
        other => EventError(format!("event: {other}")),
    })
}

/// The error for an event that could not be read. If a value has the wrong type, it is the token, since all other fields take
/// any value. Otherwise, a text is one that JSON does not allow, such as a lone surrogate.
fn unread(error: &serde_json::Error) -> EventError {
    let column = error.column();
    EventError(if error.is_data() {
        format!("event: RotationToken must be a string (column {column})")
    } else {
        format!("event is not valid JSON, or nested too deeply (column {column})")
    })
}

/// Logs the keys that are not known. They are ignored, since Secrets Manager may send more keys one day.
fn note_unknown(keys: &HashSet<String>) {
    let unknown = keys.iter().filter(|key| !KEYS.contains(&key.as_str()));
    let mut names: Vec<String> = unknown.map(|key| printable(key, 40)).collect();
    names.sort_unstable();
    if !names.is_empty() {
        let count = names.len();
        let names = printable(&names.join(", "), 200);
        tracing::debug!(count, names, "keys of the event that are not read");
    }
}

fn string(field: &str, value: Option<serde_json::Value>) -> Result<String, EventError> {
    match value {
        Some(serde_json::Value::String(text)) => Ok(text),
        None | Some(serde_json::Value::Null) => refuse(format!("{field} missing from the event")),
        Some(_) => refuse(format!("{field} must be a string")),
    }
}

fn step(name: &str) -> Result<Step, EventError> {
    let expected = "createSecret, setSecret, testSecret, finishSecret";
    Step::parse(name).ok_or_else(|| {
        EventError(format!(
            "unknown step {:?}. Expected {expected}",
            printable(name, 40)
        ))
    })
}

fn secret_id(field: &str, arn: &str) -> Result<SecretId, EventError> {
    let advice =
        "is not a Secrets Manager secret ARN. The full ARN is required, since names are ambiguous";
    SecretId::parse(arn)
        .ok_or_else(|| EventError(format!("{field} \"{}\" {advice}", printable(arn, 80))))
}

fn version_id(token: &str) -> Result<VersionId, EventError> {
    let wrong = match token.chars().all(|c| c.is_ascii_graphic()) {
        true => format!("{} characters", token.chars().count()),
        false => "a blank, or a character that is no printable ASCII".to_owned(),
    };
    VersionId::parse(token).ok_or_else(|| {
        EventError(format!(
            "ClientRequestToken is no version id: it has {wrong}. A version id has 32 to 64 printable ASCII characters without blanks"
        ))
    })
}

fn refuse<T>(text: String) -> Result<T, EventError> {
    Err(EventError(text))
}
