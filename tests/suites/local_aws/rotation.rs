//! RotateSecret, as documented (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html>).

use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use aws_sdk_secretsmanager::types::RotationRulesType;
use rotation_kit::aws::{LocalAws, Outcome, STEPS};

use crate::function::{ARN, Recorder};

async fn scene() -> (LocalAws, String) {
    let aws = LocalAws::start().await;
    let arn = aws.create("db", "old");
    (aws, arn)
}

#[tokio::test]
async fn four_steps_with_the_same_arn_and_token() {
    let (aws, arn) = scene().await;
    let function = Recorder::new(&aws, "", 0);
    let qualified = format!("{ARN}:live");
    let begun = aws
        .client()
        .rotate_secret()
        .secret_id("db")
        .rotation_lambda_arn(&qualified)
        .send()
        .await;
    let token = begun.expect("RotateSecret").version_id.expect("a version");
    let ended = aws.ended(&token).await;
    assert_eq!(ended.outcome, Outcome::RotationSucceeded);
    assert_eq!(function.steps(), STEPS);
    for event in function.events() {
        assert_eq!(
            (
                event["SecretId"].as_str(),
                event["ClientRequestToken"].as_str()
            ),
            (Some(arn.as_str()), Some(token.as_str()))
        );
        assert!(
            event["RotationToken"]
                .as_str()
                .is_some_and(|token| token.len() >= 36)
        );
    }
    assert_eq!(aws.value(&arn, "AWSCURRENT").as_deref(), Some("new"));
    assert_eq!(aws.value(&arn, "AWSPREVIOUS").as_deref(), Some("old"));
    assert_eq!(aws.value(&arn, "AWSPENDING"), None);
    let described = aws
        .client()
        .describe_secret()
        .secret_id(&arn)
        .send()
        .await
        .expect("described");
    assert_eq!(
        (described.rotation_enabled, described.rotation_lambda_arn),
        (Some(true), Some(qualified))
    );
    assert!(described.last_rotated_date.is_some());
}

/// Both are legal ends; the next rotation begins after either.
#[tokio::test]
async fn awspending_may_stay() {
    let (aws, arn) = scene().await;
    let _function = Recorder::new(&aws, "", 0);
    aws.attach(&arn, ARN);
    aws.set(|settings| settings.keeps_pending = true);
    let (token, _) = aws.rotate(&arn).await;
    assert_eq!(aws.holder(&arn, "AWSPENDING"), Some(token));
    // The recorder's value is the same each time, but its version is another one.
    let (_, ended) = aws.rotate(&arn).await;
    assert_eq!(ended.outcome, Outcome::RotationSucceeded);
}

#[tokio::test]
async fn a_failed_step_ends_the_try_and_all_is_tried_again_with_the_same_token() {
    let (aws, arn) = scene().await;
    let function = Recorder::new(&aws, "setSecret", 2);
    aws.attach(&arn, ARN);
    let (token, ended) = aws.rotate(&arn).await;
    assert_eq!(ended.outcome, Outcome::RotationSucceeded);
    let cut = ["createSecret", "setSecret"];
    assert_eq!(function.steps(), [&cut[..], &cut, &STEPS].concat());
    assert!(
        function
            .events()
            .iter()
            .all(|event| event["ClientRequestToken"] == token.as_str())
    );
}

#[tokio::test]
async fn after_the_last_try_awspending_stays_and_no_other_rotation_begins() {
    let (aws, arn) = scene().await;
    let _function = Recorder::new(&aws, "testSecret", 9);
    aws.attach(&arn, ARN);
    let (token, ended) = aws.rotate(&arn).await;
    assert_eq!(ended.outcome, Outcome::RotationFailed);
    assert_eq!(ended.steps.len(), 3 * 3);
    assert_eq!(aws.holder(&arn, "AWSPENDING"), Some(token));
    let again = aws.client().rotate_secret().secret_id(&arn).send().await;
    let error = again.expect_err("one is under way");
    assert_eq!(error.code(), Some("InvalidRequestException"));
}

#[tokio::test]
async fn what_rotate_secret_refuses() {
    let (aws, arn) = scene().await;
    let client = aws.client();
    let rotate = || client.rotate_secret().secret_id(&arn);
    let code = |answer: Result<_, aws_sdk_secretsmanager::error::SdkError<_, _>>| match answer {
        Ok(_) => None,
        Err(error) => ProvideErrorMetadata::code(&error).map(ToOwned::to_owned),
    };
    assert_eq!(
        code(rotate().send().await).as_deref(),
        Some("InvalidRequestException"),
        "no function"
    );
    assert_eq!(
        code(rotate().rotation_lambda_arn(ARN).send().await).as_deref(),
        Some("ResourceNotFoundException"),
        "unknown function"
    );
    assert_eq!(aws.labels(&arn).len(), 1, "and nothing is left behind");
    let _function = Recorder::new(&aws, "", 0);
    let rules = RotationRulesType::builder()
        .automatically_after_days(7)
        .schedule_expression("rate(7 days)");
    let both = rotate()
        .rotation_lambda_arn(ARN)
        .rotation_rules(rules.build());
    assert_eq!(
        code(both.send().await).as_deref(),
        Some("InvalidParameterException"),
        "two schedules"
    );
}

/// `RotateImmediately=false`: testSecret alone, with a version that is gone afterwards.
#[tokio::test]
async fn a_test_of_the_configuration() {
    for copies in [false, true] {
        for (times, outcome) in [
            (0, Outcome::TestRotationSucceeded),
            (1, Outcome::TestRotationFailed),
        ] {
            let (aws, arn) = scene().await;
            let function = Recorder::new(&aws, "testSecret", times);
            aws.set(|settings| settings.test_copies_current = copies);
            let request = aws
                .client()
                .rotate_secret()
                .secret_id(&arn)
                .rotation_lambda_arn(ARN);
            let begun = request
                .rotate_immediately(false)
                .send()
                .await
                .expect("RotateSecret");
            let token = begun.version_id.expect("a version");
            assert_eq!(aws.ended(&token).await.outcome, outcome);
            assert_eq!(aws.values(&arn).len(), if copies { 2 } else { 1 });
            assert_eq!(function.steps(), ["testSecret"]);
            assert_eq!(aws.holder(&arn, "AWSPENDING"), None);
            assert_eq!(aws.value(&arn, "AWSCURRENT").as_deref(), Some("old"));
        }
    }
}

/// CancelRotateSecret: no further step, and the labels stay as they are.
#[tokio::test]
async fn cancelled() {
    let (aws, arn) = scene().await;
    let _function = Recorder::new(&aws, "setSecret", 99);
    aws.attach(&arn, ARN);
    aws.set(|settings| settings.tries = 99);
    let token = aws.start_rotation(&arn).await;
    aws.client()
        .cancel_rotate_secret()
        .secret_id(&arn)
        .send()
        .await
        .expect("cancelled");
    assert_eq!(aws.ended(&token).await.outcome, Outcome::RotationAbandoned);
    assert_eq!(aws.holder(&arn, "AWSPENDING"), Some(token));
    let described = aws
        .client()
        .describe_secret()
        .secret_id(&arn)
        .send()
        .await
        .expect("described");
    assert_eq!(described.rotation_enabled, Some(false));
}

/// Somebody stores another value: the service gives the rotation up, and takes AWSPENDING away.
#[tokio::test]
async fn abandoned() {
    let (aws, arn) = scene().await;
    let function = Recorder::new(&aws, "setSecret", 99);
    aws.attach(&arn, ARN);
    aws.set(|settings| settings.tries = 99);
    let token = aws.start_rotation(&arn).await;
    while function.steps().len() < 2 {
        tokio::task::yield_now().await;
    }
    let by_hand = aws
        .client()
        .put_secret_value()
        .secret_id(&arn)
        .secret_string("by hand");
    by_hand.send().await.expect("PutSecretValue");
    assert_eq!(aws.ended(&token).await.outcome, Outcome::RotationAbandoned);
    assert_eq!(aws.holder(&arn, "AWSPENDING"), None);
    assert_eq!(aws.value(&arn, "AWSCURRENT").as_deref(), Some("by hand"));
}
