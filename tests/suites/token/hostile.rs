//! A service that misbehaves: each way has its words, nothing is lost by it, and the next try works.

use std::time::Duration;

use rotation::event::Step;
use rotation::testing::World;
use rotation_tests::api::{Api, Kind, Mishap, Reply};

use crate::harness::Users;

pub(crate) const CREATE: &str = "POST /users";
pub(crate) const REFUSED: &str = "Rotation.TargetRefused";
pub(crate) const FAILED: &str = "Rotation.Target";

/// What the service says in a step, and what the step then says: its type, and words.
pub(crate) async fn meets(
    step: Step,
    at: &'static str,
    says: Reply,
    error_type: &str,
    words: &str,
) {
    let users = Users::start(Kind::Create, &[]).await;
    let mut world = World::new(&users).await;
    world.rotate().await;
    let version = world.begin();
    let earlier = Step::ALL.into_iter().take_while(|earlier| *earlier != step);
    for earlier in earlier {
        world
            .step(&version, earlier)
            .await
            .expect("an earlier step");
    }
    let before = format!("{:?}", world.store.stages());
    users.api.fail(once(at, says));
    let error = world.step(&version, step).await.expect_err(words);
    let text = error.to_string();
    assert!(text.contains(words), "{words}: {text}");
    assert_eq!(error.error_type(), error_type, "{text}");
    assert!(!text.contains(Api::ADMIN), "{text}");
    assert_eq!(users.api.unmet(), 0, "{words}");
    assert_eq!(format!("{:?}", world.store.stages()), before, "{words}");
    world.finish(&version).await;
}

pub(crate) fn once(at: &'static str, says: Reply) -> Mishap {
    let done = false;
    Mishap { at, done, says }
}

pub(crate) fn raw(head: &str, body: &str) -> Reply {
    Reply::Raw(format!("HTTP/1.1 {head}\r\n\r\n{body}").into_bytes())
}

pub(crate) fn json(status: u16, text: &str) -> Reply {
    Reply::Json(status, text.to_owned())
}

/// Row 103: nobody is led elsewhere.
#[tokio::test]
async fn redirects() {
    for status in [301, 302, 303, 307, 308] {
        let place = "location: https://evil.example/tokens\r\ncontent-length: 0";
        let says = raw(&format!("{status} Elsewhere\r\n{place}"), "");
        let words = "redirect to evil.example refused";
        meets(Step::CreateSecret, CREATE, says, REFUSED, words).await;
    }
}

/// Rows 104 to 106: each status has its own advice.
#[tokio::test]
async fn statuses() {
    let no = r#"{"message":"no"}"#;
    for (says, error_type, words) in [
        (
            json(401, ""),
            REFUSED,
            "the login for it is not accepted (401)",
        ),
        (
            json(403, no),
            REFUSED,
            r#"not accepted (403): {"message":"no"}"#,
        ),
        (
            json(404, ""),
            REFUSED,
            "there is no such thing (404). Check the address",
        ),
        (json(405, "<html>"), REFUSED, "there is no such thing (405)"),
        (json(410, ""), REFUSED, "there is no such thing (410)"),
        (
            json(400, "line\nbreak"),
            REFUSED,
            "refused (400): line\\nbreak",
        ),
        (json(409, &"x".repeat(5000)), REFUSED, "refused (409): xxxx"),
        (json(422, Api::ADMIN), REFUSED, "refused (422): [REDACTED]"),
        (
            raw("429 Slow\r\nretry-after: 86400\r\ncontent-length: 0", ""),
            FAILED,
            "too many requests",
        ),
        (
            raw("429 Slow\r\nretry-after: soon\r\ncontent-length: 0", ""),
            FAILED,
            "too many requests",
        ),
        (json(500, ""), FAILED, "the service failed (500)"),
        (json(502, "<html>"), FAILED, "the service failed (502)"),
        (json(503, ""), FAILED, "the service failed (503)"),
        (json(504, ""), FAILED, "the service failed (504)"),
    ] {
        meets(Step::CreateSecret, CREATE, says, error_type, words).await;
    }
}

/// Row 106: it did nothing, and says when to come again.
#[tokio::test]
async fn too_many_requests_for_a_second() {
    let users = Users::start(Kind::Create, &[]).await;
    let mut world = World::new(&users).await;
    let says = raw("429 Slow\r\nretry-after: 1\r\ncontent-length: 0", "");
    users.api.fail(once(CREATE, says));
    world.rotate().await;
    assert_eq!(users.api.unmet(), 0);
}

/// Row 108: an answer that has no new token in it.
#[tokio::test]
async fn answers_without_a_token() {
    let nothing = "nothing at /secret, where token should be";
    for (body, words) in [
        ("", "the answer is empty"),
        ("<html>", "the answer is not JSON, but HTML"),
        ("[1,", "the answer is not JSON"),
        (r#"{"id":"a"}"#, nothing),
        (r#"{"id":"a","secret":null}"#, nothing),
        (r#"{"id":"a","secret":["b","c"]}"#, nothing),
        (
            r#"{"secret":"hunter2hunter2"}"#,
            "nothing at /id, where token_id should be",
        ),
        (r#"{"id":"a","secret":"b\r\nc"}"#, "no header can hold"),
    ] {
        meets(Step::CreateSecret, CREATE, json(200, body), FAILED, words).await;
    }
}

/// Row 108: the new token is the old one.
#[tokio::test]
async fn the_same_token_again() {
    let users = Users::start(Kind::Create, &[]).await;
    let mut world = World::new(&users).await;
    let value = world.store.value_of(&rotation::version::Stage::Current);
    let token = crate::harness::json(&value.expect("a value"))["token"].clone();
    let says = json(200, &format!(r#"{{"id":"a","secret":{token}}}"#));
    users.api.fail(once(CREATE, says));
    let version = world.begin();
    let error = world.step(&version, Step::CreateSecret).await;
    let error = error.expect_err("it is the old one").to_string();
    assert!(
        error.contains("the new credential is the old one"),
        "{error}"
    );
    world.finish(&version).await;
}

/// Rows 107 and 109: what is no answer. Whether a token was made, nobody knows, and it is said.
#[tokio::test]
async fn no_answer() {
    let many: String = (0..100_000).map(|n| format!("h{n}: x\r\n")).collect();
    let large = format!(
        "200 OK\r\ncontent-length: 1000000\r\n\r\n{}",
        "x".repeat(70_000)
    );
    let begun = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    let endless = Reply::Endless(begun, vec![b' '; 8000], Duration::from_millis(1));
    for (says, words) in [
        (Reply::HangUp, "the connection broke"),
        (
            raw("200 OK\r\ncontent-length: 10", "{}"),
            "the answer broke off",
        ),
        (
            raw("200 OK\r\ntransfer-encoding: chunked", "zz\r\n"),
            "the answer broke off",
        ),
        (
            raw("200 OK\r\ncontent-encoding: gzip", "\u{1f}"),
            "compressed, which nobody asked for",
        ),
        (Reply::Raw(b"hello".to_vec()), "not HTTP"),
        (
            Reply::Raw(format!("HTTP/1.1 200 OK\r\n{many}\r\n").into_bytes()),
            "not HTTP",
        ),
        (raw(&large, ""), "larger than 64 KB"),
        (endless, "larger than 64 KB"),
    ] {
        meets(Step::CreateSecret, CREATE, says.clone(), FAILED, words).await;
        let unknown = "A credential may have been made";
        meets(Step::CreateSecret, CREATE, says, FAILED, unknown).await;
    }
}

/// Row 109: a byte a second, or nothing at all. It ends with the time for one call.
#[tokio::test]
async fn slow_answers() {
    let begun = b"HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n".to_vec();
    let slow = Reply::Endless(begun, b" ".to_vec(), Duration::from_secs(1));
    let words = "no answer in time. A credential may have been made";
    let one = meets(Step::CreateSecret, CREATE, slow, FAILED, words);
    let other = meets(Step::CreateSecret, CREATE, Reply::Silence, FAILED, words);
    tokio::join!(one, other);
}

/// An answer that says that it is not compressed is as good as one that does not say so.
#[tokio::test]
async fn not_compressed() {
    let users = Users::start(Kind::Create, &[]).await;
    let mut world = World::new(&users).await;
    let me = r#"{"user":"user0","id":"t1"}"#;
    let head = format!(
        "200 OK\r\ncontent-encoding: identity\r\ncontent-length: {}",
        me.len()
    );
    users.api.fail(once("GET /me", raw(&head, me)));
    world.rotate().await;
    assert_eq!(users.api.unmet(), 0);
}
