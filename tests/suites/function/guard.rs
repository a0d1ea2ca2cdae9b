//! Who may rotate, and which version: asked before anything is done.

use rotation_kit::aws::STEPS;
use rotation_tests::lab::{Lab, Target};

on_each_server!(
    rotation_is_off,
    nobody_says_whether_rotation_is_on,
    no_rotation_of_this_version,
    current_already,
    unknown_step,
);

/// Where the rotation has been turned off. testSecret alone does not ask: a login is harmless.
async fn rotation_is_off<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", false, &[]).await;
    let token = lab.until("createSecret").await;
    lab.aws
        .client()
        .cancel_rotate_secret()
        .secret_id(&lab.arn)
        .send()
        .await
        .expect("cancelled");
    for step in ["createSecret", "setSecret", "finishSecret"] {
        lab.refused(
            &token,
            step,
            "Rotation.NotAllowed",
            "is not enabled for rotation",
        )
        .await;
    }
}

/// Another function is named, or none, whatever RotationEnabled says; with a qualifier it is the same function.
#[tokio::test]
async fn another_function() {
    let lab = Lab::one_user(&[]).await;
    lab.aws
        .attach(&lab.arn, &format!("{}:live", lab.function.arn()));
    let token = lab.until("createSecret").await;
    lab.aws.attach(
        &lab.arn,
        "arn:aws:lambda:us-east-1:012345678912:function:theirs",
    );
    for step in ["createSecret", "setSecret", "finishSecret"] {
        lab.refused(
            &token,
            step,
            "Rotation.NotAllowed",
            "is rotated by another function",
        )
        .await;
    }
}

/// Where DescribeSecret does not say whether rotation is on, the function that it names decides.
async fn nobody_says_whether_rotation_is_on<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", false, &[]).await;
    lab.aws.say_enabled(&lab.arn, None);
    lab.until("finishSecret").await;
    assert!(lab.accepts("AWSCURRENT").await);
}

/// Nothing is begun that might be cut off.
#[tokio::test]
async fn a_time_out_of_three_seconds() {
    let lab = Lab::one_user(&[("AWS_LAMBDA_FUNCTION_TIMEOUT", "3")]).await;
    let token = lab.begin();
    lab.refused(
        &token,
        "createSecret",
        "Rotation.Time",
        "raise the function's time-out",
    )
    .await;
    assert!(lab.function.log().contains("time-out should be 30-120 s"));
}

#[tokio::test]
async fn scheduled_for_deletion() {
    let lab = Lab::one_user(&[]).await;
    let token = lab.begin();
    lab.aws
        .client()
        .delete_secret()
        .secret_id(&lab.arn)
        .send()
        .await
        .expect("deleted");
    lab.refused(
        &token,
        "createSecret",
        "Rotation.NotAllowed",
        "is scheduled for deletion",
    )
    .await;
}

/// A version that is no rotation's: unknown, or under a label of somebody else's.
async fn no_rotation_of_this_version<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", false, &[]).await;
    let unknown = "0".repeat(32);
    for step in STEPS {
        lab.refused(
            &unknown,
            step,
            "Rotation.NotStaged",
            "has no stage for rotation of secret",
        )
        .await;
    }
    let other = "1".repeat(32);
    lab.aws.plant(&lab.arn, &other, Some("{}"), &["mine"]);
    for step in STEPS {
        lab.refused(
            &other,
            step,
            "Rotation.NotStaged",
            "is not set as AWSPENDING for rotation of secret",
        )
        .await;
    }
    let pending = lab.begin();
    for step in STEPS {
        let words = format!("another rotation (token {}) holds AWSPENDING", &pending);
        lab.refused(&other, step, "Rotation.NotStaged", &words)
            .await;
    }
}

/// AWSCURRENT already, with AWSPENDING or without: a success in every step, no login, nothing written.
async fn current_already<T: Target>(server: &'static T) {
    for keeps_pending in [false, true] {
        let lab = Lab::on(server, "app", false, &[]).await;
        lab.aws
            .set(|settings| settings.keeps_pending = keeps_pending);
        let (token, _) = lab.aws.rotate(&lab.arn).await;
        let (before, mark) = (lab.state().await, lab.server.mark());
        for step in STEPS {
            lab.step(&token, step)
                .await
                .unwrap_or_else(|error| panic!("{step}: {}", error.message));
        }
        assert_eq!(lab.state().await, before);
        assert_eq!(lab.server.logins(mark, &lab.user), (0, 0));
    }
}

/// An unknown step is refused whatever the version; AWS's templates let it pass where AWSCURRENT is on it.
async fn unknown_step<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", false, &[]).await;
    let pending = lab.begin();
    let current = lab.aws.holder(&lab.arn, "AWSCURRENT").expect("a version");
    for token in [pending, current] {
        lab.refused(&token, "bogus", "Rotation.Event", "unknown step")
            .await;
    }
}

/// Before any other word is believed, the event is one of Secrets Manager's.
#[tokio::test]
async fn control_characters_in_the_event() {
    let lab = Lab::one_user(&[]).await;
    let token = lab.begin();
    for field in ["SecretId", "ClientRequestToken", "Step"] {
        let mut event = lab.event(&token, "createSecret");
        let text = event[field].as_str().expect("a text").to_owned();
        event[field] = serde_json::json!(format!("{text}\n{{\"fake\": \"line\"}}"));
        let before = lab.state().await;
        let error = rotation_kit::aws::Invoke::invoke(&*lab.function, event.to_string()).await;
        let error = error.expect_err("a line of its own");
        assert_eq!(
            error.error_type, "Rotation.Event",
            "{field}: {}",
            error.message
        );
        assert!(!error.message.contains('\n'), "{field}: {}", error.message);
        assert_eq!(lab.state().await, before);
    }
    let ours = lab.function.log();
    let ours = ours.lines().filter(|line| line.contains("Rotation.Event"));
    assert_eq!(ours.count(), 3, "each on one line");
}
