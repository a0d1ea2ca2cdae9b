//! RabbitMQ: the password of a user is replaced through the management API.

use std::path::{Path, PathBuf};

use reqwest::Method;
use rotation_kit::process::{Server, free_port};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::{Service, Who, folder, fresh, installed, random, write};

/// A broker that runs.
pub struct RabbitMq {
    service: Service,
    password: String,
    /// The name service of Erlang, of its own; it ends after the broker.
    _names: Server,
}

const ADMIN: &str = "keeper";
const TAGS: &str = "management,policymaker";

impl RabbitMq {
    /// One for all tests of a process. None if it is not installed: the test is then counted as skipped.
    pub async fn shared() -> Option<&'static Self> {
        static SHARED: OnceCell<RabbitMq> = OnceCell::const_new();
        let root = installed("RabbitMQ", "rabbitmq/root")?;
        Some(SHARED.get_or_init(|| Self::start(&root)).await)
    }

    async fn start(root: &Path) -> Self {
        let (folder, port, password) = (folder(), free_port(), random());
        // Its scripts split paths at blanks, and the checkout's may have one.
        let link = folder.join("root");
        std::os::unix::fs::symlink(root, &link).expect("a folder of ours");
        let root = link.as_path();
        write(&folder, "plugins", "[rabbitmq_management].");
        write(&folder, "rabbitmq.conf", &config(port, &password));
        let environment = environment(root, &folder);
        let names = ["epmd".to_owned()];
        let names = Server::start(
            None,
            &names,
            &environment,
            &folder.join("names.log"),
            Path::new(""),
        );
        let broker = [home(root)
            .join("sbin/rabbitmq-server")
            .display()
            .to_string()];
        let server = Server::start(None, &broker, &environment, &folder.join("log"), &folder);
        let admin = Who::Basic(ADMIN, &password);
        let service = Service::ready(server, port, "/api/whoami", &admin).await;
        Self {
            service,
            password,
            _names: names,
        }
    }

    /// Where it is, by TLS; its API is below `/api`.
    pub fn url(&self) -> &str {
        self.service.front.url()
    }

    /// The administrator's name and password.
    pub fn admin(&self) -> (&str, &str) {
        (ADMIN, &self.password)
    }

    /// Makes a user with two tags: name and password.
    ///
    /// # Panics
    /// If it does not become one.
    pub async fn user(&self, prefix: &str) -> (String, String) {
        let (name, password) = (fresh(prefix), random());
        let user = json!({"password": password, "tags": TAGS});
        assert_eq!(self.put(&name, user).await, 201, "a new user");
        (name, password)
    }

    /// Puts this in a user's place, by the administrator: the status of the answer.
    pub async fn put(&self, user: &str, whole: Value) -> u16 {
        self.ask(Method::PUT, user, Some(whole)).await.0
    }

    /// Whether it takes this password. To a wrong one it says 401; so it does to a right one of a user without any tag.
    ///
    /// # Panics
    /// If it says anything else than yes or no.
    pub async fn accepts(&self, user: &str, password: &str) -> bool {
        let who = Who::Basic(user, password);
        self.service.accepts("/api/whoami", &who, 401).await
    }

    /// The same.
    ///
    /// # Errors
    /// What it says that is neither yes nor no, or that nobody answers.
    pub async fn admits(&self, user: &str, password: &str) -> Result<bool, String> {
        let who = Who::Basic(user, password);
        self.service.admits("/api/whoami", &who, 401).await
    }

    /// A user's tags.
    ///
    /// # Panics
    /// If there is no such user.
    pub async fn tags(&self, user: &str) -> Vec<String> {
        let (_, user) = self.ask(Method::GET, user, None).await;
        let tags = user["tags"].as_array().expect("a list").iter();
        tags.map(|tag| tag.as_str().expect("a tag").to_owned())
            .collect()
    }

    async fn ask(&self, method: Method, user: &str, body: Option<Value>) -> (u16, Value) {
        let path = format!("/api/users/{user}");
        let admin = Who::Basic(ADMIN, &self.password);
        self.service.ask(method, &path, &admin, body).await
    }
}

/// Nothing listens but the management API.
fn config(port: u16, password: &str) -> String {
    format!(
        "listeners.tcp = none
management.tcp.ip = 127.0.0.1
management.tcp.port = {port}
default_user = {ADMIN}
default_pass = {password}
"
    )
}

/// Its own folder and ports, and its own Erlang.
fn environment(root: &Path, folder: &Path) -> Vec<(String, String)> {
    let erlang = root.join("usr/lib/erlang/bin").display().to_string();
    let path = std::env::var("PATH").unwrap_or_default();
    let inside = |name: &str| folder.join(name).display().to_string();
    let all = [
        ("PATH", format!("{erlang}:{path}")),
        ("HOME", inside("")),
        ("ERL_EPMD_ADDRESS", "127.0.0.1".to_owned()),
        ("ERL_EPMD_PORT", free_port().to_string()),
        ("RABBITMQ_DIST_PORT", free_port().to_string()),
        ("RABBITMQ_NODENAME", "rotation@localhost".to_owned()),
        ("RABBITMQ_HOME", home(root).display().to_string()),
        ("RABBITMQ_MNESIA_BASE", inside("data")),
        ("RABBITMQ_LOG_BASE", inside("logs")),
        ("RABBITMQ_LOGS", "-".to_owned()),
        ("RABBITMQ_ENABLED_PLUGINS_FILE", inside("plugins")),
        ("RABBITMQ_CONFIG_FILE", inside("rabbitmq.conf")),
        ("RABBITMQ_CONF_ENV_FILE", "/dev/null".to_owned()),
        (
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
            "-kernel inet_dist_use_interface {127,0,0,1}".to_owned(),
        ),
        // Its start then becomes the broker, and does not wait beside it.
        ("RUNNING_UNDER_SYSTEMD", "true".to_owned()),
    ];
    all.map(|(name, value)| (name.to_owned(), value)).to_vec()
}

/// Where it is, in whichever version.
fn home(root: &Path) -> PathBuf {
    let versions = std::fs::read_dir(root.join("usr/lib/rabbitmq/lib"));
    let first = versions.expect("RabbitMQ").flatten().next();
    first.expect("RabbitMQ").path()
}
