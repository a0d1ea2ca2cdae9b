//! The function that a secret names, as Lambda shows it.
//! Source: <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html> and the pages beside it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Api, LAMBDA, Question, found};
use crate::error::StoreError;
use crate::version::unqualified;

/// How a function is set up. What Lambda does not say is empty.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Configuration {
    pub(crate) role: String,
    pub(crate) runtime: String,
    pub(crate) architectures: Vec<String>,
    /// In seconds.
    pub(crate) timeout: u64,
    /// In MB.
    pub(crate) memory_size: u64,
    pub(crate) state: String,
    pub(crate) state_reason: String,
    pub(crate) last_update_status: String,
    pub(crate) last_update_status_reason: String,
    pub(crate) vpc_config: Vpc,
    pub(crate) environment: Environment,
    pub(crate) logging_config: Logging,
}

/// Where it is connected. Without subnets, it is in no VPC of the account.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Vpc {
    pub(crate) vpc_id: String,
    pub(crate) subnet_ids: Vec<String>,
    pub(crate) security_group_ids: Vec<String>,
}

/// Its variables. A value may be secret: `Debug` shows none.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Environment {
    pub(crate) variables: BTreeMap<String, String>,
}

/// Where its log is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Logging {
    pub(crate) log_group: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    policy: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Concurrency {
    reserved_concurrent_executions: Option<u64>,
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

/// The name in a function's ARN.
pub(crate) fn name(arn: &str) -> &str {
    arn.split(':').nth(6).unwrap_or(arn)
}

/// Its configuration. `None` if there is no such function.
pub(crate) async fn configuration(
    api: &Api<'_>,
    arn: &str,
) -> Result<Option<Configuration>, StoreError> {
    let question = question("GetFunctionConfiguration", arn);
    let path = format!("{}/configuration", path("2015-03-31", arn));
    found(api.get(&question, &(path + &qualifier(arn))).await)
}

/// Its resource policy, as JSON. `None` if it has none.
pub(crate) async fn policy(api: &Api<'_>, arn: &str) -> Result<Option<String>, StoreError> {
    let question = question("GetPolicy", arn);
    let path = format!("{}/policy{}", path("2015-03-31", arn), qualifier(arn));
    let policy = found(api.get::<Policy>(&question, &path).await)?;
    Ok(policy.map(|policy| policy.policy))
}

/// How many steps may run at once, if a number is reserved.
pub(crate) async fn reserved(api: &Api<'_>, arn: &str) -> Result<Option<u64>, StoreError> {
    let question = question("GetFunctionConcurrency", arn);
    let path = format!("{}/concurrency", path("2019-09-30", arn));
    let concurrency = found(api.get::<Concurrency>(&question, &path).await)?;
    Ok(concurrency.and_then(|concurrency| concurrency.reserved_concurrent_executions))
}

fn question<'a>(operation: &'static str, arn: &'a str) -> Question<'a> {
    Question {
        service: &LAMBDA,
        operation,
        resource: arn,
    }
}

fn path(version: &str, arn: &str) -> String {
    format!("{version}/functions/{}", encoded(&unqualified(arn)))
}

/// The version or alias that the ARN names.
fn qualifier(arn: &str) -> String {
    let named = arn.split(':').nth(7);
    named.map_or_else(String::new, |name| format!("?Qualifier={}", encoded(name)))
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
