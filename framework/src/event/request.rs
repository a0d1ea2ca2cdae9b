//! What a function is asked: a step of a rotation, or a check.

use serde::Deserialize;

use super::{Event, EventError, keys, refuse, secret_id, string, unread};
use crate::version::SecretId;

/// The request in an event.
#[derive(Clone, Debug)]
pub(crate) enum Request {
    /// One of the four steps.
    Step(Event),
    /// The question whether the target accepts AWSCURRENT of this secret.
    Check(SecretId),
}

/// The event of a check. It has this one key, so that whoever may call the function can say nothing but the secret.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Check {
    check: Option<serde_json::Value>,
}

impl Request {
    /// Refuses whatever is neither, and says which field is wrong.
    pub(crate) fn parse(text: &str) -> Result<Self, EventError> {
        let keys = keys(text)?;
        if !keys.contains("Check") {
            return Event::read(text, &keys).map(Self::Step);
        }
        if keys.len() > 1 {
            return refuse("the event of a check has the key Check, and no other".into());
        }
        let Check { check } = serde_json::from_str(text).map_err(|error| unread(&error))?;
        secret_id("Check", &string("Check", check)?).map(Self::Check)
    }

    /// The secret that it is about.
    pub(crate) fn secret_id(&self) -> &SecretId {
        match self {
            Self::Step(event) => &event.secret_id,
            Self::Check(secret) => secret,
        }
    }

    /// What it asks, in one word: the step's name, or `check`.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Step(event) => event.step.name(),
            Self::Check(_) => "check",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:secretsmanager:us-east-1:012345678912:secret:db-AbCdEf";

    fn refusal(text: &str) -> String {
        Request::parse(text).expect_err("refused").to_string()
    }

    #[test]
    fn a_check_names_a_secret_and_nothing_else() {
        let asked = Request::parse(&format!("{{\"Check\": \"{ARN}\"}}")).expect("a check");
        assert_eq!((asked.secret_id().as_str(), asked.name()), (ARN, "check"));
        assert!(matches!(asked, Request::Check(_)));
        let more = format!("{{\"Check\": \"{ARN}\", \"Step\": \"setSecret\"}}");
        assert!(refusal(&more).contains("no other"));
        assert!(
            refusal("{\"Check\": \"db\"}")
                .contains("Check \"db\" is not a Secrets Manager secret ARN")
        );
        assert!(refusal("{\"Check\": null}").contains("Check missing"));
        assert!(refusal("{}").contains("not a rotation event"));
    }
}
