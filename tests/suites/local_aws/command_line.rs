//! AWS's own command line talks to it.

use rotation_kit::aws::LocalAws;
use rotation_tests::setting::workspace;
use serde_json::Value;

use crate::function::{ARN, Recorder};

#[tokio::test]
async fn the_aws_command_line() {
    let program = workspace().join(".tools/aws/aws");
    if !program.exists() {
        rotation_tests::skip::skip("AWS's command line", "run scripts/install");
        return;
    }
    let aws = LocalAws::start().await;
    let _function = Recorder::new(&aws, "", 0);
    let url = aws.url().to_owned();
    let run = async |arguments: &[&str]| -> Value {
        let mut command = tokio::process::Command::new(&program);
        command.args([
            "--endpoint-url",
            &url,
            "--region",
            "us-east-1",
            "--output",
            "json",
            "secretsmanager",
        ]);
        command
            .args(arguments)
            .env("AWS_ACCESS_KEY_ID", "id")
            .env("AWS_SECRET_ACCESS_KEY", "key");
        let done = command.output().await.expect("the program runs");
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{arguments:?}: {said}");
        serde_json::from_slice(&done.stdout).expect("JSON")
    };
    let made = run(&["create-secret", "--name", "db", "--secret-string", "old"]).await;
    let arn = made["ARN"].as_str().expect("an ARN").to_owned();
    let begun = run(&[
        "rotate-secret",
        "--secret-id",
        "db",
        "--rotation-lambda-arn",
        ARN,
    ])
    .await;
    aws.ended(begun["VersionId"].as_str().expect("a version"))
        .await;
    let value = run(&["get-secret-value", "--secret-id", &arn]).await;
    assert_eq!(
        (value["SecretString"].as_str(), &value["VersionId"]),
        (Some("new"), &begun["VersionId"])
    );
    let described = run(&["describe-secret", "--secret-id", &arn]).await;
    assert_eq!(
        described["VersionIdsToStages"]
            .as_object()
            .expect("versions")
            .len(),
        2
    );
}
