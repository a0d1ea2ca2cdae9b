//! `rotation status`: what a secret looks like, without a login and without a write call.

use rotation_kit::aws::{Kind, Replica};
use rotation_tests::lab::{Lab, Target};
use serde_json::Value;

use crate::command_line::{run, text};
use crate::service::answer;

const READS: [&str; 3] = ["DescribeSecret", "GetSecretValue", "ListSecretVersionIds"];

/// Runs `status`. It reads alone, and nobody logs in.
async fn status(lab: &Lab, output: &str) -> String {
    lab.aws.forget_calls();
    let mark = lab.server.mark();
    let done = run(lab, &["status", "app", "--output", output], "").await;
    assert!(done.status.success(), "{}", text(&done.stderr));
    for call in lab.aws.calls() {
        assert!(READS.contains(&call.operation.as_str()), "{call:?}");
    }
    assert_eq!(lab.server.logins(mark, &lab.user), (0, 0));
    text(&done.stdout)
}

async fn json(lab: &Lab) -> Value {
    serde_json::from_str(&status(lab, "json").await).expect("JSON alone")
}

#[tokio::test]
async fn versions_over_time() {
    let lab = Lab::two_users(&[]).await;
    let first = lab.aws.holder(&lab.arn, "AWSCURRENT").expect("a version");
    let second = lab.until("finishSecret").await;
    lab.aws.replicate(&lab.arn, Replica::new("eu-west-1"));
    let said = status(&lab, "text").await;
    let lines: Vec<&str> = said.lines().collect();
    let line = |word: &str| {
        let at = lines.iter().position(|line| line.contains(word));
        at.unwrap_or_else(|| panic!("no {word}: {said}"))
    };
    assert!(line(&first) < line(&second), "oldest first: {said}");
    assert!(lines[line(&first)].ends_with("AWSPREVIOUS"), "{said}");
    assert!(lines[line(&second)].contains("AWSCURRENT"), "{said}");
    for shown in [
        "Rotator       postgres".to_owned(),
        format!("User          {}_clone at localhost:", lab.user),
        format!("Administrator {}", lab.admin.as_ref().expect("one").arn),
        "Replica       eu-west-1 InSync".to_owned(),
        "Key           aws/secretsmanager".to_owned(),
    ] {
        assert!(said.contains(&shown), "{shown}: {said}");
    }
    assert_eq!(
        lines.last(),
        Some(&"State: idle. No rotation is under way.")
    );
    assert!(!said.contains(&lab.field("AWSCURRENT", "password")));
}

/// A rotation that stopped, and what one before it left.
#[tokio::test]
async fn stuck() {
    let lab = Lab::one_user(&[]).await;
    let left = lab.until("createSecret").await;
    lab.aws.detach(&lab.arn, "AWSPENDING");
    let stuck = lab.begin();
    let found = json(&lab).await;
    assert_eq!(found["schema"], "rotation.status.v1");
    assert_eq!(found["state"], "pending");
    let says = found["says"].as_str().expect("a sentence");
    assert!(
        says.contains(&stuck) && says.contains("It has no mark"),
        "{says}"
    );
    assert!(
        says.ends_with(&format!("rotate-secret --secret-id {}", lab.arn)),
        "{says}"
    );
    assert_eq!(found["left_over"][0], left);
    assert!(found["notes"][0].as_str().expect("a note").contains(&left));
    lab.step(&stuck, "createSecret").await.expect("a value");
    let says = json(&lab).await["says"].to_string();
    assert!(says.contains("may have reached the target"), "{says}");
}

#[tokio::test]
async fn what_cannot_be_rotated_here() {
    let lab = Lab::one_user(&[]).await;
    lab.aws.make(&lab.arn, Kind::ReplicaOf("eu-west-1".into()));
    let said = status(&lab, "text").await;
    assert!(said.contains("State: not rotated here. secret"), "{said}");
    assert!(said.contains("rotate-secret --region eu-west-1"), "{said}");
}

/// Who may not read the value, or list versions, gets the rest.
#[tokio::test]
async fn a_reader_with_few_rights() {
    let lab = Lab::one_user(&[]).await;
    lab.until("finishSecret").await;
    let denied = answer(400, "AccessDeniedException", "User is not authorized");
    lab.aws.fail("GetSecretValue", denied.clone());
    lab.aws.fail("ListSecretVersionIds", denied);
    let found = json(&lab).await;
    let unknown = found["unknown"].as_array().expect("a list");
    assert_eq!(unknown.len(), 2, "{unknown:?}");
    assert!(
        unknown[0]
            .as_str()
            .expect("a text")
            .contains("secretsmanager:GetSecretValue")
    );
    assert_eq!(found["state"], "idle");
    // The function's name says it.
    assert_eq!(found["credential"]["rotator"], "postgres");
    assert_eq!(found["credential"]["principal"], Value::Null);
    assert_eq!(found["versions"].as_array().map(Vec::len), Some(2));
}
