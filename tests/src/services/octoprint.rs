//! OctoPrint: a user has one key; a new one is in its place at once.

use std::path::Path;

use reqwest::Method;
use rotation_kit::process::{Server, free_port};
use serde_json::json;
use tokio::sync::OnceCell;

use super::{Service, Who, folder, fresh, installed, random, write};

/// A printer's server that runs, without a printer.
pub struct OctoPrint {
    service: Service,
    admin: String,
}

/// No plugin, above all none that would reach out to the network.
const CONFIG: &str = "\
server:
  firstRun: false
  onlineCheck: {enabled: false}
  pluginBlacklist: {enabled: false}
plugins:
  _disabled: [achievements, action_command_notification, action_command_prompt, announcements, appkeys, backup,
    classicwebcam, corewizard, customcontrolmanager, discovery, errortracking, eventmanager, gcodeviewer, health_check,
    logging, pluginmanager, softwareupdate, tracking, uploadmanager, virtual_printer]
";

/// An administrator who has a key and no password.
const USERS: &str = "\
_version: 2
keeper:
  active: true
  apikey: KEY
  groups: [admins]
  password: ''
  permissions: []
  roles: [user, admin]
  settings: {}
";

impl OctoPrint {
    /// One for all tests of a process. None if it is not installed: the test is then counted as skipped.
    pub async fn shared() -> Option<&'static Self> {
        static SHARED: OnceCell<OctoPrint> = OnceCell::const_new();
        let program = installed("OctoPrint", "octoprint/bin/octoprint")?;
        Some(SHARED.get_or_init(|| Self::start(&program)).await)
    }

    /// One of its own. A server may lose a change, if two users get new keys at the same moment.
    pub async fn alone() -> Option<Self> {
        let program = installed("OctoPrint", "octoprint/bin/octoprint")?;
        Some(Self::start(&program).await)
    }

    async fn start(program: &Path) -> Self {
        let (folder, port, admin) = (folder(), free_port(), random());
        write(&folder, "config.yaml", CONFIG);
        write(&folder, "users.yaml", &USERS.replace("KEY", &admin));
        let (program, base) = (program.display().to_string(), folder.display().to_string());
        let port_text = port.to_string();
        let command = [
            &program,
            "--basedir",
            &base,
            "serve",
            "--iknowwhatimdoing",
            "--host",
            "127.0.0.1",
            "--port",
            &port_text,
        ];
        let command = command.map(ToOwned::to_owned);
        let home = [("HOME".to_owned(), base)];
        let server = Server::start(None, &command, &home, &folder.join("log"), &folder);
        // Until it serves, another answers in its place, with other statuses.
        let service = Service::ready(server, port, "/api/version", &key(&admin)).await;
        Self { service, admin }
    }

    /// Where it is, by TLS; its API is below `/api`.
    pub fn url(&self) -> &str {
        self.service.front.url()
    }

    /// The key of an administrator who is nobody else.
    pub fn admin_key(&self) -> &str {
        &self.admin
    }

    /// Makes a user who has a key: name and key.
    ///
    /// # Panics
    /// If it does not become one.
    pub async fn user(&self, prefix: &str) -> (String, String) {
        let name = fresh(prefix);
        let user = json!({"name": name, "password": random(), "active": true, "admin": false});
        let admin = key(&self.admin);
        self.service
            .done(Method::POST, "/api/access/users", &admin, Some(user))
            .await;
        let first = self.new_key(&name, &self.admin).await;
        (name, first)
    }

    /// Makes a new key of a user's, asked by the user's own key or an administrator's. The old one is dead.
    ///
    /// # Panics
    /// If it is not made.
    pub async fn new_key(&self, user: &str, by: &str) -> String {
        let path = format!("/api/access/users/{user}/apikey");
        let made = self.service.done(Method::POST, &path, &key(by), None).await;
        made["apikey"].as_str().expect("a key").to_owned()
    }

    /// Whether it takes this key. To one that it does not know it says 403.
    ///
    /// # Panics
    /// If it says anything else than yes or no.
    pub async fn accepts(&self, candidate: &str) -> bool {
        let who = key(candidate);
        self.service.accepts("/api/version", &who, 403).await
    }
}

fn key(key: &str) -> Who<'static> {
    Who::Header("X-Api-Key", key.to_owned())
}
