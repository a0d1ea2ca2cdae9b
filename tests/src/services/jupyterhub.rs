//! JupyterHub: a user has many tokens, and each is revoked by its id.

use std::path::Path;

use reqwest::Method;
use rotation_kit::process::{Server, free_port};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::{Service, Who, folder, fresh, installed, random, write};

/// A hub that runs.
pub struct JupyterHub {
    service: Service,
    admin: String,
}

impl JupyterHub {
    /// One for all tests of a process. None if it is not installed: the test is then counted as skipped.
    pub async fn shared() -> Option<&'static Self> {
        static SHARED: OnceCell<JupyterHub> = OnceCell::const_new();
        let program = installed("JupyterHub", "jupyterhub/bin/jupyterhub")?;
        Some(SHARED.get_or_init(|| Self::start(&program)).await)
    }

    async fn start(program: &Path) -> Self {
        let (folder, port, admin) = (folder(), free_port(), random());
        write(&folder, "config.py", include_str!("jupyterhub.py"));
        let config = folder.join("config.py");
        let command = [program, Path::new("-f"), &config].map(|word| word.display().to_string());
        let environment = [("PORT", port.to_string()), ("ADMIN", admin.clone())];
        let environment = environment.map(|(name, value)| (name.to_owned(), value));
        let server = Server::start(None, &command, &environment, &folder.join("log"), &folder);
        let service = Service::ready(server, port, "/hub/api/users", &bearer(&admin)).await;
        Self { service, admin }
    }

    /// Where it is, by TLS; its API is below `/hub/api`.
    pub fn url(&self) -> &str {
        self.service.front.url()
    }

    /// The token of a service that may make and revoke the tokens of all users.
    pub fn admin_token(&self) -> &str {
        &self.admin
    }

    /// Makes a user.
    ///
    /// # Panics
    /// If it does not become one.
    pub async fn user(&self, prefix: &str) -> String {
        let name = fresh(prefix);
        self.admin(Method::POST, &format!("/users/{name}"), None)
            .await;
        name
    }

    /// Makes a token of a user's: its id, and itself.
    ///
    /// # Panics
    /// If it is not made.
    pub async fn issue(&self, user: &str, note: &str) -> (String, String) {
        let path = format!("/users/{user}/tokens");
        let made = self
            .admin(Method::POST, &path, Some(json!({"note": note})))
            .await;
        (text(&made, "id"), text(&made, "token"))
    }

    /// The ids and notes of a user's tokens.
    ///
    /// # Panics
    /// If they cannot be listed.
    pub async fn tokens(&self, user: &str) -> Vec<(String, String)> {
        let path = format!("/users/{user}/tokens");
        let list = self.admin(Method::GET, &path, None).await;
        let tokens = list["api_tokens"].as_array().expect("a list");
        let each = tokens.iter();
        each.map(|token| (text(token, "id"), text(token, "note")))
            .collect()
    }

    /// Whether it takes this token. To one that it does not know it says 403.
    ///
    /// # Panics
    /// If it says anything else than yes or no.
    pub async fn accepts(&self, token: &str) -> bool {
        let who = bearer(token);
        self.service.accepts("/hub/api/user", &who, 403).await
    }

    /// The same.
    ///
    /// # Errors
    /// What it says that is neither yes nor no, or that nobody answers.
    pub async fn admits(&self, token: &str) -> Result<bool, String> {
        let who = bearer(token);
        self.service.admits("/hub/api/user", &who, 403).await
    }

    /// Revokes a user's token.
    ///
    /// # Panics
    /// If there is none of this id.
    pub async fn revoke(&self, user: &str, id: &str) {
        let path = format!("/users/{user}/tokens/{id}");
        self.admin(Method::DELETE, &path, None).await;
    }

    async fn admin(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let path = format!("/hub/api{path}");
        let who = bearer(&self.admin);
        self.service.done(method, &path, &who, body).await
    }
}

fn bearer(token: &str) -> Who<'static> {
    Who::Header("Authorization", format!("token {token}"))
}

fn text(of: &Value, name: &str) -> String {
    let value = of[name].as_str();
    value
        .unwrap_or_else(|| panic!("no {name}: {of}"))
        .to_owned()
}
