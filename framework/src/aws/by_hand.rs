//! Calls to services of AWS without their SDKs: they are signed by AWS's own signer, and sent as the SDK sends its own.

use std::convert::Infallible;

use aws_sdk_secretsmanager::operation::RequestId;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;

use super::connect::{Access, retries, timeouts};
use super::sign::Unsigned;
use crate::clock::now;
use crate::error::{HookError, chain};
use crate::secret::printable;

/// What the Query protocol sends.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// One call.
pub(crate) struct Request<'a> {
    /// What a person calls the service, as in `the RDS API`.
    pub(crate) name: &'static str,
    /// The service's name in the signature.
    pub(crate) service: &'static str,
    /// The Region in the signature.
    pub(crate) region: &'a str,
    pub(crate) operation: &'static str,
    pub(crate) method: &'static str,
    pub(crate) url: &'a str,
    pub(crate) headers: &'a [(&'static str, &'a str)],
    pub(crate) body: String,
}

/// What came back, whatever its status is.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
    /// AWS's own id of the request.
    pub(crate) id: Option<String>,
    /// The code of an error, where the service puts it into a header.
    #[cfg_attr(
        not(feature = "command-line"),
        allow(dead_code, reason = "the RDS API has the code in its XML")
    )]
    pub(crate) error_type: Option<String>,
}

impl Request<'_> {
    /// Sends it, again if that may help.
    ///
    /// It is an error if there is no access key, or nobody answers.
    pub(crate) async fn send(self, access: &Access) -> Result<Answer, HookError> {
        let (name, operation) = (self.name, self.operation);
        let call = Operation::builder()
            .service_name(self.service)
            .operation_name(operation)
            .http_client(access.http.clone())
            .endpoint_url(origin(self.url))
            .no_auth()
            .standard_retry(&retries())
            .timeout_config(timeouts())
            .serializer(|request: HttpRequest| Ok(request))
            .deserializer::<_, Infallible>(|answer: &HttpResponse| Ok(Answer::of(answer)))
            .build();
        let request = self.signed(access).await?;
        call.invoke(request).await.map_err(|error| {
            let cause = printable(&chain(&error), 400);
            HookError::failed(format!(
                "{operation}: cannot reach {name} ({cause}): check the way to it (VPC endpoint or NAT, security groups)"
            ))
        })
    }

    async fn signed(self, access: &Access) -> Result<HttpRequest, HookError> {
        let unsigned = Unsigned {
            service: self.service,
            region: self.region,
            method: self.method,
            url: self.url,
            headers: self.headers,
            body: self.body.as_bytes(),
        };
        let added = unsigned.sign(&access.key().await?, now())?;
        let mut request = HttpRequest::new(SdkBody::from(self.body));
        request.set_method(self.method)?;
        request.set_uri(self.url)?;
        for (name, value) in self.headers {
            request.headers_mut().insert(*name, (*value).to_owned());
        }
        for (name, value) in added {
            request.headers_mut().insert(name, value);
        }
        Ok(request)
    }
}

/// Scheme and host of a URL. The SDK puts the path of the request behind an endpoint, even if that has the path already.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let path = url[host..].find(['/', '?']);
    path.map_or(url, |at| &url[..host + at])
}

impl Answer {
    fn of(answer: &HttpResponse) -> Self {
        let text = answer.body().bytes().unwrap_or_default();
        let error_type = answer.headers().get("x-amzn-errortype");
        Self {
            status: answer.status().as_u16(),
            text: String::from_utf8_lossy(text).into_owned(),
            id: answer.request_id().map(ToOwned::to_owned),
            error_type: error_type.map(ToOwned::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_path_begins() {
        for (url, host) in [
            ("https://rds.example", "https://rds.example"),
            ("https://rds.example/", "https://rds.example"),
            ("http://[::1]:4566/2015/x?y=/", "http://[::1]:4566"),
        ] {
            assert_eq!(origin(url), host);
        }
    }
}
