//! What AWS's refusals mean to an operator.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_secretsmanager::config::http::HttpResponse;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_secretsmanager::operation::RequestId;

use crate::error::{StoreError, StoreErrorKind, chain};
use crate::secret::printable;
use crate::version::Place;

use super::partition::Partition;

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
        E: ProvideErrorMetadata + Error + 'static,
    {
        let id = asked(error.request_id());
        match error {
            SdkError::ServiceError(refusal) => {
                let status = refusal.raw().status().as_u16();
                self.refused(refusal.err(), status, &id)
            }
            SdkError::TimeoutError(_) => self.error(
                StoreErrorKind::Unavailable,
                "no answer in time: check the way to Secrets Manager (VPC endpoint or NAT, security groups)".into(),
            ),
            SdkError::ConstructionFailure(_) => self.unmade(error),
            SdkError::DispatchFailure(_) => self.unsent(error),
            _ => self.malformed(&format!("no JSON{id}")),
        }
    }

    /// The error for an answer that lacks what every answer has.
    pub(super) fn malformed(&self, what: &str) -> StoreError {
        let text = format!("malformed answer from Secrets Manager ({what})");
        self.error(StoreErrorKind::Unavailable, text)
    }

    /// The error for a request that nobody took.
    fn unsent(&self, error: &(dyn Error + 'static)) -> StoreError {
        let unreached = || {
            let text = format!(
                "cannot reach Secrets Manager ({}): check the way to it (VPC endpoint or NAT, security groups, certificates)",
                cause(error)
            );
            self.error(StoreErrorKind::Unavailable, text)
        };
        self.without_credentials(error).unwrap_or_else(unreached)
    }

    /// The error for a request that could not be made.
    fn unmade(&self, error: &(dyn Error + 'static)) -> StoreError {
        let invalid = || {
            let text = format!("the call could not be made ({})", cause(error));
            self.error(StoreErrorKind::Invalid, text)
        };
        self.without_credentials(error).unwrap_or_else(invalid)
    }

    /// The error for a request without credentials. `None` if the SDK had some.
    fn without_credentials(&self, error: &(dyn Error + 'static)) -> Option<StoreError> {
        use StoreErrorKind::{Denied, Unavailable};
        let mut causes = std::iter::successors(Some(error), |&error| error.source());
        let (kind, text) = match causes.find_map(|error| error.downcast_ref())? {
            CredentialsError::CredentialsNotLoaded(_) => (Denied, NO_CREDENTIALS.to_owned()),
            CredentialsError::ProviderTimedOut(_) => (
                Unavailable,
                format!(
                    "what gives the AWS credentials did not answer in time ({})",
                    cause(error)
                ),
            ),
            _ => (
                Denied,
                format!(
                    "the AWS credentials cannot be had ({}): check the AWS profile, or log in again",
                    cause(error)
                ),
            ),
        };
        Some(self.error(kind, text))
    }

    fn refused(&self, refusal: &impl ProvideErrorMetadata, status: u16, id: &str) -> StoreError {
        let Some(code) = refusal.code() else {
            return self.malformed(&format!("status {status} without a code{id}"));
        };
        let (kind, text) = if about_the_key(code, message(refusal)) {
            (StoreErrorKind::Key, self.key())
        } else {
            self.meaning(code, status)
        };
        let said = printable(&format!("{code}: {}", message(refusal)), 400);
        self.error(kind, format!("{text} ({said}{id})"))
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
            "not allowed. The role needs {{\"Effect\": \"Allow\", \"Action\": \"secretsmanager:{}\", \"Resource\": \"{resource}\"}}, and no policy may deny it",
            self.operation
        )
    }

    fn key(&self) -> String {
        let region = Place::of(self.resource).region;
        let region = if region.is_empty() { "*" } else { region };
        format!(
            "the KMS key of {} cannot be used: enable it, and allow the role kms:Decrypt and kms:GenerateDataKey on it with the condition kms:ViaService = {}",
            self.resource,
            Partition::host("secretsmanager", region)
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

/// Why the SDK did not get an answer. Its own words say only that it did not.
fn cause(error: &(dyn Error + 'static)) -> String {
    let cause = error.source().map_or_else(|| "unknown".into(), chain);
    printable(&cause, 400)
}

/// AWS's id of a request, as an error's text goes on with it: its support, and CloudTrail, know the request by it.
pub(crate) fn asked(id: Option<&str>) -> String {
    let told = |id| format!(", request id {}", printable(id, 80));
    id.map(told).unwrap_or_default()
}

/// Whether the refusal is about the KMS key. AWS reports a denied key as AccessDeniedException too: either in a sentence of its own
/// (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot_rotation.html>), or with KMS's action in the place of Secrets Manager's. A
/// role or a secret may have `KMS` in its name.
fn about_the_key(code: &str, message: &str) -> bool {
    let denied = code.starts_with("AccessDenied");
    matches!(code, "DecryptionFailure" | "EncryptionFailure")
        || code.starts_with("KMS")
        || (denied && message.contains("Access to KMS is not allowed"))
        || (denied && message.contains("not authorized to perform: kms:"))
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
