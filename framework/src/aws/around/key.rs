//! The key under which a secret is stored, as KMS shows it.
//! Source: <https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html>.

use serde::Deserialize;
use serde_json::json;

use super::{Api, KMS, Question, found};
use crate::error::StoreError;

/// A key.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Key {
    pub(crate) arn: String,
    /// As in `Enabled`, `Disabled` or `PendingDeletion`.
    pub(crate) key_state: String,
    /// `AWS` or `CUSTOMER`.
    pub(crate) key_manager: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    key_metadata: Key,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    policy: String,
}

/// The key of this id, alias or ARN. `None` if there is no such key.
pub(crate) async fn describe(api: &Api<'_>, id: &str) -> Result<Option<Key>, StoreError> {
    let question = question("DescribeKey", id);
    let body = json!({"KeyId": id});
    let asked = api.json::<Described>(&question, "TrentService", &body);
    let described = found(asked.await)?;
    Ok(described.map(|described| described.key_metadata))
}

/// The policy of the key that has this ARN, as JSON. A key has no other than that named `default`.
pub(crate) async fn policy(api: &Api<'_>, arn: &str) -> Result<String, StoreError> {
    let question = question("GetKeyPolicy", arn);
    let body = json!({"KeyId": arn, "PolicyName": "default"});
    let policy = api.json::<Policy>(&question, "TrentService", &body);
    Ok(policy.await?.policy)
}

fn question<'a>(operation: &'static str, resource: &'a str) -> Question<'a> {
    Question {
        service: &KMS,
        operation,
        resource,
    }
}
