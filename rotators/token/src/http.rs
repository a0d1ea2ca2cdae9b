//! HTTP over TLS, one connection for each call: to an address that was looked at, without redirects, proxies,
//! compression or a second try.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue, USER_AGENT,
};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rotation::HookError;
use rotation::network::{Network, NetworkError};
use rotation::rustls::ClientConfig;
use rotation::secret::printable;
use rotation::tls::{self, TlsStream};
use tokio::net::TcpStream;
use url::Position;

use crate::outgoing::Outgoing;

/// The most that is read of an answer's body, and of its headers.
pub(crate) const LARGEST: usize = 64 * 1024;
/// The same of a list: thousands of credentials, each with its policies.
pub(crate) const LARGEST_LIST: usize = 4 * 1024 * 1024;
/// From the first byte sent to the last one received.
const EXCHANGE: Duration = Duration::from_secs(10);

/// The way to services.
pub(crate) struct Http {
    network: Network,
    tls: Arc<ClientConfig>,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// Why nothing came back.
pub(crate) enum Failure {
    /// The request was not sent: nothing was done.
    NotSent(HookError),
    /// The same, because the credential's own login was refused, with this answer.
    NoLogin(Answer, HookError),
    /// It may have been: the server may have done what it was asked for.
    NoAnswer(String),
}

impl Http {
    pub(crate) fn new(network: Network, tls: ClientConfig) -> Self {
        Self {
            network,
            tls: Arc::new(tls),
        }
    }

    /// Sends, and waits for the whole answer, at most `time`; it may have `most` bytes.
    pub(crate) async fn send(
        &self,
        out: Outgoing,
        time: Duration,
        most: usize,
    ) -> Result<Answer, Failure> {
        let host = out.url.host_str().unwrap_or_default().to_owned();
        let port = out.url.port_or_known_default().unwrap_or(443);
        let request = request(out).map_err(Failure::NotSent)?;
        let stream = self.connect(&host, port).await.map_err(Failure::NotSent)?;
        let exchange = exchange(stream, request, most);
        let exchange = tokio::time::timeout(time.min(EXCHANGE), exchange).await;
        match exchange {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(why)) => Err(Failure::NoAnswer(why)),
            Err(_) => Err(Failure::NoAnswer("no answer in time".into())),
        }
    }

    async fn connect(&self, host: &str, port: u16) -> Result<TlsStream<TcpStream>, HookError> {
        let server = format!("{host}:{port}");
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let opened = self.network.open(bare, port).await;
        let stream = opened.map_err(|why| why.at(&server))?;
        let handshake = tls::connect(Arc::clone(&self.tls), bare, stream);
        match tokio::time::timeout(EXCHANGE, handshake).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(match tls::refusal(&error, "API_CA_BUNDLE", "") {
                Some(said) => HookError::refused(format!("no verified TLS with {server}: {said}")),
                None => NetworkError::of(&error).at(&server),
            }),
            Err(_) => Err(NetworkError::TimedOut.at(&server)),
        }
    }
}

fn request(out: Outgoing) -> Result<Request<Full<Bytes>>, HookError> {
    let host = &out.url[Position::BeforeHost..Position::AfterPort];
    let empty = out.body.is_empty();
    let mut request = Request::builder()
        .method(out.method.as_str())
        .uri(&out.url[Position::BeforePath..Position::AfterQuery])
        .header(HOST, host)
        .header(USER_AGENT, "rotator-token")
        .body(Full::from(out.body))?;
    if empty && out.method != "GET" {
        // Some servers refuse a call without: 411, RFC 9110, section 15.5.12.
        let none = HeaderValue::from_static("0");
        request.headers_mut().insert(CONTENT_LENGTH, none);
    }
    for (name, value) in out.headers {
        let mut value = HeaderValue::from_str(&value).map_err(|_| {
            HookError::refused(format!(
                "the header {name} would have characters that no header can hold: it must be printable ASCII, on one line"
            ))
        })?;
        value.set_sensitive(true);
        request
            .headers_mut()
            .insert(HeaderName::try_from(name)?, value);
    }
    Ok(request)
}

async fn exchange(
    stream: TlsStream<TcpStream>,
    request: Request<Full<Bytes>>,
    most: usize,
) -> Result<Answer, String> {
    let mut builder = http1::Builder::new();
    builder.max_buf_size(LARGEST);
    let handshake = builder.handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(broke)?;
    let call = std::pin::pin!(async {
        let answer = sender.send_request(request).await.map_err(broke)?;
        read(answer, most).await
    });
    // The connection ends with the answer's last byte, which the call may still have to take.
    match select(call, std::pin::pin!(connection)).await {
        Either::Left((answer, _)) => answer,
        Either::Right((_, call)) => call.await,
    }
}

async fn read(answer: Response<Incoming>, most: usize) -> Result<Answer, String> {
    let (parts, body) = answer.into_parts();
    let encoding = parts.headers.get(CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err("the answer is compressed, which nobody asked for".into());
    }
    let body = Limited::new(body, most).collect().await.map_err(|error| {
        if error.is::<http_body_util::LengthLimitError>() {
            format!("the answer is larger than {} KB", most / 1024)
        } else {
            format!(
                "the answer broke off ({})",
                printable(&error.to_string(), 100)
            )
        }
    })?;
    Ok(Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: body.to_bytes().to_vec(),
    })
}

fn broke(error: hyper::Error) -> String {
    if error.is_parse() {
        // Of too many headers hyper says so; of anything else, what it makes of it.
        format!("the answer is not HTTP as it should be ({error})")
    } else {
        let said = printable(&error.to_string(), 100);
        format!("the connection broke ({said})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_content_says_so() {
        for (method, body, length) in [
            ("GET", "", None),
            ("POST", "", Some("0")),
            ("DELETE", "", Some("0")),
            ("POST", "{}", None),
        ] {
            let out = Outgoing {
                method: method.into(),
                url: "https://h/a".parse().expect("a URL"),
                headers: Vec::new(),
                body: body.into(),
            };
            let request = request(out).expect("a request");
            let said = request.headers().get(CONTENT_LENGTH);
            let said = said.and_then(|value| value.to_str().ok());
            // Of a body, the client says it by itself.
            assert_eq!(said, length, "{method} {body}");
        }
    }
}
