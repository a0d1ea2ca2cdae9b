//! AWS JSON 1.1 over HTTP.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::service::{Reply, Service};

/// The prefix of every `X-Amz-Target`.
const TARGET: &str = "secretsmanager.";

/// The server: every path and method is the same.
pub(crate) fn router(service: Arc<Service>) -> Router {
    Router::new().fallback(answer).with_state(service)
}

async fn answer(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let header = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    if !header("authorization").starts_with("AWS4-HMAC-SHA256 ") {
        return refuse(&Refusal::unsigned());
    }
    let Some(operation) = header("x-amz-target").strip_prefix(TARGET) else {
        return refuse(&Refusal::validation(
            "X-Amz-Target names no operation of Secrets Manager",
        ));
    };
    let Ok(request) = serde_json::from_slice::<Value>(&body) else {
        return refuse(&Refusal::validation("the body is not JSON"));
    };
    match service.call(operation, request).await {
        Reply::Json(Ok(answer)) => json_response(200, &answer),
        Reply::Json(Err(refusal)) => refuse(&refusal),
        Reply::Raw(status, Some(code), message) => error(status, code, message),
        Reply::Raw(status, None, message) => response(status, message.to_owned()),
        Reply::Nothing => cut_off(),
    }
}

fn refuse(refusal: &Refusal) -> Response<Body> {
    error(400, refusal.code, &refusal.message)
}

fn error(status: u16, code: &str, message: &str) -> Response<Body> {
    json_response(
        status,
        &json!({"__type": code, "Message": message, "message": message}),
    )
}

fn json_response(status: u16, body: &Value) -> Response<Body> {
    response(status, body.to_string())
}

fn response(status: u16, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    let json = HeaderValue::from_static("application/x-amz-json-1.1");
    response.headers_mut().insert("content-type", json);
    // Each answer of AWS has one, and support asks for it.
    let id = uuid::Uuid::new_v4().to_string();
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-amzn-requestid", id);
    }
    response
}

/// A body that breaks off before its first byte: the connection is closed.
fn cut_off() -> Response<Body> {
    let broken = std::io::Error::other("the connection ends here");
    Response::new(Body::from_stream(futures_util::stream::iter([Err::<
        Bytes,
        _,
    >(
        broken
    )])))
}
