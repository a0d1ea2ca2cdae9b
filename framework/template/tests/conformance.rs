//! The rotator keeps what the protocol needs.

use rotation::testing::conformance;
use rotation::testing::world::{Harness, Subject};
use rotator_sample::Sample;
use rotator_sample::server::Server;
use serde_json::Value;

/// The server, which the harness asks without the rotator.
struct Users(Server);

fn field(secret: &str, key: &str) -> String {
    let json: Value = serde_json::from_str(secret).expect("the JSON of a secret");
    json[key].as_str().expect("a text").to_owned()
}

impl Harness for Users {
    type Rotator = Sample;

    fn rotator(&self) -> Sample {
        Sample::at(self.0.clone())
    }

    async fn subject(&self) -> Subject {
        let user = "app";
        self.0.add(user, "first-password").await;
        Subject {
            secret: format!(
                r#"{{"host":"sample", "username":"{user}", "password":"first-password"}}"#
            ),
            admin: None,
        }
    }

    async fn accepts(&self, secret: &str) -> bool {
        let (user, password) = (field(secret, "username"), field(secret, "password"));
        self.0.knows(&user, &password).await
    }

    fn wrong(&self, secret: &str) -> String {
        secret.replace("first-password", "wrong-password")
    }

    fn unreachable(&self, secret: &str) -> String {
        secret.replace(r#""host":"sample""#, r#""host":"nowhere""#)
    }

    fn busy(&self, secret: &str) -> Option<String> {
        Some(secret.replace(r#""host":"sample""#, r#""host":"full""#))
    }

    fn another_principal(&self, secret: &str) -> Option<String> {
        Some(secret.replace(r#""username":"app""#, r#""username":"other""#))
    }
}

#[tokio::test]
async fn conforms() {
    conformance::all(&Users(Server::default())).await;
}
