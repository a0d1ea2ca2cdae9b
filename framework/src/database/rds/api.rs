//! The calls to the RDS API. Each has one parameter, is signed by AWS's own signer, and is answered in XML.
//! Source: <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/Welcome.html>.

use std::collections::BTreeMap;
use std::convert::Infallible;

use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use roxmltree::{Document, Node};

use crate::aws::connect::{retries, timeouts};
use crate::aws::sign::{OwnKey, Unsigned};
use crate::clock::now;
use crate::config::Config;
use crate::error::{HookError, chain};
use crate::secret::printable;

const VERSION: &str = "2014-10-31";
const FORM: &str = "application/x-www-form-urlencoded";

/// The RDS API of the function's Region. Nothing is looked for, or connected to, before the first call.
#[derive(Debug)]
pub(super) struct Api {
    endpoint: Option<String>,
    key: OwnKey,
}

/// What an answer says of one thing. It has the texts by their paths, as in `Endpoint.Address`.
#[derive(Debug, Default)]
pub(super) struct Found(BTreeMap<String, String>);

impl Api {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            endpoint: config.rds_endpoint.clone(),
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
        let (status, answer) = Box::pin(self.send(action, body)).await?;
        let answer = Document::parse(&answer).map_err(|_| {
            HookError::failed(format!("{action}: malformed answer from RDS ({status})"))
        })?;
        if status == 200 {
            return Ok(Found::of(&answer, tag));
        }
        let failed = Found::of(&answer, "Error").unwrap_or_default();
        let code = failed.text("Code").unwrap_or("no code");
        if code.contains("NotFound") {
            return Ok(None);
        }
        if code.starts_with("AccessDenied") {
            return Err(HookError::refused(format!(
                "{action} is not allowed; the role needs {{\"Effect\": \"Allow\", \"Action\": \"rds:{action}\", \"Resource\": \"*\"}}, and no policy may deny it"
            )));
        }
        let said = format!("{code}: {}", failed.text("Message").unwrap_or_default());
        let said = printable(&said, 400);
        Err(HookError::failed(format!("{action}: RDS said {said}")))
    }

    async fn send(&self, action: &'static str, body: String) -> Result<(u16, String), HookError> {
        let access = self.key.access().await?;
        let url = self.url(access.region.as_ref());
        let request = self.signed(access.region.as_ref(), &url, body).await?;
        let operation = Operation::builder()
            .service_name("rds")
            .operation_name(action)
            .http_client(access.http.clone())
            .endpoint_url(&url)
            .no_auth()
            .standard_retry(&retries())
            .timeout_config(timeouts())
            .serializer(|request: HttpRequest| Ok(request))
            .deserializer::<_, Infallible>(|answer: &HttpResponse| {
                let text = answer.body().bytes().unwrap_or_default();
                let text = String::from_utf8_lossy(text).into_owned();
                Ok((answer.status().as_u16(), text))
            })
            .build();
        operation.invoke(request).await.map_err(|error| {
            let cause = printable(&chain(&error), 400);
            HookError::failed(format!(
                "{action}: cannot reach the RDS API ({cause}): check the way to it (VPC endpoint or NAT, security groups)"
            ))
        })
    }

    async fn signed(
        &self,
        region: &str,
        url: &str,
        body: String,
    ) -> Result<HttpRequest, HookError> {
        let unsigned = Unsigned {
            service: "rds",
            region,
            method: "POST",
            url,
            headers: &[("content-type", FORM)],
            body: body.as_bytes(),
        };
        let added = unsigned.sign(&self.key.get().await?, now())?;
        let mut request = HttpRequest::new(SdkBody::from(body));
        request.set_method("POST")?;
        request.set_uri(url)?;
        request.headers_mut().insert("content-type", FORM);
        for (name, value) in added {
            request.headers_mut().insert(name, value);
        }
        Ok(request)
    }

    fn url(&self, region: &str) -> String {
        let domain = if region.starts_with("cn-") {
            "amazonaws.com.cn"
        } else {
            "amazonaws.com"
        };
        let usual = || format!("https://rds.{region}.{domain}");
        let url = self.endpoint.clone().unwrap_or_else(usual);
        format!("{}/", url.trim_end_matches('/'))
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
