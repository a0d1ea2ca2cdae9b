//! The bad-input catalogue of the event: every text that is none is refused in words.

use rotation::event::Event;
use rotation::testing::capture::Capture;

/// All rows of the catalogue about the event itself.
#[test]
fn events_that_are_none() {
    let arn = "arn:aws:secretsmanager:us-east-1:012345678912:secret:db-AbCdEf";
    let token = "0".repeat(36);
    let with = |step: &str| {
        format!(r#"{{"SecretId":"{arn}","ClientRequestToken":"{token}","Step":{step}}}"#)
    };
    let secret = |id: &str| {
        format!(r#"{{"SecretId":{id},"ClientRequestToken":"{token}","Step":"setSecret"}}"#)
    };
    let long = format!("\"{}\"", "x".repeat(5000));
    let rows: Vec<(String, &str)> = vec![
        ("{}".into(), "SecretId, ClientRequestToken, Step missing"),
        (
            r#"{"key1":"value1"}"#.into(),
            "only accepts rotation events",
        ),
        ("null".into(), "not a JSON object"),
        ("[]".into(), "not a JSON object"),
        ("\"x\"".into(), "not a JSON object"),
        ("7".into(), "not a JSON object"),
        (
            format!(r#"{{"SecretId":"{arn}","ClientRequestToken":"{token}"}}"#),
            "Step missing",
        ),
        (with("null"), "Step missing"),
        (with("7"), "Step must be a string"),
        (with("\"createsecret\""), "unknown step"),
        (with("\"CreateSecret\""), "unknown step"),
        (with("\" createSecret\""), "unknown step"),
        (
            with("\"bogus\""),
            "Expected createSecret, setSecret, testSecret, finishSecret",
        ),
        (with("\"setSecret\",\"Step\":\"testSecret\""), "Step"),
        (secret("\"\""), "SecretId"),
        (secret(&long), "SecretId"),
        (secret("\"arn:aws:s3:::x\""), "SecretId"),
        (secret("\"db\""), "SecretId"),
        (secret(&format!("\"{arn}\\n\"")), "SecretId"),
        (
            with("\"setSecret\"").replace(&token, "short"),
            "ClientRequestToken",
        ),
        (
            with("\"setSecret\"").replace(&token, &"0".repeat(65)),
            "ClientRequestToken",
        ),
        (
            with("\"setSecret\"").replace(&token, &"0".repeat(65)),
            "it has 65 characters",
        ),
        (
            with("\"setSecret\"").replace(&token, &format!(" {}", "0".repeat(36))),
            "it has a blank, or a character that is no printable ASCII",
        ),
        (
            format!("{}{}", "[".repeat(3000), "]".repeat(3000)),
            "not a JSON object",
        ),
        (" ".repeat(9000), "larger than 8192 bytes"),
        (with("\"\\ud800\""), "event is not valid JSON"),
        (
            with(&format!("{}{}", "[".repeat(3000), "]".repeat(3000))),
            "nested too deeply",
        ),
        (
            with("\"setSecret\",\"RotationToken\":7"),
            "RotationToken must be a string",
        ),
    ];
    for (text, words) in rows {
        let error = Event::parse(&text)
            .err()
            .unwrap_or_else(|| panic!("{text:.200} was taken"));
        let said = error.to_string();
        assert!(said.contains(words), "{text:.200}: {said}");
        assert!(said.len() < 500 && !said.contains('\n'), "{said}");
    }
    for good in ["\"create_secret\"", "\"finishSecret\", \"Extra\":[1]"] {
        Event::parse(&with(good)).unwrap_or_else(|error| panic!("{good}: {error}"));
    }
}

/// Ignored, but for a line that names them.
#[test]
fn unknown_keys_are_named() {
    let capture = Capture::start();
    let event = r#"{"SecretId":"arn:aws:secretsmanager:us-east-1:012345678912:secret:db-AbCdEf","Step":"setSecret",
        "ClientRequestToken":"00000000-0000-4000-8000-000000000000","RotationToken":"token","New\n":"value","Extra":[1]}"#;
    Event::parse(event).expect("a rotation event");
    let text = capture.text();
    assert!(text.contains("count=2"), "{text}");
    assert!(text.contains(r"Extra, New\\n"), "{text}");
    assert!(!text.contains("value") && !text.contains("token"), "{text}");
}
