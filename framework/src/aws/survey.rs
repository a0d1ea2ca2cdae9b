//! What a person wants to know of a secret, beside what a rotation needs.

use std::time::SystemTime;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use aws_sdk_secretsmanager::primitives::DateTime;

use super::errors::Call;
use super::{describe, description, secret_id};
use crate::error::StoreError;
use crate::store::Description;
use crate::version::{SecretId, VersionId};

/// A secret, as DescribeSecret and ListSecretVersionIds show it.
#[derive(Clone)]
pub(crate) struct Survey {
    pub(crate) id: SecretId,
    pub(crate) description: Description,
    /// The secret's KMS key. `None` is `aws/secretsmanager`.
    pub(crate) key: Option<String>,
    /// The schedule, and the window in which a rotation begins.
    pub(crate) schedule: Option<String>,
    pub(crate) window: Option<String>,
    pub(crate) last: Option<SystemTime>,
    pub(crate) next: Option<SystemTime>,
    /// When each version was made, also of those that have no label any more. It is an error if the caller may not list them.
    pub(crate) made: Result<Vec<(VersionId, SystemTime)>, StoreError>,
}

pub(super) async fn survey(client: &Client, name: &str) -> Result<Survey, StoreError> {
    let call = Call::new("DescribeSecret", name);
    let (answer, other_accounts) = describe(client, &call, name).await?;
    let (schedule, window) = rules(&answer);
    let date = |date: Option<DateTime>| date.and_then(|date| date.try_into().ok());
    let key = answer.kms_key_id.clone();
    let last = date(answer.last_rotated_date);
    let next = date(answer.next_rotation_date);
    let description = other_accounts.add_to(description(&call, answer)?);
    let id = secret_id(&call, &description)?;
    let made = made(client, &id).await;
    Ok(Survey {
        id,
        description,
        key,
        schedule,
        window,
        last,
        next,
        made,
    })
}

pub(super) async fn resource_policy(
    client: &Client,
    id: &SecretId,
) -> Result<Option<String>, StoreError> {
    let call = Call::new("GetResourcePolicy", id.as_str());
    let request = client.get_resource_policy().secret_id(id.as_str());
    let answer = request.send().await.map_err(|error| call.failed(&error))?;
    Ok(answer.resource_policy)
}

fn rules(answer: &DescribeSecretOutput) -> (Option<String>, Option<String>) {
    let Some(rules) = &answer.rotation_rules else {
        return (None, None);
    };
    let days = rules.automatically_after_days;
    let days = days.map(|days| format!("every {days} days"));
    let schedule = rules.schedule_expression.clone().or(days);
    (schedule, rules.duration.clone())
}

async fn made(client: &Client, id: &SecretId) -> Result<Vec<(VersionId, SystemTime)>, StoreError> {
    let call = Call::new("ListSecretVersionIds", id.as_str());
    let request = client.list_secret_version_ids().secret_id(id.as_str());
    let request = request.include_deprecated(true);
    let mut pages = request.into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| call.failed(&error))?;
        found.extend(page.versions().iter().filter_map(|version| {
            let id = VersionId::parse(version.version_id()?)?;
            let created = SystemTime::try_from(*version.created_date()?).ok()?;
            Some((id, created))
        }));
    }
    Ok(found)
}
