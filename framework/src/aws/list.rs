//! The secrets that somebody asks for by a tag.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::types::{Filter, FilterNameStringType, SecretListEntry};

use super::errors::Call;
use crate::error::StoreError;

/// The ARNs of all secrets of the Region that have this tag. Secrets Manager finds keys and values that only begin alike too, so
/// each tag is compared.
/// Source: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Filter.html>.
pub(super) async fn tagged(
    client: &Client,
    key: &str,
    value: &str,
) -> Result<Vec<String>, StoreError> {
    let call = Call::new("ListSecrets", "*");
    let filter =
        |name: FilterNameStringType, text: &str| Filter::builder().key(name).values(text).build();
    let request = client
        .list_secrets()
        .filters(filter(FilterNameStringType::TagKey, key))
        .filters(filter(FilterNameStringType::TagValue, value));
    let mut pages = request.into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| call.failed(&error))?;
        let secrets = page.secret_list().iter();
        let tagged = secrets.filter(|secret| has(secret, key, value));
        found.extend(tagged.filter_map(|secret| secret.arn.clone()));
    }
    Ok(found)
}

fn has(secret: &SecretListEntry, key: &str, value: &str) -> bool {
    let mut tags = secret.tags().iter();
    tags.any(|tag| tag.key() == Some(key) && tag.value() == Some(value))
}
