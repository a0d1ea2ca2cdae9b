//! The way to Secrets Manager is verified.

use rotation_kit::aws::{Encrypted, Invoke, LocalAws};
use rotation_kit::tls::Ca;
use rotation_tests::setting::function;
use serde_json::json;

/// TLS on the way to Secrets Manager: by the authority that AWS_CA_BUNDLE names, on one connection for a whole rotation.
#[tokio::test]
async fn an_authority_of_ones_own() {
    let front = LocalAws::start().await;
    let identity = Ca::shared().identity(&["localhost"]);
    let bundle = Ca::shared().pem_path().display().to_string();
    for trusted in [true, false] {
        let encrypted = Encrypted::start(front.url(), &identity).await;
        let endpoint = ("SECRETS_MANAGER_ENDPOINT", encrypted.url());
        let usual = [endpoint, ("AWS_CA_BUNDLE", &bundle)];
        let variables = if trusted { &usual[..] } else { &usual[..1] };
        let function = function("postgres", &front, variables);
        let arn = front.create(&format!("trusted-{trusted}"), "{}");
        front.attach(&arn, &function.arn());
        let token = front.announce(&arn);
        let event = json!({"Step": "createSecret", "SecretId": arn, "ClientRequestToken": token})
            .to_string();
        for _ in 0..2 {
            let error = function
                .invoke(event.clone())
                .await
                .expect_err("the value is empty");
            let words = if trusted {
                "lacks the key"
            } else {
                "cannot reach Secrets Manager"
            };
            assert!(error.message.contains(words), "{}", error.message);
        }
        // Two calls go side by side.
        assert_eq!(encrypted.connections(), if trusted { 2 } else { 0 });
    }
}
