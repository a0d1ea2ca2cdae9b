//! What AWS's refusals mean to an operator.

use aws_sdk_secretsmanager::config::http::HttpResponse;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};

use crate::error::{StoreError, StoreErrorKind, chain};
use crate::secret::printable;
use crate::version::Place;

const NO_CREDENTIALS: &str = "no AWS credentials were found in the environment, in a profile with keys or a role to assume, or from a container or an instance: set AWS_PROFILE, or, for SSO and credential_process, eval \"$(aws configure export-credentials --format env)\"";

/// One call, for the text of its error.
pub(super) struct Call<'a> {
    operation: &'static str,
    resource: &'a str,
}

/// Whether the secret is there, but has no value under that version or label. Either RotateSecret has only just announced the
/// version, or the label is on another version now. AWS has no error code of its own for these two.
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
        match error {
            SdkError::ServiceError(refusal) => {
                let status = refusal.raw().status().as_u16();
                self.refused(refusal.err(), status)
            }
            SdkError::TimeoutError(_) => self.error(
                StoreErrorKind::Unavailable,
                "no answer in time: check the way to Secrets Manager (VPC endpoint or NAT, security groups)".into(),
            ),
            SdkError::DispatchFailure(failure) => {
                let cause = failure.as_connector_error();
                self.unsent(&cause.map_or_else(|| "unknown".into(), |cause| chain(cause)))
            }
            SdkError::ConstructionFailure(_) => self.unsent("no credentials"),
            _ => self.malformed("no JSON"),
        }
    }

    /// The error for an answer that lacks what every answer has.
    pub(super) fn malformed(&self, what: &str) -> StoreError {
        let text = format!("malformed answer from Secrets Manager ({what})");
        self.error(StoreErrorKind::Unavailable, text)
    }

    /// The error for a request that was not sent. This includes a request for which there were no credentials.
    fn unsent(&self, cause: &str) -> StoreError {
        if cause.contains("credential") {
            return self.error(StoreErrorKind::Denied, NO_CREDENTIALS.into());
        }
        let cause = printable(cause, 400);
        let text = format!(
            "cannot reach Secrets Manager ({cause}): check the way to it (VPC endpoint or NAT, security groups, certificates)"
        );
        self.error(StoreErrorKind::Unavailable, text)
    }

    fn refused(&self, refusal: &impl ProvideErrorMetadata, status: u16) -> StoreError {
        let Some(code) = refusal.code() else {
            return self.malformed(&format!("status {status} without a code"));
        };
        let (kind, text) = if about_the_key(code, message(refusal)) {
            (StoreErrorKind::Key, self.key())
        } else {
            self.meaning(code, status)
        };
        let said = format!("{code}: {}", message(refusal));
        self.error(kind, format!("{text} ({})", printable(&said, 400)))
    }

    fn meaning(&self, code: &str, status: u16) -> (StoreErrorKind, String) {
        use StoreErrorKind::{Denied, Invalid, Limit, NotFound, Unavailable};
        let resource = self.resource;
        let fixed = match code {
            "AccessDeniedException" | "AccessDenied" => return (Denied, self.denied()),
            "ResourceNotFoundException" => {
                let text = format!("there is no secret {resource} in this account and Region");
                return (NotFound, text);
            }
            "UnrecognizedClientException"
            | "InvalidClientTokenId"
            | "InvalidSignatureException"
            | "IncompleteSignature"
            | "MissingAuthenticationTokenException"
            | "ExpiredTokenException"
            | "ExpiredToken"
            | "RequestExpired" => (
                Denied,
                "the AWS credentials are not accepted: get new ones, and check the clock",
            ),
            "LimitExceededException" => (
                Limit,
                "too many versions or labels: rotations are too frequent, or labels were left over",
            ),
            _ if throttled(code) || status == 429 => (
                Unavailable,
                "throttled, also when tried again: spread the rotations over time",
            ),
            _ if failed(code) || status >= 500 => (Unavailable, "Secrets Manager failed"),
            _ => (Invalid, "refused"),
        };
        (fixed.0, fixed.1.to_owned())
    }

    fn denied(&self) -> String {
        let resource = match self.resource {
            arn if arn == "*" || arn.starts_with("arn:") => arn.to_owned(),
            name => format!("arn:aws:secretsmanager:*:*:secret:{name}-??????"),
        };
        format!(
            "not allowed; the role needs {{\"Effect\": \"Allow\", \"Action\": \"secretsmanager:{}\", \"Resource\": \"{resource}\"}}, and no policy may deny it",
            self.operation
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

/// Whether the refusal is about the KMS key. AWS reports a denied key as AccessDeniedException too.
fn about_the_key(code: &str, message: &str) -> bool {
    let denied = code.starts_with("AccessDenied");
    matches!(code, "DecryptionFailure" | "EncryptionFailure")
        || code.starts_with("KMS")
        || (denied && (message.contains("KMS") || message.contains("kms:")))
}

/// Whether the call was throttled. The codes are those that the service's quota page names.
fn throttled(code: &str) -> bool {
    let words = [
        "Throttl",
        "TooManyRequests",
        "RequestLimitExceeded",
        "SlowDown",
    ];
    words.iter().any(|word| code.contains(word))
}

fn failed(code: &str) -> bool {
    matches!(
        code,
        "InternalServiceError" | "InternalFailure" | "ServiceUnavailable"
    )
}

fn message(refusal: &impl ProvideErrorMetadata) -> &str {
    refusal.message().unwrap_or_default()
}
