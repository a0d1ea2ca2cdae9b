//! RotateSecret: Secrets Manager calls the secret's function for the four steps.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata;

use super::errors::{Call, no_such_secret};
use crate::error::StoreError;
use crate::version::{SecretId, VersionId};

/// Why Secrets Manager did not begin a rotation.
#[derive(Debug)]
pub(crate) enum NotBegun {
    /// A rotation has not come to its end. Secrets Manager tries that one again.
    UnderWay,
    /// The secret names no function.
    NoFunction,
    /// There is no such function.
    FunctionGone,
    /// The function's policy does not let Secrets Manager call it.
    NotInvocable,
    /// The caller may not invoke the function.
    CallerMayNotInvoke,
    /// Anything else. It may have begun if there was no answer.
    Other(StoreError),
}

/// Asks for a rotation, whose version has the id `version`. Asked again with the same id, Secrets Manager begins no second one.
/// Source: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html>.
pub(super) async fn rotate(
    client: &Client,
    id: &SecretId,
    version: &VersionId,
) -> Result<(), NotBegun> {
    let request = client.rotate_secret().secret_id(id.as_str());
    let request = request.client_request_token(version.as_str());
    let Err(error) = request.send().await else {
        return Ok(());
    };
    let known = error.as_service_error().and_then(meaning);
    Err(known
        .unwrap_or_else(|| NotBegun::Other(Call::new("RotateSecret", id.as_str()).failed(&error))))
}

/// What the refusal means. Secrets Manager has one code for many reasons, and only the text tells them apart.
/// Source of the rights: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html>.
fn meaning(refusal: &impl ProvideErrorMetadata) -> Option<NotBegun> {
    let text = refusal.message().unwrap_or_default().to_ascii_lowercase();
    let says = |words: &str| text.contains(words);
    match refusal.code()? {
        "InvalidRequestException" if says("previous rotation") => Some(NotBegun::UnderWay),
        "InvalidRequestException" if says("no lambda") => Some(NotBegun::NoFunction),
        _ if says("cannot invoke") || says("secretsmanager.amazonaws.com") => {
            Some(NotBegun::NotInvocable)
        }
        _ if says("lambda:invokefunction") => Some(NotBegun::CallerMayNotInvoke),
        "ResourceNotFoundException" if says("lambda") || says("function") => {
            no_such_secret(refusal).then_some(NotBegun::FunctionGone)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_secretsmanager::error::ErrorMetadata;

    use super::*;

    fn means(code: &str, message: &str) -> String {
        let refusal = ErrorMetadata::builder().code(code).message(message).build();
        meaning(&refusal).map_or_else(String::new, |known| format!("{known:?}"))
    }

    #[test]
    fn refusals_that_have_a_way_out() {
        for (code, message, known) in [
            (
                "InvalidRequestException",
                "A previous rotation isn't complete. That rotation will be reattempted.",
                "UnderWay",
            ),
            (
                "InvalidRequestException",
                "No Lambda rotation function ARN is associated with this secret.",
                "NoFunction",
            ),
            (
                "AccessDeniedException",
                "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.",
                "NotInvocable",
            ),
            (
                "AccessDeniedException",
                "User: arn:aws:iam::123456789012:user/u is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:…",
                "CallerMayNotInvoke",
            ),
            (
                "ResourceNotFoundException",
                "Secrets Manager can't find the specified Lambda function.",
                "FunctionGone",
            ),
            (
                "AccessDeniedException",
                "User is not authorized to perform: secretsmanager:RotateSecret",
                "",
            ),
            (
                "InvalidRequestException",
                "You can't perform this operation on the secret because it was marked for deletion.",
                "",
            ),
        ] {
            assert_eq!(means(code, message), known, "{message}");
        }
    }
}
