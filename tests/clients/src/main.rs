//! AWS's own cache of secrets, as an application has it. A line on stdin asks: `get ARN`, or `fresh ARN`, past the cache.
//! A line of JSON answers: the version and its value, or the error. Secrets Manager is where AWS_ENDPOINT_URL_SECRETS_MANAGER says.

use std::num::NonZeroUsize;
use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_sdk_secretsmanager::config::Builder;
use aws_secretsmanager_caching::SecretsManagerCachingClient;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, stdin, stdout};

/// How long a value is kept: the longest that Secrets Manager's own agent allows.
const HOUR: Duration = Duration::from_secs(3600);

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let settings = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let cache = SecretsManagerCachingClient::from_builder(
        Builder::from(&settings),
        NonZeroUsize::MIN,
        HOUR,
        false,
    );
    let cache = cache.await.map_err(std::io::Error::other)?;
    let (mut requests, mut answers) = (BufReader::new(stdin()).lines(), stdout());
    while let Some(line) = requests.next_line().await? {
        let answer = format!("{}\n", answer(&cache, &line).await);
        answers.write_all(answer.as_bytes()).await?;
        answers.flush().await?;
    }
    Ok(())
}

async fn answer(cache: &SecretsManagerCachingClient, line: &str) -> Value {
    let Some((what, arn)) = line.split_once(' ') else {
        return json!({"error": "a line is `get ARN` or `fresh ARN`"});
    };
    let got = cache.get_secret_value(arn, None, None, what == "fresh");
    match got.await {
        Ok(secret) => json!({"version": secret.version_id, "value": secret.secret_string}),
        Err(error) => json!({"error": error.to_string()}),
    }
}
