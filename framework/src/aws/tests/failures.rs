//! What becomes of a call that failed.

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, future};
use aws_sdk_secretsmanager::config::http::HttpResponse;
use aws_sdk_secretsmanager::error::SdkError;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;

use super::*;
use StoreErrorKind::{Denied, Invalid, Key, Limit, NotFound, Unavailable};

/// Each row: status, code and message of the answer, then the kind of the error and a part of its text.
const REFUSALS: [(u16, &str, &str, StoreErrorKind, &str); 13] = [
    (
        400,
        "AccessDeniedException",
        "User: x is not authorized",
        Denied,
        "\"secretsmanager:GetSecretValue\", \"Resource\": \"arn:aws:secretsmanager:eu-central-1",
    ),
    (
        400,
        "AccessDeniedException",
        "Access to KMS is not allowed",
        Key,
        "kms:ViaService = secretsmanager.eu-central-1.amazonaws.com",
    ),
    (400, "DecryptionFailure", "", Key, "kms:Decrypt"),
    (400, "KMSAccessDeniedException", "", Key, "kms:Decrypt"),
    (
        400,
        "AccessDeniedException",
        "User: arn:aws:sts::1:assumed-role/app/f is not authorized to perform: kms:Decrypt on resource: k",
        Key,
        "the KMS key of",
    ),
    (
        400,
        "AccessDeniedException",
        "User: arn:aws:sts::1:assumed-role/KMS-app/f is not authorized to perform: secretsmanager:GetSecretValue on resource: kms:app",
        Denied,
        "not allowed. The role needs",
    ),
    (
        400,
        "ExpiredTokenException",
        "expired",
        Denied,
        "credentials are not accepted",
    ),
    (
        400,
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret.",
        NotFound,
        "there is no secret",
    ),
    (
        400,
        "LimitExceededException",
        "x",
        Limit,
        "too many versions",
    ),
    (
        400,
        "ThrottlingException",
        "Rate exceeded",
        Unavailable,
        "throttled",
    ),
    (
        500,
        "InternalServiceError",
        "x",
        Unavailable,
        "Secrets Manager failed",
    ),
    (503, "Oddity", "x", Unavailable, "Secrets Manager failed"),
    (
        400,
        "InvalidRequestException",
        "scheduled for deletion",
        Invalid,
        "scheduled for deletion",
    ),
];

#[tokio::test]
async fn each_refusal_has_its_kind_and_its_advice() {
    for (status, code, message, kind, advice) in REFUSALS {
        let error = failure(refused(status, code, message)).await;
        assert_eq!(error.kind, kind, "{code}");
        let said = error.to_string();
        assert!(said.contains(advice), "{said}");
        assert!(said.ends_with(&format!(", request id {ID})")), "{said}");
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_known_by_its_id() {
    for status in [200, 400] {
        let error = failure(answered(status, &json!("hunter2")).0).await;
        assert!(error.message.contains(ID), "{error}");
        assert!(!error.message.contains("hunter2"), "{error}");
    }
}

/// It gives no credentials, for this reason.
#[derive(Debug)]
struct None(Why);

type Why = fn() -> CredentialsError;

impl ProvideCredentials for None {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let given: provider::Result = Err((self.0)());
        future::ProvideCredentials::ready(given)
    }
}

#[tokio::test]
async fn credentials_that_cannot_be_had_are_told_apart() {
    let rows: [(Why, StoreErrorKind, &str); 3] = [
        (
            CredentialsError::not_loaded_no_source,
            Denied,
            "export-credentials",
        ),
        (
            || CredentialsError::provider_error("the SSO session has expired"),
            Denied,
            "the SSO session has expired",
        ),
        (
            || CredentialsError::provider_timed_out(std::time::Duration::from_secs(5)),
            Unavailable,
            "did not answer in time",
        ),
    ];
    for (why, kind, words) in rows {
        let settings = aws_sdk_secretsmanager::config::Builder::new()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("eu-central-1"))
            .credentials_provider(None(why))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .endpoint_url("http://127.0.0.1:9");
        let error = failure(AwsStore::new(Client::from_conf(settings.build()))).await;
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.message.contains(words), "{error}");
        let advised = error.message.contains("export-credentials");
        assert_eq!(advised, words == "export-credentials", "{error}");
    }
}

/// The word alone does not say that there are none.
#[test]
fn a_call_that_cannot_be_made_is_no_want_of_credentials() {
    let error: SdkError<GetSecretValueError, HttpResponse> =
        SdkError::construction_failure("the credential field is too long");
    let error = Call::new("GetSecretValue", ARN).failed(&error);
    assert_eq!(error.kind, Invalid);
    assert!(
        error
            .message
            .contains("could not be made (the credential field"),
        "{error}"
    );
}
