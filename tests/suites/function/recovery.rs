//! Rotations that were cut off, and answers that lag behind.

use std::time::Duration;

use futures_util::StreamExt;
use rotation_kit::aws::{Fault, Outcome, STEPS};
use rotation_tests::lab::{Lab, Target};
use serde_json::json;

on_each_server!(
    awspending_is_taken_away_after_setsecret,
    somebody_stores_a_value_during_a_rotation,
    answers_lag_behind,
    awscurrent_is_moved_by_somebody_else,
);

/// A short time-out, and with it a short horizon: 10 s, and 15 s more.
pub(crate) const SHORT: (&str, &str) = ("AWS_LAMBDA_FUNCTION_TIMEOUT", "10");
const HORIZON: Duration = Duration::from_secs(25);

/// A new rotation, whose version is past the horizon when setSecret comes.
async fn anew<T: Target>(lab: &Lab<T>) {
    let token = lab.begin();
    lab.step(&token, "createSecret")
        .await
        .unwrap_or_else(|error| panic!("{}", error.message));
    lab.aws.age(&lab.arn, HORIZON);
    lab.steps(&token)
        .await
        .unwrap_or_else(|error| panic!("{}", error.message));
    assert!(lab.accepts("AWSCURRENT").await);
}

/// What locks applications out with AWS's template: the rotation stops after setSecret, an operator takes AWSPENDING
/// away, as the page of CancelRotateSecret has it, and rotates again. The only password that works has no label then;
/// with ours it has the mark.
async fn awspending_is_taken_away_after_setsecret<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", false, &[SHORT]).await;
    let lost = lab.until("setSecret").await;
    lab.aws.detach(&lab.arn, "AWSPENDING");
    assert!(
        !lab.accepts("AWSCURRENT").await,
        "the window of a single password"
    );
    anew(&lab).await;
    assert!(
        lab.function
            .log()
            .contains("(which lost its labels), and the rotation goes on from there")
    );
    let marks = lab.aws.labels(&lab.arn);
    assert!(!marks.contains_key(&lost), "its mark is free: {marks:?}");
}

/// What the version that lost AWSPENDING is told, once no older answer can be the reason.
#[tokio::test]
async fn a_rotation_whose_awspending_is_gone() {
    let lab = Lab::one_user(&[SHORT]).await;
    let lost = lab.until("setSecret").await;
    lab.aws.detach(&lab.arn, "AWSPENDING");
    let words = "lost AWSPENDING: the rotation was abandoned";
    for step in ["testSecret", "finishSecret"] {
        lab.refused(&lost, step, "Rotation.NotStaged", words).await;
    }
}

/// Too early, setSecret waits for what the other may still do; and says for how long.
#[tokio::test]
async fn an_earlier_rotation_may_still_be_at_work() {
    let lab = Lab::one_user(&[SHORT]).await;
    lab.until("setSecret").await;
    lab.aws.detach(&lab.arn, "AWSPENDING");
    let token = lab.until("createSecret").await;
    let words = "an earlier rotation may still be running: try again in";
    lab.refused(&token, "setSecret", "Rotation.Busy", words)
        .await;
}

/// Somebody stores a value by hand while RotateSecret is at work: the service abandons the rotation.
async fn somebody_stores_a_value_during_a_rotation<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", true, &[SHORT]).await;
    let token = lab.aws.start_rotation(&lab.arn).await;
    let by_hand = lab
        .aws
        .value(&lab.arn, "AWSCURRENT")
        .expect("a value")
        .replacen('{', "{\"note\": 1, ", 1);
    let put = lab
        .aws
        .client()
        .put_secret_value()
        .secret_id(&lab.arn)
        .secret_string(by_hand);
    put.send().await.expect("PutSecretValue");
    let ended = lab.aws.ended(&token).await;
    assert_eq!(ended.outcome, Outcome::RotationAbandoned, "{ended:?}");
    assert!(lab.accepts("AWSCURRENT").await);
    anew(&lab).await;
}

/// Right after createSecret, the answers of Secrets Manager may be older than it: they are asked for again.
async fn answers_lag_behind<T: Target>(server: &'static T) {
    for stale in [
        &["GetSecretValue", "GetSecretValue"][..],
        &["DescribeSecret"],
    ] {
        let lab = Lab::on(server, "app", false, &[]).await;
        let token = lab.until("createSecret").await;
        for operation in stale {
            lab.aws.fail(operation, Fault::Stale);
        }
        let set = lab.step(&token, "setSecret").await;
        set.unwrap_or_else(|error| panic!("{stale:?}: {}", error.message));
        assert_eq!(lab.aws.heal(), (None, 0), "all of {stale:?} were seen");
        lab.aws.fail("GetSecretValue", Fault::Stale);
        lab.step(&token, "testSecret").await.expect("testSecret");
        lab.step(&token, "finishSecret")
            .await
            .expect("finishSecret");
        // An answer without the move: it is asked again, not done again.
        lab.aws.fail("DescribeSecret", Fault::Stale);
        lab.step(&token, "finishSecret")
            .await
            .expect("finishSecret again");
        assert_eq!(lab.aws.holder(&lab.arn, "AWSCURRENT"), Some(token));
    }
}

/// AWSCURRENT moves by compare-and-swap: if it is not where it was seen, it stays where it is.
async fn awscurrent_is_moved_by_somebody_else<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", true, &[]).await;
    let token = lab.until("testSecret").await;
    let value = lab.aws.value(&lab.arn, "AWSCURRENT").expect("a value");
    let by_hand = "9".repeat(32);
    lab.aws
        .plant(&lab.arn, &by_hand, Some(&value), &["AWSCURRENT"]);
    lab.aws.fail("DescribeSecret", Fault::Stale);
    let words = "AWSCURRENT was changed by somebody else";
    lab.refused(&token, "finishSecret", "Rotation.Changed", words)
        .await;
    assert_eq!(lab.aws.holder(&lab.arn, "AWSCURRENT"), Some(by_hand));
}

/// RotationToken proves to Secrets Manager that it called us: it goes back with the value, and nowhere else.
#[tokio::test]
async fn the_rotation_token() {
    let lab = Lab::one_user(&[("AWS_LAMBDA_LOG_LEVEL", "TRACE")]).await;
    let (token, rotation_token) = (lab.begin(), "canary-0123456789abcdef-0123456789abcdef");
    for step in STEPS {
        let mut event = lab.event(&token, step);
        event["RotationToken"] = json!(rotation_token);
        let invoked = rotation_kit::aws::Invoke::invoke(&*lab.function, event.to_string()).await;
        invoked.unwrap_or_else(|error| panic!("{step}: {}", error.message));
    }
    let calls = lab.aws.calls();
    let with: Vec<_> = calls
        .iter()
        .filter(|call| call.request.to_string().contains(rotation_token))
        .collect();
    assert_eq!(with.len(), 1);
    assert_eq!(
        (
            with[0].operation.as_str(),
            &with[0].request["RotationToken"]
        ),
        ("PutSecretValue", &json!(rotation_token))
    );
    assert!(!lab.function.log().contains(rotation_token));
}

/// Each call to Secrets Manager is lost once, on its way there or back, in every try that the SDK makes. Then the same
/// token again, or a new rotation.
#[tokio::test]
async fn every_call_is_lost_once() {
    let mut cases = Vec::new();
    for two in [false, true] {
        for fault in [Fault::RequestLost, Fault::AnswerLost] {
            for again in [false, true] {
                cases.extend((0..14).map(|n| (two, fault.clone(), again, n)));
            }
        }
    }
    let ran =
        futures_util::stream::iter(cases).map(|(two, fault, again, n)| lost(two, fault, again, n));
    let met: Vec<Option<String>> = ran.buffer_unordered(16).collect().await;
    let met: Vec<String> = met.into_iter().flatten().collect();
    for operation in [
        "DescribeSecret",
        "GetSecretValue",
        "PutSecretValue",
        "UpdateSecretVersionStage",
    ] {
        let times = met.iter().filter(|name| *name == operation).count();
        assert!(times >= 8, "{operation}: {times} of {met:?}");
    }
    assert!(
        met.len() >= 2 * 2 * (10 + 12),
        "every call of a rotation: {}",
        met.len()
    );
}

/// Returns the operation that was lost, if the rotation has so many calls.
async fn lost(two: bool, fault: Fault, again: bool, n: usize) -> Option<String> {
    let lab = Lab::start("app", two, &[SHORT]).await;
    let token = lab.begin();
    lab.aws.fail_call(n, fault);
    for step in STEPS {
        let ended = lab.step(&token, step).await;
        one_is_accepted(&lab, two, &format!("{step}, call {n}")).await;
        if ended.is_err() {
            break;
        }
    }
    let met = lab.aws.heal().0;
    if again {
        lab.steps(&token)
            .await
            .unwrap_or_else(|error| panic!("call {n}: {}", error.message));
        assert!(lab.accepts("AWSCURRENT").await);
    } else {
        anew(&lab).await;
    }
    met
}

/// AWSCURRENT, or, with one password, whatever carries a label.
async fn one_is_accepted(lab: &Lab, two: bool, when: &str) {
    if lab.accepts("AWSCURRENT").await {
        return;
    }
    assert!(!two, "{when}: AWSCURRENT is refused");
    for label in lab.aws.labels(&lab.arn).values().flatten() {
        if lab.aws.value(&lab.arn, label).is_some() && lab.accepts(label).await {
            return;
        }
    }
    panic!("{when}: locked out");
}
