//! A secret that Secrets Manager copies: finishSecret looks at the replicas, and tells of those that are behind.

use std::time::{Duration, Instant};

use rotation_kit::aws::{Fault, Outcome, Replica};
use rotation_tests::lab::Lab;
use serde_json::Value;

const PARTNER: &str = "arn:aws:secretsmanager:us-east-1:444455556666:secret:copy-AbCdEf";
const KEY: &str = "arn:aws:kms:eu-west-2:012345678912:key/1";
const HOUR: Duration = Duration::from_secs(3600);

/// The lines of the log at WARN, without what all lines have.
fn warnings(lab: &Lab) -> Vec<String> {
    let log = lab.function.log();
    let lines = log.lines().filter_map(|line| {
        let line: Value = serde_json::from_str(line).ok()?;
        let warning = line["level"] == "WARN" && line["step"] == "finishSecret";
        warning.then(|| line["message"].as_str().expect("a text").to_owned())
    });
    lines.collect()
}

fn describes(lab: &Lab) -> usize {
    let calls = lab.aws.calls();
    calls
        .iter()
        .filter(|call| call.operation == "DescribeSecret")
        .count()
}

/// One that lags, one that failed, one that was detached, and one that has the new value.
#[tokio::test]
async fn behind() {
    let lab = Lab::one_user(&[]).await;
    let why = "No permissions available on the KMS key to complete the replication";
    for replica in [
        Replica::new("eu-west-1").after(HOUR),
        Replica::new("eu-west-2").under(KEY).ends("Failed", why),
        Replica::new("eu-west-3"),
        Replica::new(PARTNER).ends("Detached", "Stopped by the replica"),
    ] {
        lab.aws.replicate(&lab.arn, replica);
    }
    let (token, ended) = lab.aws.rotate(&lab.arn).await;
    assert_eq!(ended.outcome, Outcome::RotationSucceeded, "{ended:?}");
    assert_eq!(lab.aws.holder(&lab.arn, "AWSCURRENT"), Some(token));
    let arn = &lab.arn;
    let expected = [
        format!(
            "the replica eu-west-1 is still being copied: readers there may get the old value. Look later: aws secretsmanager describe-secret --secret-id {arn}"
        ),
        format!(
            "the replica eu-west-2 has failed ({why}): readers there get the old value. Remove the cause (the function's role needs kms:Encrypt and kms:GenerateDataKey on the replica's key), then run aws secretsmanager replicate-secret-to-regions --region us-east-1 --secret-id {arn} --add-replica-regions Region=eu-west-2,KmsKeyId={KEY}. If another secret has that name there, add --force-overwrite-replica-secret"
        ),
        format!(
            "the replica {PARTNER} is detached (Stopped by the replica): it gets no new values any more. If its owner means that, run aws secretsmanager disassociate-cross-account-replica --secret-id {arn} --cross-account-replica-arn {PARTNER}"
        ),
    ];
    assert_eq!(warnings(&lab), expected);
}

/// In another account, a failed replication is begun anew by another command.
#[tokio::test]
async fn failed_in_another_account() {
    let lab = Lab::one_user(&[]).await;
    let replica = Replica::new(PARTNER).ends("Failed", "kms:Encrypt is missing");
    lab.aws.replicate(&lab.arn, replica);
    lab.until("finishSecret").await;
    let words = format!(
        "associate-cross-account-replica --secret-id {} --cross-account-replica-arn {PARTNER}",
        lab.arn
    );
    let told = warnings(&lab);
    assert!(told.len() == 1 && told[0].ends_with(&words), "{told:?}");
}

/// A value takes some seconds on its way. That is no news.
#[tokio::test]
async fn in_time() {
    let lab = Lab::one_user(&[]).await;
    let replica = Replica::new("eu-west-1").after(Duration::from_millis(1500));
    lab.aws.replicate(&lab.arn, replica);
    let token = lab.until("testSecret").await;
    lab.aws.forget_calls();
    lab.step(&token, "finishSecret")
        .await
        .expect("finishSecret");
    assert_eq!(warnings(&lab), Vec::<String>::new());
    assert_eq!(
        describes(&lab),
        4,
        "one for the step, then looks at once, after 1 s, and after 3 s"
    );
}

/// What is looked at is looked at once, if nothing is on its way. A secret without replicas costs no call.
#[tokio::test]
async fn no_call_more_than_needed() {
    for (replicas, expected) in [(0, 1), (1, 2)] {
        let lab = Lab::one_user(&[]).await;
        for _ in 0..replicas {
            lab.aws.replicate(&lab.arn, Replica::new("eu-west-1"));
        }
        let token = lab.until("testSecret").await;
        for found in ["to be moved", "moved"] {
            lab.aws.forget_calls();
            lab.step(&token, "finishSecret")
                .await
                .expect("finishSecret");
            assert_eq!(
                describes(&lab),
                expected,
                "{replicas} replicas, AWSCURRENT {found}"
            );
        }
    }
}

/// The rotation is done: nothing that happens at the look makes finishSecret fail.
#[tokio::test]
async fn nobody_can_look() {
    let lab = Lab::one_user(&[]).await;
    lab.aws.replicate(&lab.arn, Replica::new("eu-west-1"));
    let token = lab.until("testSecret").await;
    // Before it: DescribeSecret, AWSPENDING, AWSCURRENT's date, the move.
    let denied = Fault::Answer {
        status: 400,
        code: Some("AccessDeniedException"),
        message: "User is not authorized",
    };
    lab.aws.fail_call(4, denied);
    lab.step(&token, "finishSecret")
        .await
        .expect("finishSecret");
    assert_eq!(lab.aws.heal().0.as_deref(), Some("DescribeSecret"));
    assert_eq!(lab.aws.holder(&lab.arn, "AWSCURRENT"), Some(token));
    let told = warnings(&lab);
    let words = "AWSCURRENT has moved. The replicas may lack the new value, since they could not be read: DescribeSecret: not allowed";
    assert!(told.len() == 1 && told[0].starts_with(words), "{told:?}");
}

/// The looks end while there is time for an answer.
#[tokio::test]
async fn little_time() {
    let lab = Lab::one_user(&[("AWS_LAMBDA_FUNCTION_TIMEOUT", "8")]).await;
    let replica = Replica::new("eu-west-1").after(HOUR);
    lab.aws.replicate(&lab.arn, replica);
    let token = lab.until("testSecret").await;
    let began = Instant::now();
    lab.step(&token, "finishSecret")
        .await
        .expect("finishSecret");
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(warnings(&lab).len(), 1);
}
