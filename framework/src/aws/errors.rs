//! What AWS's refusals mean to an operator.

use aws_sdk_secretsmanager::config::http::HttpResponse;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};

use crate::error::{StoreError, StoreErrorKind, chain};
use crate::secret::printable;
use crate::version::Place;

/// One call, for the text of its error.
pub(super) struct Call<'a> {
    operation: &'static str,
    resource: &'a str,
}

/// Whether there is no value under that version or label, though there is the secret: a version that RotateSecret has
/// only just announced, or one whose label has gone elsewhere. There is no code of its own for either.
pub(super) fn no_such_value<E>(error: &SdkError<E, HttpResponse>) -> bool
where
    E: ProvideErrorMetadata,
{
    let Some(refusal) = error.as_service_error() else {
        return false;
    };
    match refusal.code() {
        Some("ResourceNotFoundException") => !no_such_secret(refusal),
        // The version and the label that were asked for do not belong together.
        Some("InvalidRequestException" | "InvalidParameterException") => {
            message(refusal).contains("not associated")
        }
        _ => false,
    }
}

/// Whether a ResourceNotFoundException is about the secret itself.
pub(super) fn no_such_secret(refusal: &impl ProvideErrorMetadata) -> bool {
    let message = message(refusal).to_ascii_lowercase();
    let about_a_version = ["value", "version", "label"];
    !about_a_version.iter().any(|word| message.contains(word))
}

impl<'a> Call<'a> {
    pub(super) fn new(operation: &'static str, resource: &'a str) -> Self {
        Self {
            operation,
            resource,
        }
    }

    /// The error in words, with what to do about it.
    pub(super) fn failed<E>(&self, error: &SdkError<E, HttpResponse>) -> StoreError
    where
        E: ProvideErrorMetadata,
    {
        use StoreErrorKind::{Denied, Unavailable};
        match error {
            SdkError::ServiceError(refusal) => {
                let status = refusal.raw().status().as_u16();
                self.refused(refusal.err(), status)
            }
            SdkError::TimeoutError(_) => self.error(
                Unavailable,
                "no answer in time: check the way to Secrets Manager (VPC endpoint or NAT, security groups)".into(),
            ),
            SdkError::DispatchFailure(failure) => {
                let cause = failure.as_connector_error();
                let cause = cause.map_or_else(|| "the request was not sent".into(), |e| chain(e));
                let advice = "check the way to Secrets Manager (VPC endpoint or NAT, security groups, certificates)";
                self.error(Unavailable, format!("cannot reach Secrets Manager ({cause}): {advice}"))
            }
            SdkError::ConstructionFailure(_) => self.error(
                Denied,
                "the request could not be signed: no valid AWS credentials were found".into(),
            ),
            _ => self.malformed("no JSON"),
        }
    }

    /// An answer that lacks what every answer has.
    pub(super) fn malformed(&self, what: &str) -> StoreError {
        let text = format!("malformed answer from Secrets Manager ({what})");
        self.error(StoreErrorKind::Unavailable, text)
    }

    /// A value that is no text.
    pub(super) fn binary(&self) -> StoreError {
        let text = format!(
            "the value of {} is binary; SecretString expected",
            self.resource
        );
        self.error(StoreErrorKind::Invalid, text)
    }

    fn refused(&self, refusal: &impl ProvideErrorMetadata, status: u16) -> StoreError {
        let code = refusal.code().unwrap_or("no error code");
        let said = format!("{code}: {}", message(refusal));
        let (kind, text) = match code {
            _ if about_the_key(code, message(refusal)) => (StoreErrorKind::Key, self.key()),
            "AccessDeniedException" | "AccessDenied" => (StoreErrorKind::Denied, self.denied()),
            "UnrecognizedClientException"
            | "InvalidClientTokenId"
            | "InvalidSignatureException"
            | "IncompleteSignature"
            | "MissingAuthenticationTokenException"
            | "ExpiredTokenException"
            | "ExpiredToken"
            | "RequestExpired" => (
                StoreErrorKind::Denied,
                "the AWS credentials are not accepted: get new ones, and check the clock".into(),
            ),
            "ResourceNotFoundException" => (
                StoreErrorKind::NotFound,
                format!(
                    "there is no secret {} in this account and Region",
                    self.resource
                ),
            ),
            "LimitExceededException" => (
                StoreErrorKind::Limit,
                "too many versions or labels: rotations are too frequent, or labels were left over"
                    .into(),
            ),
            _ if throttled(code) || status == 429 => (
                StoreErrorKind::Unavailable,
                "throttled, also when tried again: spread the rotations over time".into(),
            ),
            "InternalServiceError" | "InternalFailure" | "ServiceUnavailable" => {
                (StoreErrorKind::Unavailable, "Secrets Manager failed".into())
            }
            _ if status >= 500 => (StoreErrorKind::Unavailable, "Secrets Manager failed".into()),
            _ => (StoreErrorKind::Invalid, "refused".into()),
        };
        self.error(kind, format!("{text} ({})", printable(&said, 400)))
    }

    fn denied(&self) -> String {
        let Self {
            operation,
            resource,
        } = self;
        format!(
            "not allowed; the role needs {{\"Effect\": \"Allow\", \"Action\": \"secretsmanager:{operation}\", \"Resource\": \"{resource}\"}}, and no policy may deny it"
        )
    }

    fn key(&self) -> String {
        let region = Place::of(self.resource).region;
        let region = if region.is_empty() { "*" } else { region };
        format!(
            "the KMS key of {} cannot be used: enable it, and allow the role kms:Decrypt and kms:GenerateDataKey on it with the condition kms:ViaService = secretsmanager.{region}.amazonaws.com",
            self.resource
        )
    }

    fn error(&self, kind: StoreErrorKind, message: String) -> StoreError {
        StoreError {
            operation: self.operation,
            kind,
            message,
        }
    }
}

/// A denied key comes as AccessDeniedException too.
fn about_the_key(code: &str, message: &str) -> bool {
    let denied = code.starts_with("AccessDenied");
    matches!(code, "DecryptionFailure" | "EncryptionFailure")
        || code.starts_with("KMS")
        || (denied && (message.contains("KMS") || message.contains("kms:")))
}

/// The codes that the service's quota page names.
fn throttled(code: &str) -> bool {
    let words = [
        "Throttl",
        "TooManyRequests",
        "RequestLimitExceeded",
        "SlowDown",
    ];
    words.iter().any(|word| code.contains(word))
}

fn message(refusal: &impl ProvideErrorMetadata) -> &str {
    refusal.message().unwrap_or_default()
}
