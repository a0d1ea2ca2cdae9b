//! ListSecrets: pages of secrets, by filters.

use serde::Deserialize;
use serde_json::{Value, json};

use super::operations::named;
use super::refusal::Refusal;
use super::request::read;
use super::secret::Secret;
use super::vault::Vault;

/// The most secrets of a page, unless the request says otherwise.
/// Source: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html>.
const PAGE: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    #[serde(default)]
    filters: Vec<Filter>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Filter {
    key: String,
    values: Vec<String>,
}

pub(crate) fn list(vault: &Vault, body: &Value) -> Result<Value, Refusal> {
    let asked: List = read(body)?;
    let from = asked.next_token.as_deref().map_or(Ok(0), str::parse);
    let from: usize = from.map_err(|_| Refusal::parameter("NextToken is not one"))?;
    let size = asked.max_results.unwrap_or(PAGE);
    if !(1..=PAGE).contains(&size) {
        return Err(Refusal::parameter("MaxResults must be 1 to 100"));
    }
    let mut found = Vec::new();
    for secret in vault.all().filter(|secret| secret.deletion.is_none()) {
        if fits_all(secret, &asked.filters)? {
            found.push(secret);
        }
    }
    let page: Vec<Value> = found
        .iter()
        .skip(from)
        .take(size)
        .map(|s| entry(s))
        .collect();
    let mut answer = json!({"SecretList": page});
    if from + size < found.len() {
        answer["NextToken"] = json!((from + size).to_string());
    }
    Ok(answer)
}

fn entry(secret: &Secret) -> Value {
    let mut entry = named(secret, None);
    let tags = secret.tags.iter();
    entry["Tags"] = tags
        .map(|(key, value)| json!({"Key": key, "Value": value}))
        .collect();
    entry
}

fn fits_all(secret: &Secret, filters: &[Filter]) -> Result<bool, Refusal> {
    for filter in filters {
        if !fits(secret, filter)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A value fits whatever begins with it, in the right case.
fn fits(secret: &Secret, filter: &Filter) -> Result<bool, Refusal> {
    let begins = |text: &String| filter.values.iter().any(|value| text.starts_with(value));
    let mut tags = secret.tags.iter();
    match filter.key.as_str() {
        "tag-key" => Ok(tags.any(|(key, _)| begins(key))),
        "tag-value" => Ok(tags.any(|(_, value)| begins(value))),
        "name" => Ok(begins(&secret.name)),
        other => Err(Refusal::validation(format!(
            "the filter {other} is not known here"
        ))),
    }
}
