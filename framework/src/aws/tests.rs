//! How the store reads the exact answers of a server on loopback.

#[cfg(feature = "database")]
pub(crate) mod addresses;
mod failures;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use aws_sdk_secretsmanager::config::retry::RetryConfig;
use aws_sdk_secretsmanager::config::{BehaviorVersion, Credentials, Region};
use serde_json::{Value, json};

use super::*;
use crate::document::DocumentError;
use crate::error::StoreErrorKind;

/// AWS's id of each request.
const ID: &str = "7a4f0c1e-0000-4000-8000-00000000a115";
const ARN: &str = "arn:aws:secretsmanager:eu-central-1:012345678912:secret:db-AbCdEf";

/// A store that gets this answer to every call, and the bodies of its requests.
fn answered(status: u16, answer: &Value) -> (AwsStore, Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let (requests, received) = channel();
    let answer = answer.to_string();
    std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            let body = exchange(stream, status, &answer);
            let parsed = serde_json::from_slice(&body).expect("JSON");
            if requests.send(parsed).is_err() {
                break;
            }
        }
    });
    let settings = aws_sdk_secretsmanager::config::Builder::new()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("id", "key", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(url);
    let client = Client::from_conf(settings.build());
    (AwsStore::new(client), received)
}

fn exchange(mut stream: TcpStream, status: u16, answer: &str) -> Vec<u8> {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a header");
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().expect("a number");
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("the body");
    let length = answer.len();
    let head = format!("HTTP/1.1 {status} X\r\nx-amzn-requestid: {ID}\r\ncontent-length: {length}");
    write!(stream, "{head}\r\nconnection: close\r\n\r\n{answer}").expect("sent");
    body
}

fn refused(status: u16, code: &str, message: &str) -> AwsStore {
    let answer = json!({"__type": code, "message": message, "Message": message});
    answered(status, &answer).0
}

fn secret() -> SecretId {
    SecretId::parse(ARN).expect("an ARN")
}

fn version(c: char) -> VersionId {
    VersionId::parse(&c.to_string().repeat(32)).expect("32 characters")
}

async fn failure(store: AwsStore) -> StoreError {
    let which = Which::Stage(Stage::Current);
    store.value(&secret(), which).await.expect_err("refused")
}

#[tokio::test]
async fn a_missing_value_is_no_error() {
    let table = [
        (
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret value for staging label: AWSPENDING",
        ),
        (
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret value for VersionId: aaa",
        ),
        (
            "InvalidRequestException",
            "You provided a VersionStage that is not associated to the provided VersionId.",
        ),
    ];
    for (code, message) in table {
        let store = refused(400, code, message);
        let which = Which::Both(version('a'), Stage::Pending);
        assert!(
            store
                .value(&secret(), which)
                .await
                .expect("an answer")
                .is_none()
        );
    }
}

#[tokio::test]
async fn an_unusable_answer_is_told_apart() {
    let id = "a".repeat(32);
    let binary = json!({"VersionId": id, "CreatedDate": 1.5, "SecretBinary": "AAAA"});
    let store = answered(200, &binary).0;
    let read = store.value(&secret(), Which::Stage(Stage::Current)).await;
    let value = read.expect("an answer").expect("a version").value;
    assert_eq!(value.parse::<Value>().err(), Some(DocumentError::Binary));
    for answer in [json!({"SecretString": "{}"}), json!("hunter2")] {
        let error = failure(answered(200, &answer).0).await;
        assert_eq!(error.kind, StoreErrorKind::Unavailable);
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}

#[tokio::test]
async fn a_put_names_its_labels_and_passes_the_token_on() {
    let (store, requests) = answered(200, &json!({}));
    let (value, token) = (Document::new("{}"), Secret::new("t".repeat(36)));
    let (secret, me) = (secret(), version('a'));
    let put = store.put_pending(&secret, &me, &value, Some(&token));
    assert_eq!(put.await.expect("stored"), Put::Stored);
    let request = requests.recv().expect("a request");
    let id = "a".repeat(32);
    assert_eq!(
        request["VersionStages"],
        json!(["AWSPENDING", format!("ROTATION-{id}")])
    );
    assert_eq!(request["ClientRequestToken"], json!(id));
    assert_eq!(request["RotationToken"], json!("t".repeat(36)));
    let lost = refused(400, "ResourceExistsException", "x");
    let put = lost.put_pending(&secret, &me, &value, None);
    assert_eq!(put.await.expect("an answer"), Put::Lost);
}

#[tokio::test]
async fn a_label_that_is_elsewhere_is_no_error() {
    let swap = |store: AwsStore| async move {
        let (secret, from, to) = (secret(), version('a'), version('b'));
        let moved = store.move_stage(&secret, Stage::Current, Some(&from), Some(&to));
        moved.await.map_err(|error| error.kind)
    };
    let message = "When you move staging label AWSCURRENT, if you specify RemoveFromVersionId, it must be set to the version that currently has the staging label AWSCURRENT.";
    let store = refused(400, "InvalidParameterException", message);
    assert_eq!(swap(store).await, Ok(Swap::Elsewhere));
    let store = refused(
        400,
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret.",
    );
    assert_eq!(swap(store).await, Err(StoreErrorKind::NotFound));
    assert_eq!(swap(answered(200, &json!({})).0).await, Ok(Swap::Moved));
}

#[cfg(feature = "command-line")]
#[tokio::test]
async fn a_description_leaves_out_what_is_no_version() {
    let answer = json!({
        "ARN": ARN, "RotationEnabled": true, "RotationLambdaARN": "arn:f", "DeletedDate": 5.0,
        "Tags": [{"Key": "rotation:password-length", "Value": "40"}],
        "VersionIdsToStages": {"a".repeat(32): ["AWSCURRENT"], "short": ["AWSPENDING"]},
    });
    let (store, _requests) = answered(200, &answer);
    let (id, found) = store.find("db").await.expect("found");
    assert_eq!((id, found.arn.as_str()), (secret(), ARN));
    assert_eq!(
        found.stages,
        Stages::new([(version('a'), vec![Stage::Current])])
    );
    assert_eq!(
        found.tags,
        [("rotation:password-length".into(), "40".into())]
    );
    assert!(found.deleted.is_some() && found.rotation_enabled == Some(true));
}
