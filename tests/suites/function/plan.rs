//! `rotation plan`: the whole rotation, no write call to anybody, and nothing changed at the target.

use rotation_kit::aws::Replica;
use rotation_tests::lab::{Lab, Target};
use rotation_tests::person::{READS, calls, changes};
use serde_json::Value;

use crate::broken::ROTATE;
use crate::command_line::{run, text};
use crate::service::answer;

on_each_server!(one_user, two_users);

/// Runs `plan`. It must end with `code`, have made no write call, and have changed nothing at the target.
async fn plan<T: Target>(lab: &Lab<T>, output: &str, code: i32) -> String {
    let before = lab.state().await;
    lab.aws.forget_calls();
    let done = run(lab, &["plan", "app", "--output", output], "").await;
    let said = text(&done.stdout);
    assert_eq!(
        done.status.code(),
        Some(code),
        "{said}{}",
        text(&done.stderr)
    );
    let calls = lab.aws.calls();
    assert!(!calls.is_empty());
    for call in calls {
        assert!(READS.contains(&call.operation.as_str()), "{call:?}");
    }
    assert_eq!(lab.state().await, before);
    said
}

async fn json<T: Target>(lab: &Lab<T>) -> Value {
    serde_json::from_str(&plan(lab, "json", 0).await).expect("JSON alone")
}

/// What the plan foresees to write is what the rotation then writes.
async fn as_foreseen<T: Target>(lab: &Lab<T>) {
    for _ in 0..3 {
        let planned = json(lab).await;
        assert_eq!(planned["stands_in_the_way"], Value::Null);
        let steps = ["createSecret", "setSecret", "testSecret", "finishSecret"];
        let foreseen = steps.map(|step| changes(&planned, step, "Secrets Manager").len());
        lab.aws.forget_calls();
        let done = run(lab, &ROTATE, "").await;
        assert!(done.status.success(), "{}", text(&done.stderr));
        let written = lab.aws.calls();
        let written = written
            .iter()
            .filter(|call| !READS.contains(&call.operation.as_str()));
        assert_eq!(written.count(), foreseen.iter().sum::<usize>());
    }
}

async fn one_user<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", false, &[]).await;
    let planned = json(&lab).await;
    assert_eq!(planned["schema"], "rotation.plan.v1");
    assert_eq!(planned["rotator"], T::ROTATOR);
    let changed = changes(&planned, "setSecret", "target");
    assert!(
        changed.iter().any(|text| text.contains("PASSWORD")),
        "{changed:?}"
    );
    let logins = calls(&planned, "setSecret", |call| call["changes"] == false);
    let login = format!("log in as user {} at localhost:", lab.user);
    assert!(
        logins.iter().any(|text| text.starts_with(&login)),
        "{logins:?}"
    );
    let keys = planned["differences"].to_string();
    assert!(
        keys.contains("\"no-tls\"") && !keys.contains("\"second-user\""),
        "{keys}"
    );
    as_foreseen(&lab).await;
}

async fn two_users<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", true, &[]).await;
    let planned = json(&lab).await;
    let changed = changes(&planned, "setSecret", "target").join("\n");
    assert!(changed.contains(&lab.clone_name()), "{changed}");
    assert!(changed.contains('…'), "what is set is masked: {changed}");
    assert!(
        planned["differences"]
            .to_string()
            .contains("\"second-user\"")
    );
    as_foreseen(&lab).await;
}

/// The screen of the README: a star before each change, and one verdict, in the last line.
#[tokio::test]
async fn for_a_person() {
    let lab = Lab::one_user(&[]).await;
    let said = plan(&lab, "text", 0).await;
    let star = format!(
        "  * target           ALTER ROLE \"{}\" PASSWORD …",
        lab.user
    );
    assert!(said.lines().any(|line| line == star), "{said}");
    let last = said.lines().last();
    assert_eq!(last, Some("Verdict: a rotation would go through now."));
    assert!(said.contains("Its role needs secretsmanager:"), "{said}");
    for secret in [lab.field("AWSCURRENT", "password"), "SCRAM-SHA".into()] {
        assert!(!said.contains(&secret), "{said}");
    }
}

/// What an abandoned rotation left, and a replica that lags, are told. Neither stops a rotation.
#[tokio::test]
async fn what_does_not_stop_it() {
    let lab = Lab::one_user(&[]).await;
    lab.until("createSecret").await;
    lab.aws.detach(&lab.arn, "AWSPENDING");
    let failed = Replica::new("eu-west-1").ends("Failed", "no key");
    lab.aws.replicate(&lab.arn, failed);
    let planned = json(&lab).await;
    assert_eq!(planned["stands_in_the_way"], Value::Null);
    let set = calls(&planned, "setSecret", |call| call["changes"] == false).join("\n");
    let create = calls(&planned, "createSecret", |call| call["changes"] == false).join("\n");
    assert!((create + &set).contains("wait "), "{planned}");
    assert!(planned["differences"].to_string().contains("\"wait\""));
    assert!(
        planned["warnings"].to_string().contains("eu-west-1"),
        "{planned}"
    );
}

/// Who may not write, gets all of it.
#[tokio::test]
async fn a_reader() {
    let lab = Lab::one_user(&[]).await;
    let denied = answer(400, "AccessDeniedException", "User is not authorized");
    for operation in ["PutSecretValue", "UpdateSecretVersionStage", "RotateSecret"] {
        lab.aws.fail(operation, denied.clone());
    }
    plan(&lab, "text", 0).await;
    assert_eq!(lab.aws.heal().1, 3, "a call that writes was made");
}
