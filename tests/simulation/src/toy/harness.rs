//! The toy as the conformance suite sees it.

use rotation::Succession;
use rotation::config::Config;
use rotation::testing::world::{Harness, Subject};
use serde_json::{Value, json};

use super::{Toy, ToyLogin};

impl<const ISSUES: bool, const BEHIND: bool> Harness for Toy<ISSUES, BEHIND> {
    type Rotator = Self;

    fn rotator(&self) -> Self {
        self.clone()
    }

    fn config(&self) -> Config {
        self.config.clone()
    }

    async fn subject(&self) -> Subject {
        let mut state = self.state();
        let user = format!("user{}", state.users.len());
        let password = self.first_password.unwrap_or("first-password");
        state.users.insert(user.clone(), vec![password.to_owned()]);
        let password = json!(password);
        let admin = "arn:aws:secretsmanager:us-east-1:012345678912:secret:admin-AbCdEf";
        let alternate = self.succession == Some(Succession::Alternate);
        let masterarn = if alternate {
            format!(",\"masterarn\":\"{admin}\"")
        } else {
            String::new()
        };
        Subject {
            secret: format!(
                "{{\"host\":\"toy\", \"username\":\"{user}\",\"password\":{password}{masterarn}}}"
            ),
            admin: alternate.then(|| (admin.into(), "{\"password\":\"admin-password\"}".into())),
        }
    }

    async fn accepts(&self, secret: &str) -> bool {
        let login: ToyLogin = serde_json::from_str(secret).expect("a toy's secret");
        self.passwords(&login.username)
            .iter()
            .any(|known| known == login.password.expose())
    }

    fn wrong(&self, secret: &str) -> String {
        let mut wrong: Value = serde_json::from_str(secret).expect("a toy's secret");
        let password = self.first_password.unwrap_or("first-password");
        wrong["password"] = json!(password.replace("first", "wrong"));
        wrong.to_string()
    }

    fn busy(&self, secret: &str) -> Option<String> {
        Some(secret.replace("\"host\":\"toy\"", "\"host\":\"full\""))
    }

    fn another_principal(&self, secret: &str) -> Option<String> {
        let login: ToyLogin = serde_json::from_str(secret).expect("a toy's secret");
        let password = vec!["another-password".to_owned()];
        self.state().users.insert("other".to_owned(), password);
        Some(secret.replace(&login.username, "other"))
    }

    fn unreachable(&self, secret: &str) -> String {
        secret.replace("\"host\":\"toy\"", "\"host\":\"nowhere\"")
    }
}
