//! What is around a secret: the services of AWS that are asked on the command line alone, and only for what they show.

pub(crate) mod alarms;
pub(crate) mod function;
pub(crate) mod key;
pub(crate) mod logs;
pub(crate) mod network;
pub(crate) mod role;
mod xml;

use roxmltree::{Document, Node};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::by_hand::{Answer, FORM, Request};
use super::connect::Access;
use super::errors::asked;
use crate::error::{HookError, StoreError, StoreErrorKind};
use crate::secret::printable;

/// One service of AWS.
pub(crate) struct Service {
    /// What a person calls it.
    name: &'static str,
    /// Its name in a signature, which also begins the names of its actions, unless `actions` says otherwise.
    signs: &'static str,
    actions: &'static str,
    /// How its usual hosts begin.
    host: &'static str,
    /// Its name in a profile.
    /// Source: <https://docs.aws.amazon.com/sdkref/latest/guide/ss-endpoints-table.html>.
    pub(super) profile: &'static str,
}

const LAMBDA: Service = Service::new("Lambda", "lambda");
const KMS: Service = Service::new("KMS", "kms");
const EC2: Service = Service::new("EC2", "ec2");
const IAM: Service = Service::new("IAM", "iam");
const LOGS: Service = Service {
    profile: "cloudwatch_logs",
    ..Service::new("CloudWatch Logs", "logs")
};
const CLOUDWATCH: Service = Service {
    actions: "cloudwatch",
    profile: "cloudwatch",
    ..Service::new("CloudWatch", "monitoring")
};

/// How the services are asked, in one Region.
pub(crate) struct Api<'a> {
    access: &'a Access,
    region: &'a str,
}

/// One question.
struct Question<'a> {
    service: &'a Service,
    operation: &'static str,
    /// What it is about: the ARN for a policy that allows it, or a star.
    resource: &'a str,
}

impl Service {
    /// All that have addresses of their own.
    pub(super) const ALL: [Self; 6] = [LAMBDA, KMS, EC2, IAM, LOGS, CLOUDWATCH];

    const fn new(name: &'static str, signs: &'static str) -> Self {
        Self {
            name,
            signs,
            actions: signs,
            host: signs,
            profile: signs,
        }
    }
}

impl<'a> Api<'a> {
    /// In the Region of this ARN, or, if it has none, where the person is.
    pub(crate) fn at(access: &'a Access, arn: &'a str) -> Self {
        let region = crate::version::Place::of(arn).region;
        let region = match region.is_empty() {
            true => access.region.as_ref(),
            false => region,
        };
        Self { access, region }
    }

    /// A question by a path.
    async fn get<T: DeserializeOwned>(
        &self,
        question: &Question<'_>,
        path: &str,
    ) -> Result<T, StoreError> {
        let answer = self.send(question, "GET", path, &[], String::new()).await?;
        question.json(&answer)
    }

    /// A question by AWS's JSON protocol.
    async fn json<T: DeserializeOwned>(
        &self,
        question: &Question<'_>,
        prefix: &str,
        body: &Value,
    ) -> Result<T, StoreError> {
        let target = format!("{prefix}.{}", question.operation);
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", target.as_str()),
        ];
        let answer = self.send(question, "POST", "", &headers, body.to_string());
        question.json(&answer.await?)
    }

    /// A question by AWS's Query protocol, whose answers are XML.
    async fn query<T>(
        &self,
        question: &Question<'_>,
        version: &str,
        parameters: &[(String, String)],
        read: impl FnOnce(Node<'_, '_>) -> T,
    ) -> Result<T, StoreError> {
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("Action", question.operation)
            .append_pair("Version", version)
            .extend_pairs(parameters)
            .finish();
        let headers = [("content-type", FORM)];
        let answer = self.send(question, "POST", "", &headers, body).await?;
        let parsed = Document::parse(&answer.text);
        let parsed = parsed.map_err(|_| question.malformed(&answer))?;
        Ok(read(parsed.root_element()))
    }

    /// The answer, if the service did what it was asked for.
    async fn send(
        &self,
        question: &Question<'_>,
        method: &'static str,
        path: &str,
        headers: &[(&'static str, &str)],
        body: String,
    ) -> Result<Answer, StoreError> {
        let Service {
            name,
            signs,
            host,
            profile,
            ..
        } = *question.service;
        let endpoints = &self.access.endpoints;
        let (url, region) = match signs {
            "iam" => endpoints.iam(self.region),
            _ => (
                endpoints.of_service(profile, host, self.region),
                self.region,
            ),
        };
        let request = Request {
            name,
            service: signs,
            region,
            operation: question.operation,
            method,
            url: &format!("{}/{path}", url.trim_end_matches('/')),
            headers,
            body,
        };
        let answer = request.send(self.access).await;
        let answer = answer.map_err(|error| question.unsent(&error))?;
        match answer.status {
            200 => Ok(answer),
            _ => Err(question.refused(&answer)),
        }
    }
}

impl Question<'_> {
    fn json<T: DeserializeOwned>(&self, answer: &Answer) -> Result<T, StoreError> {
        let parsed = serde_json::from_str(&answer.text).map(without_nulls);
        let read = parsed.and_then(serde_json::from_value);
        read.map_err(|_| self.malformed(answer))
    }

    fn error(&self, kind: StoreErrorKind, message: String) -> StoreError {
        StoreError {
            operation: self.operation,
            kind,
            message,
        }
    }

    /// The error's text begins with the operation, which a [`StoreError`] says itself.
    fn unsent(&self, error: &HookError) -> StoreError {
        let text = error.text();
        let front = format!("{}: ", self.operation);
        let text = text.strip_prefix(&front).unwrap_or(text);
        self.error(StoreErrorKind::Unavailable, text.to_owned())
    }

    fn malformed(&self, answer: &Answer) -> StoreError {
        let text = format!(
            "malformed answer from {} (status {}{})",
            self.service.name,
            answer.status,
            asked(answer.id.as_deref())
        );
        self.error(StoreErrorKind::Unavailable, text)
    }

    fn refused(&self, answer: &Answer) -> StoreError {
        use StoreErrorKind::{Denied, Invalid, NotFound, Unavailable};
        let Some((code, message)) = said(answer) else {
            return self.malformed(answer);
        };
        let service = self.service.name;
        let (kind, text) = match code.as_str() {
            code if code.starts_with("AccessDenied") || code == "UnauthorizedOperation" => (
                Denied,
                format!(
                    "not allowed. You need {{\"Effect\": \"Allow\", \"Action\": \"{}:{}\", \"Resource\": \"{}\"}}, and no policy may deny it",
                    self.service.actions, self.operation, self.resource
                ),
            ),
            code if code.contains("NotFound") || code == "NoSuchEntity" => {
                (NotFound, format!("{service} does not know it"))
            }
            _ if answer.status >= 500 || answer.status == 429 => {
                (Unavailable, format!("{service} failed"))
            }
            _ => (Invalid, format!("{service} refused it")),
        };
        let said = printable(&format!("{code}: {message}"), 400);
        let id = asked(answer.id.as_deref());
        self.error(kind, format!("{text} ({said}{id})"))
    }
}

/// The same, where nothing stands for what is null: AWS leaves it away, or does not.
fn without_nulls(mut json: Value) -> Value {
    if let Value::Object(members) = &mut json {
        members.retain(|_, value| !value.is_null());
        for value in members.values_mut() {
            *value = without_nulls(value.take());
        }
    }
    json
}

/// Code and message of a refusal, in JSON or XML. A code may have its namespace in front, and a URL behind.
fn said(answer: &Answer) -> Option<(String, String)> {
    let (code, message) = match serde_json::from_str::<Value>(&answer.text) {
        Ok(json) => {
            let text = |key: &str| json[key].as_str().map(ToOwned::to_owned);
            let code = answer.error_type.clone().or_else(|| text("__type"));
            (code, text("message").or_else(|| text("Message")))
        }
        Err(_) => {
            let parsed = Document::parse(&answer.text).ok()?;
            let text = |tag| xml::first(parsed.root_element(), tag);
            (text("Code"), text("Message"))
        }
    };
    let code = code?;
    let code = code.rsplit('#').next()?.split(':').next()?;
    Some((code.to_owned(), message.unwrap_or_default()))
}

/// `None` for what is not there.
fn found<T>(answer: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind == StoreErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
