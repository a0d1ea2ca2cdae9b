//! What users of AWS's templates get stuck in: `rotation doctor` says what it is, and the command that it prints is enough.

use aws_sdk_secretsmanager::Client;
use rotation_kit::process::free_port;
use rotation_tests::lab::{Lab, with};

use crate::patient::{LONG, Patient};
use crate::service::answer;

async fn says(lab: &Lab, arguments: &[&str], code: i32) -> String {
    Patient { lab }.says(arguments, code).await
}

/// The last two lines.
fn last(said: &str) -> String {
    let lines: Vec<&str> = said.trim_end().lines().collect();
    lines[lines.len().saturating_sub(2)..].join("\n")
}

async fn put(client: Client, secret: &str, value: String) {
    let put = client.put_secret_value().secret_id(secret);
    put.secret_string(value)
        .send()
        .await
        .expect("PutSecretValue");
}

/// Terraform and CloudFormation attach a function to a secret before it has a value
/// (<https://github.com/aws-samples/aws-secrets-manager-rotation-lambdas/issues/16>).
#[tokio::test]
async fn a_secret_without_a_value() {
    let lab = Lab::one_user(&[]).await;
    let client = lab.aws.client();
    let made = client.create_secret().name("empty").send().await;
    let arn = made.expect("CreateSecret").arn.expect("an ARN");
    lab.aws.attach(&arn, &lab.function.arn());
    let said = last(&says(&lab, &["doctor", "empty"], 1).await);
    assert!(
        said.contains("has no value yet: there is nothing to rotate"),
        "{said}"
    );
    let command =
        format!("Next: aws secretsmanager put-secret-value --secret-id {arn} --secret-string");
    assert!(said.contains(&command), "{said}");
    let value = lab.aws.value(&lab.arn, "AWSCURRENT").expect("a value");
    put(client, &arn, value).await;
    says(&lab, &["doctor", "empty"], 0).await;
    says(&lab, &["rotate", "empty"], 0).await;
}

/// The function could not reach the database, and gave up; then it can. Each further rotation is refused, since the one before is not
/// complete (<https://github.com/aws/aws-cdk/issues/17288>, <https://github.com/aws/aws-cdk/issues/17265>).
#[tokio::test]
async fn a_database_that_was_out_of_reach() {
    let lab = Lab::one_user(&[]).await;
    let right = lab.aws.value(&lab.arn, "AWSCURRENT").expect("a value");
    lab.edit_current(|value| with(value, "port", free_port()));
    says(&lab, &["rotate", "app", "--timeout", "10"], 1).await;
    let said = last(&says(&lab, &["doctor", "app"], 1).await);
    assert!(said.contains("nobody listens there"), "{said}");
    lab.edit_current(|_| right);
    let refused = says(&lab, &["rotate", "app"], 1).await;
    assert!(
        refused.contains("an earlier rotation is not complete"),
        "{refused}"
    );
    lab.aws.age(&lab.arn, LONG);
    let said = last(&says(&lab, &["doctor", "app"], 1).await);
    let next = said.rsplit("Next: rotation ").next().expect("a command");
    let words: Vec<&str> = next.split(' ').chain(["--yes"]).collect();
    // The second time, the mark goes: nobody can be at work any more.
    for _ in 0..2 {
        says(&lab, &words, 0).await;
        lab.aws.age(&lab.arn, LONG);
    }
    says(&lab, &["rotate", "app"], 0).await;
    assert!(lab.accepts("AWSCURRENT").await);
}

/// Who may only read gets everything that can be read, and a sentence for the rest.
#[tokio::test]
async fn an_operator_who_may_only_read() {
    let lab = Lab::one_user(&[]).await;
    let before = lab.state().await;
    let writes = ["RotateSecret", "PutSecretValue", "UpdateSecretVersionStage"];
    for write in writes {
        for _ in 0..9 {
            lab.aws.fail(
                write,
                answer(400, "AccessDeniedException", "not authorized"),
            );
        }
    }
    for command in ["status", "check", "plan", "doctor"] {
        says(&lab, &[command, "app"], 0).await;
    }
    let said = says(&lab, &["rotate", "app"], 1).await;
    assert!(said.contains("secretsmanager:RotateSecret"), "{said}");
    let said = says(&lab, &["rotate", "app", "--local"], 1).await;
    assert!(said.contains("secretsmanager:PutSecretValue"), "{said}");
    assert_eq!(lab.state().await, before);

    lab.begin();
    lab.aws.age(&lab.arn, LONG);
    let before = lab.state().await;
    for command in ["repair", "abort"] {
        let said = says(&lab, &[command, "app", "--yes"], 1).await;
        assert!(
            said.contains("secretsmanager:UpdateSecretVersionStage"),
            "{said}"
        );
    }
    assert_eq!(lab.state().await, before);
}

/// Nobody is there to be asked.
#[tokio::test]
async fn without_a_terminal_nothing_moves() {
    let lab = Lab::one_user(&[]).await;
    lab.until("setSecret").await;
    lab.aws.age(&lab.arn, LONG);
    let before = lab.state().await;
    let said = says(&lab, &["repair", "app"], 1).await;
    assert!(
        said.contains(
            "nobody is at a terminal to be asked. With --yes, this would be done: move AWSCURRENT"
        ),
        "{said}"
    );
    assert_eq!(lab.state().await, before);
}
