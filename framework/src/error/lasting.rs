//! Whether an error stays until somebody changes something, as far as the standard library and serde know.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::num::{ParseFloatError, ParseIntError, TryFromIntError};
use std::str::{ParseBoolError, Utf8Error};
use std::string::FromUtf8Error;

/// Whether `error`, or one of its causes, is of a kind that the same try meets again.
pub(super) fn lasts(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if unreadable(error) || error.downcast_ref().is_some_and(in_the_way) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Text that is not what was expected.
fn unreadable(error: &(dyn Error + 'static)) -> bool {
    let json: Option<&serde_json::Error> = error.downcast_ref();
    error.is::<ParseIntError>()
        || error.is::<ParseFloatError>()
        || error.is::<ParseBoolError>()
        || error.is::<TryFromIntError>()
        || error.is::<Utf8Error>()
        || error.is::<FromUtf8Error>()
        || json.is_some_and(|error| error.is_data() || error.is_syntax())
}

/// A file or a connection that cannot be had in this way. TLS libraries report a certificate that they refuse as invalid data.
fn in_the_way(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NotFound
            | ErrorKind::PermissionDenied
            | ErrorKind::AlreadyExists
            | ErrorKind::InvalidInput
            | ErrorKind::InvalidData
            | ErrorKind::Unsupported
    )
}

#[cfg(test)]
mod tests {
    use super::super::{HookClass, HookError};
    use super::*;

    fn class<E: Error + 'static>(error: E) -> HookClass {
        HookError::from(error).class
    }

    #[derive(Debug, thiserror::Error)]
    #[error("the driver failed")]
    struct Driver(#[source] io::Error);

    #[test]
    fn what_the_next_try_meets_again_is_refused() {
        let number = "ten".parse::<u16>().expect_err("no number");
        assert_eq!(class(number), HookClass::Refused);
        let json = serde_json::from_str::<Vec<u16>>("[1").expect_err("half of a list");
        assert_eq!(class(json), HookClass::Failed, "the rest may come yet");
        let json = serde_json::from_str::<u16>("[]").expect_err("a list");
        assert_eq!(class(json), HookClass::Refused);
        let certificate = io::Error::from(ErrorKind::InvalidData);
        assert_eq!(class(Driver(certificate)), HookClass::Refused);
    }

    #[test]
    fn what_may_pass_is_tried_again() {
        for kind in [
            ErrorKind::ConnectionRefused,
            ErrorKind::ConnectionReset,
            ErrorKind::TimedOut,
            ErrorKind::UnexpectedEof,
        ] {
            assert_eq!(class(Driver(kind.into())), HookClass::Failed, "{kind}");
        }
        assert_eq!(class(std::fmt::Error), HookClass::Failed);
    }
}
