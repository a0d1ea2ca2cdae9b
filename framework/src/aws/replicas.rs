//! The replicas of a secret, as DescribeSecret shows them.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_secretsmanager::config::interceptors::AfterDeserializationInterceptorContextRef;
use aws_sdk_secretsmanager::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_secretsmanager::error::BoxError;
use aws_sdk_secretsmanager::types::ReplicationStatusType;
use serde::Deserialize;

use crate::store::{Description, Replica, ReplicaStatus};

/// A replica in another Region. `None`, if the answer does not say which.
pub(super) fn in_region(answer: ReplicationStatusType) -> Option<Replica> {
    let status = answer.status.as_ref();
    Some(Replica {
        place: answer.region?,
        status: ReplicaStatus::parse(status.map_or("", |status| status.as_str())),
        message: answer.status_message,
        key: answer.kms_key_id,
    })
}

/// What an answer of DescribeSecret says about other accounts. The SDK does not have these fields yet, so they are read from
/// the answer's JSON.
/// Source: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/cross-account-replicate-status.html>.
#[derive(Clone, Debug, Default)]
pub(super) struct OtherAccounts(Arc<Mutex<Fields>>);

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Fields {
    cross_account_primary: Option<Primary>,
    cross_account_replicas: Option<Vec<Entry>>,
}

#[derive(Debug, Deserialize)]
struct Primary {
    #[serde(rename = "PrimarySecretARN")]
    arn: String,
}

#[derive(Debug, Deserialize)]
struct Entry {
    #[serde(rename = "ReplicaSecretARN")]
    arn: String,
    #[serde(rename = "ReplicationStatus", default)]
    status: String,
    #[serde(rename = "StatusMessage")]
    message: Option<String>,
}

impl Fields {
    /// Fields of another form are as good as absent: a rotation does not fail for them.
    fn read(answer: &[u8]) -> Self {
        serde_json::from_slice(answer).unwrap_or_default()
    }
}

impl OtherAccounts {
    /// The description, with what the answer says about other accounts.
    pub(super) fn add_to(&self, mut description: Description) -> Description {
        let fields = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let entries = fields.cross_account_replicas.into_iter().flatten();
        description.replicas.extend(entries.map(|entry| Replica {
            place: entry.arn,
            status: ReplicaStatus::parse(&entry.status),
            message: entry.message,
            key: None,
        }));
        description.primary_elsewhere = fields.cross_account_primary.map(|primary| primary.arn);
        description
    }
}

impl Intercept for OtherAccounts {
    fn name(&self) -> &'static str {
        "OtherAccounts"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response().body().bytes().unwrap_or_default();
        let read = Fields::read(body);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn described(answer: &serde_json::Value) -> Description {
        let fields = Fields::read(answer.to_string().as_bytes());
        OtherAccounts(Arc::new(Mutex::new(fields))).add_to(Description::default())
    }

    #[test]
    fn fields_about_other_accounts() {
        let answer = described(&json!({
            "ARN": "arn",
            "CrossAccountPrimary": {"PrimarySecretARN": "theirs", "ReplicationStatus": "InSync"},
            "CrossAccountReplicas": [{"ReplicaSecretARN": "copy", "ReplicationStatus": "Failed", "StatusMessage": "no key"}],
        }));
        assert_eq!(answer.primary_elsewhere.as_deref(), Some("theirs"));
        let copy = Replica {
            place: "copy".into(),
            status: ReplicaStatus::Failed,
            message: Some("no key".into()),
            key: None,
        };
        assert_eq!(answer.replicas, [copy]);
    }

    #[test]
    fn without_them_or_in_another_form() {
        for answer in [
            json!({"ARN": "arn"}),
            json!({"CrossAccountPrimary": null, "CrossAccountReplicas": null}),
            json!({"CrossAccountPrimary": "theirs"}),
            json!({"CrossAccountReplicas": [{"Replica": 1}]}),
            json!([]),
        ] {
            let description = described(&answer);
            assert_eq!(description.primary_elsewhere, None, "{answer}");
            assert_eq!(description.replicas, [], "{answer}");
        }
    }
}
