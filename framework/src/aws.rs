//! The real Secrets Manager, over AWS's SDK.

#[cfg(feature = "command-line")]
pub(crate) mod around;
#[cfg(any(feature = "command-line", feature = "database"))]
pub(crate) mod by_hand;
pub(crate) mod connect;
pub(crate) mod endpoint;
pub(crate) mod errors;
#[cfg(feature = "command-line")]
mod list;
pub(crate) mod partition;
#[cfg(feature = "command-line")]
mod profile;
mod replicas;
#[cfg(feature = "command-line")]
mod rotate;
pub mod sign;
#[cfg(feature = "command-line")]
mod survey;
#[cfg(test)]
pub(crate) mod tests;
mod trust;

use std::time::SystemTime;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
use aws_sdk_secretsmanager::operation::update_secret_version_stage::UpdateSecretVersionStageError;

use crate::config::Config;
use crate::document::Document;
use crate::error::{RotationError, StoreError};
use crate::password::PasswordPolicy;
use crate::secret::Secret;
use crate::store::{Description, Put, SecretStore, Swap, Version, Which};
use crate::version::{SecretId, Stage, Stages, VersionId};
use errors::Call;
use replicas::{OtherAccounts, in_region};
#[cfg(feature = "command-line")]
pub(crate) use rotate::NotBegun;
#[cfg(feature = "command-line")]
pub(crate) use survey::Survey;

/// A [`SecretStore`] that calls AWS. Make one for the life of the process, since it keeps its connection.
#[derive(Clone, Debug)]
pub struct AwsStore {
    client: Client,
}

impl AwsStore {
    /// A store that uses this client.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// A store that makes its own client. Inside Lambda, the client has the Region and the credentials that Lambda puts into
    /// the environment. Elsewhere, with the feature `command-line`, it looks for them where AWS's own command line does. This makes
    /// no call to Secrets Manager yet.
    ///
    /// # Errors
    /// [`RotationError::Config`] if no Region is known, if the bundle of certificates cannot be used, or if settings of addresses exclude
    /// each other. Without the feature `command-line`, it is also an error if this is not Lambda.
    pub async fn connect(config: &Config) -> Result<Self, RotationError> {
        Ok(Self::of(connect::Access::find(config).await?))
    }

    /// A store that calls so.
    pub(crate) fn of(access: connect::Access) -> Self {
        Self::new(connect::client(access))
    }

    /// The ARNs of the secrets that have this tag.
    #[cfg(feature = "command-line")]
    pub(crate) async fn tagged(&self, key: &str, value: &str) -> Result<Vec<String>, StoreError> {
        list::tagged(&self.client, key, value).await
    }

    /// What a person wants to know of the secret that has this name or ARN.
    #[cfg(feature = "command-line")]
    pub(crate) async fn survey(&self, name: &str) -> Result<Survey, StoreError> {
        survey::survey(&self.client, name).await
    }

    /// The secret's resource policy, as JSON. `None` if it has none.
    #[cfg(feature = "command-line")]
    pub(crate) async fn resource_policy(
        &self,
        id: &SecretId,
    ) -> Result<Option<String>, StoreError> {
        survey::resource_policy(&self.client, id).await
    }

    /// Finds the secret that has this name or ARN.
    #[cfg(feature = "command-line")]
    pub(crate) async fn find(&self, name: &str) -> Result<(SecretId, Description), StoreError> {
        let call = Call::new("DescribeSecret", name);
        let found = self.described(&call, name).await?;
        Ok((secret_id(&call, &found)?, found))
    }

    /// Has Secrets Manager rotate the secret by the function that it names. The new version has the id `version`.
    #[cfg(feature = "command-line")]
    pub(crate) async fn rotate(&self, id: &SecretId, version: &VersionId) -> Result<(), NotBegun> {
        rotate::rotate(&self.client, id, version).await
    }

    async fn described(&self, call: &Call<'_>, id: &str) -> Result<Description, StoreError> {
        let (answer, other_accounts) = describe(&self.client, call, id).await?;
        Ok(other_accounts.add_to(description(call, answer)?))
    }
}

impl SecretStore for AwsStore {
    async fn describe(&self, id: &SecretId) -> Result<Description, StoreError> {
        let call = Call::new("DescribeSecret", id.as_str());
        self.described(&call, id.as_str()).await
    }

    async fn value(&self, id: &SecretId, which: Which) -> Result<Option<Version>, StoreError> {
        let call = Call::new("GetSecretValue", id.as_str());
        let (version, stage) = match which {
            Which::Version(version) => (Some(version), None),
            Which::Stage(stage) => (None, Some(stage)),
            Which::Both(version, stage) => (Some(version), Some(stage)),
        };
        let request = self
            .client
            .get_secret_value()
            .secret_id(id.as_str())
            .set_version_id(version.map(|version| version.to_string()))
            .set_version_stage(stage.map(|stage| stage.to_string()));
        match request.send().await {
            Ok(answer) => read(&call, answer).map(Some),
            Err(error) if errors::no_such_value(&error) => Ok(None),
            Err(error) => Err(call.failed(&error)),
        }
    }

    async fn put_pending(
        &self,
        id: &SecretId,
        version: &VersionId,
        value: &Document,
        token: Option<&Secret>,
    ) -> Result<Put, StoreError> {
        let call = Call::new("PutSecretValue", id.as_str());
        // Without labels the call would move AWSCURRENT.
        let request = self
            .client
            .put_secret_value()
            .secret_id(id.as_str())
            .client_request_token(version.as_str())
            .secret_string(value.expose())
            .version_stages(Stage::Pending.to_string())
            .version_stages(Stage::Mark(version.clone()).to_string())
            .set_rotation_token(token.map(|token| token.expose().to_owned()));
        match request.send().await {
            Ok(_) => Ok(Put::Stored),
            Err(error) => match error.as_service_error() {
                Some(refusal) if refusal.is_resource_exists_exception() => Ok(Put::Lost),
                _ => Err(call.failed(&error)),
            },
        }
    }

    async fn move_stage(
        &self,
        id: &SecretId,
        stage: Stage,
        from: Option<&VersionId>,
        to: Option<&VersionId>,
    ) -> Result<Swap, StoreError> {
        let call = Call::new("UpdateSecretVersionStage", id.as_str());
        let request = self
            .client
            .update_secret_version_stage()
            .secret_id(id.as_str())
            .version_stage(stage.to_string())
            .set_remove_from_version_id(from.map(|version| version.to_string()))
            .set_move_to_version_id(to.map(|version| version.to_string()));
        match request.send().await {
            Ok(_) => Ok(Swap::Moved),
            Err(error) => match error.as_service_error() {
                Some(refusal) if elsewhere(refusal) => Ok(Swap::Elsewhere),
                _ => Err(call.failed(&error)),
            },
        }
    }

    async fn random_password(&self, policy: &PasswordPolicy) -> Result<Secret, StoreError> {
        let call = Call::new("GetRandomPassword", "*");
        let length = i64::try_from(policy.length).unwrap_or(i64::MAX);
        let request = self
            .client
            .get_random_password()
            .password_length(length)
            .exclude_characters(&policy.exclude_characters)
            .exclude_numbers(policy.exclude_numbers)
            .exclude_punctuation(policy.exclude_punctuation)
            .exclude_uppercase(policy.exclude_uppercase)
            .exclude_lowercase(policy.exclude_lowercase)
            .include_space(policy.include_space)
            .require_each_included_type(policy.require_each_included_type);
        let answer = request.send().await.map_err(|error| call.failed(&error))?;
        let password = answer.random_password.filter(|drawn| !drawn.is_empty());
        let password = password.ok_or_else(|| call.malformed("no password"))?;
        Ok(Secret::new(password))
    }

    async fn admin(&self, arn: &str) -> Result<Option<Document>, StoreError> {
        let call = Call::new("GetSecretValue", arn);
        let current = Stage::Current.to_string();
        let request = self.client.get_secret_value().secret_id(arn);
        match request.version_stage(current).send().await {
            Ok(answer) => Ok(Some(document(answer.secret_string))),
            Err(error) if errors::no_such_value(&error) => Ok(None),
            Err(error) => Err(call.failed(&error)),
        }
    }
}

/// The answer of a DescribeSecret, and what it says beyond the SDK's fields.
async fn describe(
    client: &Client,
    call: &Call<'_>,
    id: &str,
) -> Result<(DescribeSecretOutput, OtherAccounts), StoreError> {
    let other_accounts = OtherAccounts::default();
    let request = client.describe_secret().secret_id(id);
    let request = request.customize().interceptor(other_accounts.clone());
    let answer = request.send().await.map_err(|error| call.failed(&error))?;
    Ok((answer, other_accounts))
}

/// Returns true if the label was not on the version that the request named. Secrets Manager reports a failed compare-and-swap as
/// InvalidParameterException. Nothing else in this request can be invalid
/// (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html>). A
/// ResourceNotFoundException means the same, unless it is about the secret itself.
fn elsewhere(refusal: &UpdateSecretVersionStageError) -> bool {
    let gone = refusal.is_resource_not_found_exception() && !errors::no_such_secret(refusal);
    refusal.is_invalid_parameter_exception() || gone
}

/// The ARN in the answer.
#[cfg(feature = "command-line")]
fn secret_id(call: &Call<'_>, found: &Description) -> Result<SecretId, StoreError> {
    SecretId::parse(&found.arn).ok_or_else(|| call.malformed("no ARN"))
}

/// Reads the answer. Versions whose id cannot be a ClientRequestToken are ignored.
fn description(call: &Call<'_>, answer: DescribeSecretOutput) -> Result<Description, StoreError> {
    let versions = answer.version_ids_to_stages.unwrap_or_default();
    let labelled = |(id, labels): (String, Vec<String>)| {
        let labels = labels.iter().map(|label| Stage::parse(label)).collect();
        Some((VersionId::parse(&id)?, labels))
    };
    let tags = answer.tags.unwrap_or_default().into_iter();
    let replicas = answer.replication_status.unwrap_or_default();
    Ok(Description {
        arn: answer.arn.ok_or_else(|| call.malformed("no ARN"))?,
        stages: Stages::new(versions.into_iter().filter_map(labelled)),
        tags: tags
            .filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default())))
            .collect(),
        rotation_enabled: answer.rotation_enabled,
        rotation_function: answer.rotation_lambda_arn,
        changed: answer
            .last_changed_date
            .and_then(|date| date.try_into().ok()),
        deleted: answer.deleted_date.and_then(|date| date.try_into().ok()),
        replicas: replicas.into_iter().filter_map(in_region).collect(),
        primary_region: answer.primary_region,
        primary_elsewhere: None,
        owning_service: answer.owning_service,
        external_type: answer.r#type,
    })
}

/// Reads the answer. The protocol needs VersionId and CreatedDate. An answer without one of them is an error.
fn read(call: &Call<'_>, answer: GetSecretValueOutput) -> Result<Version, StoreError> {
    let id = answer.version_id.as_deref().and_then(VersionId::parse);
    let created = answer.created_date.map(SystemTime::try_from);
    let labels = answer.version_stages.unwrap_or_default();
    Ok(Version {
        id: id.ok_or_else(|| call.malformed("no VersionId"))?,
        created: created
            .and_then(Result::ok)
            .ok_or_else(|| call.malformed("no CreatedDate"))?,
        value: document(answer.secret_string),
        stages: labels.iter().map(|label| Stage::parse(label)).collect(),
    })
}

fn document(value: Option<String>) -> Document {
    value.map_or_else(Document::binary, Document::new)
}
