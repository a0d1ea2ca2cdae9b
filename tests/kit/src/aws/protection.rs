//! The key of a secret, and its resource policy. They are shown, and nothing here obeys them.

use serde_json::{Value, json};

use super::LocalAws;
use super::refusal::Refusal;
use super::request::{self, read};
use super::vault::Vault;

/// What protects a secret.
#[derive(Clone, Debug, Default)]
pub(crate) struct Protection {
    /// `None` is `aws/secretsmanager`.
    pub(crate) key: Option<String>,
    /// The resource policy, as JSON.
    policy: Option<String>,
}

impl LocalAws {
    /// The secret says that it is encrypted under this key.
    ///
    /// # Panics
    /// If there is no such secret.
    pub fn encrypt(&self, arn: &str, key: &str) {
        self.service
            .change(arn, |secret| secret.protection.key = Some(key.to_owned()));
    }

    /// Gives the secret this resource policy, as JSON.
    ///
    /// # Panics
    /// If there is no such secret.
    pub fn restrict(&self, arn: &str, policy: &str) {
        self.service.change(arn, |secret| {
            secret.protection.policy = Some(policy.to_owned());
        });
    }
}

/// GetResourcePolicy.
/// Source: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetResourcePolicy.html>.
pub(crate) fn policy(vault: &Vault, body: &Value) -> Result<Value, Refusal> {
    let asked: request::Named = read(body)?;
    let secret = vault.find(&asked.secret_id)?;
    let mut answer = json!({"ARN": secret.arn, "Name": secret.name});
    if let Some(policy) = &secret.protection.policy {
        answer["ResourcePolicy"] = json!(policy);
    }
    Ok(answer)
}
