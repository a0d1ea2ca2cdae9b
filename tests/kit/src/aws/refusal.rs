//! How the service says no.

/// An error answer: HTTP 400 with a code and a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Refusal {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// A parameter that does not fit, or does not fit the state.
    pub(crate) fn parameter(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterException", message)
    }

    /// A request that the state does not allow.
    pub(crate) fn request(message: impl Into<String>) -> Self {
        Self::new("InvalidRequestException", message)
    }

    /// No such secret, version, value or function.
    pub(crate) fn not_found(what: impl std::fmt::Display) -> Self {
        let text = format!("Secrets Manager can't find the specified {what}.");
        Self::new("ResourceNotFoundException", text)
    }

    /// There already, and not the same.
    pub(crate) fn exists(message: impl Into<String>) -> Self {
        Self::new("ResourceExistsException", message)
    }

    /// One more than the quota.
    pub(crate) fn limit(message: impl Into<String>) -> Self {
        Self::new("LimitExceededException", message)
    }

    /// A member of the wrong type, missing, too long or too short.
    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new("ValidationException", message)
    }

    /// Nobody signed the request.
    pub(crate) fn unsigned() -> Self {
        let text = "Missing Authentication Token";
        Self::new("MissingAuthenticationTokenException", text)
    }
}
