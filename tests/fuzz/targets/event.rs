//! The event that a function is called with.
#![no_main]

use rotation::event::Event;
use serde_json::{Value, json};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let fields: Option<Value> = serde_json::from_str(text).ok();
    match Event::parse(text) {
        Ok(event) => reads_as_it_is(&event, &fields.expect("JSON")),
        Err(error) => {
            let said = error.to_string();
            assert!(
                !said.contains(char::is_control) && said.len() < 600,
                "{said}"
            );
            let token = fields
                .as_ref()
                .and_then(|fields| fields["RotationToken"].as_str());
            // What somebody put into another field as well is shown there.
            let known =
                |token: &&str| token.contains("hunter2") && text.matches("hunter2").count() == 1;
            assert!(
                !token
                    .filter(known)
                    .is_some_and(|_| said.contains("hunter2")),
                "{said}"
            );
        }
    }
});

/// Each field is the event's own, and written anew the event reads the same.
fn reads_as_it_is(event: &Event, fields: &Value) {
    let token = event.rotation_token.as_ref().map(|token| token.expose());
    assert_eq!(fields["SecretId"], event.secret_id.as_str());
    assert_eq!(fields["ClientRequestToken"], event.version_id.as_str());
    assert_eq!(fields["RotationToken"].as_str(), token);
    let again = json!({
        "Step": event.step.name(),
        "SecretId": event.secret_id.as_str(),
        "ClientRequestToken": event.version_id.as_str(),
        "RotationToken": token,
    });
    let again = Event::parse(&again.to_string()).expect("an event");
    assert_eq!(again.step, event.step);
    assert_eq!(again.secret_id, event.secret_id);
}
