//! A Secrets Manager that refuses, fails or lags: each in its words, and nothing changed.

use rotation_kit::aws::Fault;
use rotation_tests::lab::Lab;

pub(crate) const fn answer(status: u16, code: &'static str, message: &'static str) -> Fault {
    Fault::Answer {
        status,
        code: Some(code),
        message,
    }
}

/// For all of the SDK's tries. setSecret reads two values side by side.
const ALWAYS: usize = 6;

/// The operation, the step in which it fails, how, how often; the error's type and a part of its text.
type Row = (
    &'static str,
    &'static str,
    Fault,
    usize,
    &'static str,
    &'static str,
);

fn rows() -> Vec<Row> {
    const CREATE: &str = "createSecret";
    const SET: &str = "setSecret";
    const TEST: &str = "testSecret";
    const FINISH: &str = "finishSecret";
    let denied = answer(400, "AccessDeniedException", "User is not authorized");
    let key = answer(400, "AccessDeniedException", "Access to KMS is not allowed");
    let busy = answer(400, "ThrottlingException", "Rate exceeded");
    let fails = answer(500, "InternalServiceError", "An error occurred");
    let html = Fault::Answer {
        status: 502,
        code: None,
        message: "<html>bad gateway</html>",
    };
    let limit = answer(400, "LimitExceededException", "too many");
    let odd = Fault::Answer {
        status: 200,
        code: None,
        message: "{\"odd\": ",
    };
    vec![
        (
            "DescribeSecret",
            CREATE,
            denied.clone(),
            1,
            "Rotation.AccessDenied",
            "\"secretsmanager:DescribeSecret\", \"Resource\": \"arn:aws:",
        ),
        (
            "GetSecretValue",
            CREATE,
            denied.clone(),
            1,
            "Rotation.AccessDenied",
            "\"secretsmanager:GetSecretValue\", \"Resource\": \"arn:aws:",
        ),
        (
            "PutSecretValue",
            CREATE,
            denied.clone(),
            1,
            "Rotation.AccessDenied",
            "\"secretsmanager:PutSecretValue\", \"Resource\": \"arn:aws:",
        ),
        (
            "UpdateSecretVersionStage",
            FINISH,
            denied,
            1,
            "Rotation.AccessDenied",
            "\"secretsmanager:UpdateSecretVersionStage\", \"Resource\": \"arn:aws:",
        ),
        (
            "GetSecretValue",
            CREATE,
            key.clone(),
            1,
            "Rotation.Key",
            "kms:ViaService = secretsmanager.us-east-1.amazonaws.com",
        ),
        (
            "PutSecretValue",
            CREATE,
            key,
            1,
            "Rotation.Key",
            "kms:GenerateDataKey",
        ),
        (
            "PutSecretValue",
            CREATE,
            limit,
            ALWAYS,
            "Rotation.Limit",
            "rotations are too frequent",
        ),
        (
            "DescribeSecret",
            CREATE,
            busy.clone(),
            ALWAYS,
            "Rotation.Unavailable",
            "throttled, also when tried again",
        ),
        (
            "GetSecretValue",
            SET,
            busy.clone(),
            2 * ALWAYS,
            "Rotation.Unavailable",
            "throttled, also when tried again",
        ),
        (
            "UpdateSecretVersionStage",
            FINISH,
            busy,
            ALWAYS,
            "Rotation.Unavailable",
            "throttled, also when tried again",
        ),
        (
            "DescribeSecret",
            SET,
            fails.clone(),
            ALWAYS,
            "Rotation.Unavailable",
            "Secrets Manager failed",
        ),
        (
            "GetSecretValue",
            TEST,
            fails,
            ALWAYS,
            "Rotation.Unavailable",
            "Secrets Manager failed",
        ),
        (
            "GetSecretValue",
            TEST,
            html,
            ALWAYS,
            "Rotation.Unavailable",
            "malformed answer",
        ),
        (
            "DescribeSecret",
            FINISH,
            odd,
            ALWAYS,
            "Rotation.Unavailable",
            "malformed answer",
        ),
        (
            "DescribeSecret",
            FINISH,
            Fault::RequestLost,
            ALWAYS,
            "Rotation.Unavailable",
            "Secrets Manager",
        ),
        (
            "DescribeSecret",
            SET,
            Fault::Stale,
            40,
            "Rotation.Changed",
            "does not show version",
        ),
        (
            "GetSecretValue",
            TEST,
            Fault::Stale,
            40,
            "Rotation.Changed",
            "does not show version",
        ),
    ]
}

const BEFORE: [(&str, &str); 3] = [
    ("setSecret", "createSecret"),
    ("testSecret", "setSecret"),
    ("finishSecret", "testSecret"),
];

#[tokio::test]
async fn each_failure_has_its_sentence() {
    for (operation, step, fault, times, error_type, words) in rows() {
        let lab = Lab::one_user(&[]).await;
        let before = BEFORE.iter().find(|(name, _)| *name == step);
        let token = match before {
            Some((_, last)) => lab.until(last).await,
            None => lab.begin(),
        };
        for _ in 0..times {
            lab.aws.fail(operation, fault.clone());
        }
        lab.refused(&token, step, error_type, words).await;
        lab.aws.heal();
        lab.steps(&token)
            .await
            .unwrap_or_else(|error| panic!("{operation}: {}", error.message));
        assert!(
            lab.accepts("AWSCURRENT").await,
            "{operation} in {step}: {fault:?}"
        );
    }
}

/// What the SDK gets over by itself.
#[tokio::test]
async fn a_call_that_fails_once_is_made_again() {
    let once = answer(400, "ThrottlingException", "Rate exceeded");
    for fault in [once, Fault::RequestLost, Fault::AnswerLost] {
        let lab = Lab::one_user(&[]).await;
        for operation in [
            "DescribeSecret",
            "GetSecretValue",
            "PutSecretValue",
            "UpdateSecretVersionStage",
        ] {
            lab.aws.fail(operation, fault.clone());
        }
        let token = lab.until("finishSecret").await;
        assert_eq!(lab.aws.heal(), (None, 0), "all of {fault:?} were met");
        assert_eq!(lab.aws.holder(&lab.arn, "AWSCURRENT"), Some(token));
        assert!(lab.accepts("AWSCURRENT").await, "{fault:?}");
    }
}

/// As with many secrets on one schedule: AWS's templates get through this too.
#[tokio::test]
async fn a_call_that_is_throttled_four_times_is_made_again() {
    let lab = Lab::one_user(&[]).await;
    for operation in ["DescribeSecret", "PutSecretValue"] {
        for _ in 0..4 {
            let busy = answer(400, "ThrottlingException", "Rate exceeded");
            lab.aws.fail(operation, busy);
        }
    }
    lab.until("createSecret").await;
    assert_eq!(lab.aws.heal(), (None, 0), "all of them were met");
}

/// A secret whose value is bytes.
#[tokio::test]
async fn a_binary_value() {
    let lab = Lab::one_user(&[]).await;
    let bytes = aws_sdk_secretsmanager::primitives::Blob::new("bytes");
    let put = lab
        .aws
        .client()
        .put_secret_value()
        .secret_id(&lab.arn)
        .secret_binary(bytes);
    put.send().await.expect("PutSecretValue");
    let token = lab.begin();
    lab.refused(
        &token,
        "createSecret",
        "Rotation.SecretValue",
        "is binary. Store a text: SecretString",
    )
    .await;
}

/// The administrator's secret cannot be one, which createSecret says; or cannot be read, which setSecret says.
#[tokio::test]
async fn the_administrators_secret_cannot_be_read() {
    let lab = Lab::two_users(&[]).await;
    let arn = lab
        .admin
        .as_ref()
        .map(|admin| admin.arn.clone())
        .expect("two users");
    let elsewhere = arn.replace("012345678912", "999999999999");
    let missing = format!("{}zzzzzz", &arn[..arn.len() - 6]);
    let rows = [
        ("createSecret", elsewhere, "is in another account or Region"),
        ("createSecret", lab.arn.clone(), "is this very secret"),
        ("setSecret", missing, "there is no secret"),
    ];
    for (step, named, words) in rows {
        lab.edit_current(|value| value.replace(&arn, &named));
        let token = match step {
            "setSecret" => lab.until("createSecret").await,
            _ => lab.begin(),
        };
        lab.refused(&token, step, "Rotation.AdminSecret", words)
            .await;
        lab.edit_current(|value| value.replace(&named, &arn));
    }
}
