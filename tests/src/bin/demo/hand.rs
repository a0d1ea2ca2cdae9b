//! Everything stays up, and a person looks around.

use rotation_tests::setting::workspace;

use crate::show::{Shown, heading, name};

/// Says what to type, with these commands to log in by what AWSCURRENT says, and waits for Ctrl-C.
pub(crate) async fn over(shown: &impl Shown, login: &[&str]) {
    let tools = workspace().join(".tools/aws");
    let tools = tools.canonicalize().unwrap_or(tools);
    let (url, secret, arn) = (shown.aws().url(), name(shown.arn()), shown.arn());
    heading("Look around: all of this runs until you press Ctrl-C");
    println!(
        "In another terminal, first:

export AWS_ACCESS_KEY_ID=demo AWS_SECRET_ACCESS_KEY=demo AWS_DEFAULT_REGION=us-east-1 PATH=\"$PATH:{tools}\"
secrets() {{ aws --endpoint-url {url} secretsmanager \"$@\"; }}
field() {{ secrets get-secret-value --secret-id {secret} --query SecretString --output text |
  python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' \"$1\"; }}

Secrets Manager:

secrets describe-secret --secret-id {secret}
secrets get-secret-value --secret-id {secret}
secrets rotate-secret --secret-id {secret}

Log in as AWSCURRENT says:

{login}",
        tools = tools.display(),
        login = login.join("\n"),
    );
    if let Some(address) = shown.function().address() {
        println!(
            "
Call the function, which refuses a version that is not there:

curl {address} -d '{{\"Step\": \"testSecret\", \"SecretId\": \"{arn}\", \"ClientRequestToken\": \"00000000-0000-4000-8000-000000000000\"}}'"
        );
    }
    let _ = tokio::signal::ctrl_c().await;
}
