//! What each operation does with the secrets. RotateSecret and CancelRotateSecret are in `rotation`.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value, json};

use super::list::list;
use super::protection;
use super::random;
use super::refusal::Refusal;
use super::request::{self, read};
use super::secret::Value as Stored;
use super::secret::{CURRENT, Secret, Version, token};
use super::vault::Vault;

type Answer = Result<Value, Refusal>;

/// Carries out `operation`, if it is one of these.
pub(crate) fn perform(vault: &mut Vault, operation: &str, body: &Value) -> Option<Answer> {
    Some(match operation {
        "CreateSecret" => create(vault, body),
        "DescribeSecret" => describe(vault, body),
        "GetSecretValue" => get(vault, body),
        "PutSecretValue" => put(vault, body),
        "UpdateSecret" => update(vault, body),
        "UpdateSecretVersionStage" => update_stage(vault, body),
        "GetRandomPassword" => random::password(body),
        "GetResourcePolicy" => protection::policy(vault, body),
        "ListSecretVersionIds" => list_versions(vault, body),
        "ListSecrets" => list(vault, body),
        "DeleteSecret" => delete(vault, body),
        "RestoreSecret" => restore(vault, body),
        "TagResource" => tag(vault, body),
        "UntagResource" => untag(vault, body),
        _ => return None,
    })
}

fn create(vault: &mut Vault, body: &Value) -> Answer {
    let asked: request::Create = read(body)?;
    let id = new_token(asked.client_request_token)?;
    let value = value(asked.secret_string, asked.secret_binary)?;
    if let Some(there) = vault.named(&asked.name) {
        let same = there.version(&id).is_some_and(|v| v.value == value);
        if same && value.is_some() {
            return Ok(named(there, Some(&id)));
        }
        return Err(Refusal::exists(format!(
            "The operation failed because the secret {} already exists.",
            asked.name
        )));
    }
    let tags = asked.tags.into_iter().map(|tag| (tag.key, tag.value));
    let arn = vault.create(&asked.name, tags.collect())?;
    let secret = vault.change(&arn)?;
    let id = match value {
        Some(value) => {
            secret.put(&id, value, None)?;
            Some(id)
        }
        None => None,
    };
    Ok(named(secret, id.as_deref()))
}

fn describe(vault: &Vault, body: &Value) -> Answer {
    let asked: request::Named = read(body)?;
    let secret = vault.find(&asked.secret_id)?;
    let labelled = secret.versions.iter().filter(|v| !v.labels.is_empty());
    let stages: Map<String, Value> = labelled.map(|v| (v.id.clone(), json!(v.labels))).collect();
    let tags: Vec<Value> = secret
        .tags
        .iter()
        .map(|(key, value)| json!({"Key": key, "Value": value}))
        .collect();
    let mut answer = json!({
        "ARN": secret.arn,
        "Name": secret.name,
        "CreatedDate": date(secret.created),
        "LastChangedDate": date(secret.versions.iter().map(|v| v.created).fold(secret.relabelled, SystemTime::max)),
        "VersionIdsToStages": stages,
        "Tags": tags,
    });
    let rotation = &secret.rotation;
    let optional = [
        ("KmsKeyId", secret.protection.key.clone().map(Value::from)),
        ("RotationEnabled", rotation.enabled.map(Value::from)),
        (
            "RotationLambdaARN",
            rotation.function.clone().map(Value::from),
        ),
        ("RotationRules", rotation.rules.clone()),
        ("LastRotatedDate", rotation.last.map(date)),
        ("DeletedDate", secret.deletion.map(date)),
    ];
    for (key, value) in optional {
        if let Some(value) = value {
            answer[key] = value;
        }
    }
    secret.say_kind(&mut answer);
    Ok(answer)
}

fn get(vault: &Vault, body: &Value) -> Answer {
    let asked: request::Get = read(body)?;
    let secret = vault.find(&asked.secret_id)?;
    secret.usable()?;
    let version = match (&asked.version_id, &asked.version_stage) {
        (Some(id), Some(label)) => match secret.version(id) {
            Some(there) if there.value.is_some() && !there.labels.contains(label) => {
                return Err(Refusal::request(
                    "You provided a VersionStage that is not associated to the provided VersionId.",
                ));
            }
            there => there,
        },
        (Some(id), None) => secret.version(id),
        (None, Some(label)) => secret.holder(label),
        (None, None) => secret.holder(CURRENT),
    };
    let what = match (&asked.version_id, &asked.version_stage) {
        (Some(id), _) => format!("secret value for VersionId: {id}"),
        (None, label) => format!(
            "secret value for staging label: {}",
            label.as_deref().unwrap_or(CURRENT)
        ),
    };
    let found = version.and_then(|version| Some((version, version.value.as_ref()?)));
    let (version, value) = found.ok_or_else(|| Refusal::not_found(what))?;
    let mut answer = named(secret, Some(&version.id));
    answer["VersionStages"] = json!(version.labels);
    answer["CreatedDate"] = date(version.created);
    match value {
        Stored::Text(text) => answer["SecretString"] = json!(text),
        Stored::Binary(bytes) => answer["SecretBinary"] = json!(bytes),
    }
    Ok(answer)
}

fn put(vault: &mut Vault, body: &Value) -> Answer {
    let asked: request::Put = read(body)?;
    rotation_token(asked.rotation_token.as_deref())?;
    let labels = asked.version_stages;
    if labels
        .as_ref()
        .is_some_and(|labels| labels.is_empty() || labels.len() > 20)
    {
        return Err(Refusal::validation("VersionStages must have 1 to 20 items"));
    }
    let id = new_token(asked.client_request_token)?;
    let value = value(asked.secret_string, asked.secret_binary)?;
    let value = value
        .ok_or_else(|| Refusal::request("You must provide either SecretString or SecretBinary."))?;
    let secret = vault.change(&asked.secret_id)?;
    secret.put(&id, value, labels)?;
    let mut answer = named(secret, Some(&id));
    answer["VersionStages"] = json!(secret.version(&id).map(|version| &version.labels));
    Ok(answer)
}

/// With a value: as PutSecretValue under AWSCURRENT, but no token may be used twice.
fn update(vault: &mut Vault, body: &Value) -> Answer {
    let asked: request::Put = read(body)?;
    let id = new_token(asked.client_request_token)?;
    let value = value(asked.secret_string, asked.secret_binary)?;
    let secret = vault.change(&asked.secret_id)?;
    if let Some(value) = value {
        if secret.version(&id).is_some() {
            return Err(Refusal::exists(
                "A version with this ClientRequestToken already exists.",
            ));
        }
        secret.put(&id, value, None)?;
    }
    Ok(named(secret, Some(&id)))
}

fn update_stage(vault: &mut Vault, body: &Value) -> Answer {
    let asked: request::UpdateStage = read(body)?;
    let (from, to) = (asked.remove_from_version_id, asked.move_to_version_id);
    let secret = vault.change(&asked.secret_id)?;
    secret.update_stage(&asked.version_stage, from.as_deref(), to.as_deref())?;
    Ok(named(secret, None))
}

fn list_versions(vault: &Vault, body: &Value) -> Answer {
    let asked: request::ListVersions = read(body)?;
    let secret = vault.find(&asked.secret_id)?;
    let listed =
        |v: &&Version| v.value.is_some() && (asked.include_deprecated || !v.labels.is_empty());
    let versions = secret.versions.iter().filter(listed);
    let versions: Vec<Value> = versions
        .map(|v| json!({"VersionId": v.id, "VersionStages": v.labels, "CreatedDate": date(v.created)}))
        .collect();
    let mut answer = named(secret, None);
    answer["Versions"] = json!(versions);
    Ok(answer)
}

fn delete(vault: &mut Vault, body: &Value) -> Answer {
    let asked: request::Delete = read(body)?;
    let secret = vault.change(&asked.secret_id)?;
    secret.writable()?;
    let days = asked.recovery_window_in_days.unwrap_or(30);
    if !(7..=30).contains(&days) {
        return Err(Refusal::parameter("RecoveryWindowInDays must be 7 to 30"));
    }
    let when = SystemTime::now() + Duration::from_secs(days * 24 * 3600);
    secret.deletion = Some(when);
    let mut answer = named(secret, None);
    answer["DeletionDate"] = date(when);
    Ok(answer)
}

fn restore(vault: &mut Vault, body: &Value) -> Answer {
    let asked: request::Named = read(body)?;
    let secret = vault.change(&asked.secret_id)?;
    secret.deletion = None;
    Ok(named(secret, None))
}

fn tag(vault: &mut Vault, body: &Value) -> Answer {
    let asked: request::Tags = read(body)?;
    let secret = vault.change(&asked.secret_id)?;
    secret.writable()?;
    for tag in asked.tags {
        secret.tags.retain(|(key, _)| *key != tag.key);
        secret.tags.push((tag.key, tag.value));
    }
    Ok(json!({}))
}

fn untag(vault: &mut Vault, body: &Value) -> Answer {
    let asked: request::Tags = read(body)?;
    let secret = vault.change(&asked.secret_id)?;
    secret.writable()?;
    secret.tags.retain(|(key, _)| !asked.tag_keys.contains(key));
    Ok(json!({}))
}

fn value(text: Option<String>, binary: Option<String>) -> Result<Option<Stored>, Refusal> {
    match (text, binary) {
        (Some(_), Some(_)) => Err(Refusal::parameter(
            "You can't specify both a binary secret value and a string secret value in the same secret.",
        )),
        (Some(text), None) => Ok(Some(Stored::Text(text))),
        (None, binary) => Ok(binary.map(Stored::Binary)),
    }
}

/// 36 to 256 letters, digits and hyphens.
fn rotation_token(token: Option<&str>) -> Result<(), Refusal> {
    let fits = |token: &str| {
        (36..=256).contains(&token.len())
            && token
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    if token.is_none_or(fits) {
        return Ok(());
    }
    Err(Refusal::validation("RotationToken is malformed"))
}

pub(crate) fn new_token(asked: Option<String>) -> Result<String, Refusal> {
    let id = asked.unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
    token(&id).map(|()| id)
}

/// What nearly every answer begins with.
pub(crate) fn named(secret: &Secret, version: Option<&str>) -> Value {
    let mut answer = json!({"ARN": secret.arn, "Name": secret.name});
    if let Some(version) = version {
        answer["VersionId"] = json!(version);
    }
    answer
}

fn date(time: SystemTime) -> Value {
    let since = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    json!(since.as_secs_f64())
}
