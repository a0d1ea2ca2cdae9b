//! The calls to the RDS API. Each has one parameter, is signed by AWS's own signer, and is answered in XML.
//! Source: <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/Welcome.html>.

use std::collections::BTreeMap;

use roxmltree::{Document, Node};

use crate::aws::by_hand::{Answer, FORM, Request};
use crate::aws::errors::asked;
use crate::aws::sign::OwnKey;
use crate::config::Config;
use crate::error::HookError;
use crate::secret::printable;

const VERSION: &str = "2014-10-31";

/// The RDS API of the function's Region. Nothing is looked for, or connected to, before the first call.
#[derive(Debug)]
pub(super) struct Api {
    key: OwnKey,
}

/// What an answer says of one thing. It has the texts by their paths, as in `Endpoint.Address`.
#[derive(Debug, Default)]
pub(super) struct Found(BTreeMap<String, String>);

impl Api {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            key: OwnKey::new(config),
        }
    }

    /// What RDS says of `name`: the first element with this tag in the answer to `action`. `None` if RDS does not know `name`.
    pub(super) async fn ask(
        &self,
        action: &'static str,
        (parameter, name): (&str, &str),
        tag: &str,
    ) -> Result<Option<Found>, HookError> {
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("Action", action)
            .append_pair("Version", VERSION)
            .append_pair(parameter, name)
            .finish();
        // Asked rarely, and a deep future: boxed, it does not make those of every login deep.
        let Answer {
            status, text, id, ..
        } = Box::pin(self.send(action, body)).await?;
        let malformed = || {
            HookError::failed(format!(
                "{action}: malformed answer from RDS (status {status}{})",
                asked(id.as_deref())
            ))
        };
        let answer = Document::parse(&text).map_err(|_| malformed())?;
        if status == 200 {
            return Ok(Found::of(&answer, tag));
        }
        let failed = Found::of(&answer, "ErrorResponse").unwrap_or_default();
        let code = failed.text("Error.Code").unwrap_or("no code");
        if code.contains("NotFound") {
            return Ok(None);
        }
        let id = asked(id.as_deref().or_else(|| failed.text("RequestId")));
        let message = failed.text("Error.Message").unwrap_or_default();
        let said = format!("{}{id}", printable(&format!("{code}: {message}"), 400));
        if code.starts_with("AccessDenied") {
            return Err(HookError::refused(format!(
                "{action} is not allowed. The role needs {{\"Effect\": \"Allow\", \"Action\": \"rds:{action}\", \"Resource\": \"*\"}}, and no policy may deny it ({said})"
            )));
        }
        Err(HookError::failed(format!("{action}: RDS said {said}")))
    }

    async fn send(&self, action: &'static str, body: String) -> Result<Answer, HookError> {
        let access = self.key.access().await?;
        let region = access.region.as_ref();
        let request = Request {
            name: "the RDS API",
            service: "rds",
            region,
            operation: action,
            method: "POST",
            url: &access.endpoints.rds(region),
            headers: &[("content-type", FORM)],
            body,
        };
        request.send(access).await
    }
}

impl Found {
    fn of(answer: &Document<'_>, tag: &str) -> Option<Self> {
        let found = answer
            .descendants()
            .find(|node| node.tag_name().name() == tag)?;
        let mut texts = BTreeMap::new();
        collect(found, "", &mut texts);
        Some(Self(texts))
    }

    /// The text at this path.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }
}

fn collect(node: Node<'_, '_>, path: &str, texts: &mut BTreeMap<String, String>) {
    for child in node.children().filter(Node::is_element) {
        let name = child.tag_name().name();
        let path = if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        };
        collect(child, &path, texts);
        if let Some(text) = child.text().map(str::trim).filter(|text| !text.is_empty()) {
            texts.insert(path, text.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::tests::addresses::Recorder;

    #[tokio::test]
    async fn the_api_is_called_where_the_settings_say() {
        for (region, fips, url) in [
            ("us-east-1", false, "https://rds.us-east-1.amazonaws.com/"),
            (
                "us-east-1",
                true,
                "https://rds-fips.us-east-1.amazonaws.com/",
            ),
            (
                "eusc-de-east-1",
                false,
                "https://rds.eusc-de-east-1.amazonaws.eu/",
            ),
        ] {
            let recorder = Recorder::default();
            let api = Api {
                key: OwnKey::of(recorder.access(region, fips, false)),
            };
            let asked = ("DBInstanceIdentifier", "db");
            let asked = api.ask("DescribeDBInstances", asked, "DBInstance");
            let error = asked.await.expect_err("only recorded");
            assert_eq!(recorder.called().as_deref(), Some(url), "{}", error.text());
        }
    }
}
