//! `rotation local`: the local AWS as a command, and `rotation rotate` through it.

use std::path::Path;
use std::process::Stdio;

use aws_sdk_secretsmanager::Client;
use rotation_kit::process::signal;
use rotation_kit::tls::Ca;
use rotation_tests::lab::with;
use rotation_tests::mysql::{MysqlServer, Options, Product};
use rotation_tests::peer::Peer;
use rotation_tests::postgres::Postgres;
use rotation_tests::setting::{binary, emulator, tool};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::command_line::text;

/// The command, at work.
struct Local {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    url: String,
    _folder: tempfile::TempDir,
}

fn local(folder: &Path, seed: &str, arguments: &[&str]) -> Command {
    let file = folder.join("seed.json");
    std::fs::write(&file, seed).expect("a file");
    let mut command = Command::new(tool());
    command
        .args(["local", "--seed"])
        .arg(file)
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

impl Local {
    async fn start(seed: &Value, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let emulator = emulator().display().to_string();
        let arguments: Vec<&str> = ["--emulator", &emulator]
            .into_iter()
            .chain(arguments.iter().copied())
            .collect();
        let mut child = local(folder.path(), &seed.to_string(), &arguments)
            .spawn()
            .expect("the program runs");
        let said = child.stdout.take().expect("a pipe");
        let mut local = Self {
            child,
            lines: BufReader::new(said).lines(),
            url: String::new(),
            _folder: folder,
        };
        let line = local.until("export SECRETS_MANAGER_ENDPOINT=").await;
        let (_, url) = line.split_once('=').expect("an address");
        local.url = url.to_owned();
        local
    }

    /// The first line that has these words.
    async fn until(&mut self, words: &str) -> String {
        loop {
            let line = self.lines.next_line().await.expect("text");
            let line = line.unwrap_or_else(|| panic!("it ended before it said {words}"));
            if line.contains(words) {
                return line;
            }
        }
    }

    fn client(&self) -> Client {
        rotation_kit::aws::client(&self.url)
    }

    async fn current(&self, secret: &str) -> Value {
        let value = self.client().get_secret_value().secret_id(secret);
        let value = value.send().await.expect("GetSecretValue");
        serde_json::from_str(value.secret_string().expect("a text")).expect("JSON")
    }

    /// `rotation rotate`, as a person types it after the printed lines.
    async fn rotate(&mut self, secret: &str, code: i32) -> String {
        let done = Command::new(tool())
            .args(["rotate", secret, "--timeout", "10"])
            .env_clear()
            .env("SECRETS_MANAGER_ENDPOINT", &self.url)
            .envs([("AWS_REGION", "us-east-1"), ("AWS_ACCESS_KEY_ID", "local")])
            .env("AWS_SECRET_ACCESS_KEY", "local")
            .output();
        let done = done.await.expect("the program runs");
        let mut said = text(&done.stdout) + &text(&done.stderr);
        if done.status.code() != Some(code) {
            signal("TERM", &[self.child.id().expect("it runs").to_string()]);
            while let Ok(Some(line)) = self.lines.next_line().await {
                said = said + &line + "\n";
            }
            panic!("it ended with {}: {said}", done.status);
        }
        said
    }

    /// SIGTERM ends it, as Ctrl-C does, and its functions with it.
    async fn end(mut self) {
        signal("TERM", &[self.child.id().expect("it runs").to_string()]);
        self.until("Ended.").await;
        let ended = self.child.wait().await.expect("it ends");
        assert_eq!(ended.code(), Some(0));
    }
}

#[tokio::test]
async fn our_function() {
    let server = Postgres::shared().await;
    let (user, password) = server.fresh_user("local").await;
    let value: Value = serde_json::from_str(&server.secret_json(&user, &password)).expect("JSON");
    let function = json!({
        "runs": binary("rotator-postgres"),
        "variables": {"DATABASE_CA_BUNDLE": Ca::shared().pem_path()},
    });
    let lost = "00000000000000000000000000000001";
    let seed = json!({
        "functions": {"ours": function},
        "secrets": [
            {"name": "app", "value": value, "tags": {"team": "pay"}, "function": "ours"},
            {"name": "other", "value": "a text", "versions": [{"id": lost, "labels": ["AWSPENDING"]}]},
        ],
    });
    let mut local = Local::start(&seed, &[]).await;
    local.rotate("app", 0).await;
    for step in ["createSecret", "setSecret", "testSecret", "finishSecret"] {
        let line = local.until(step).await;
        assert!(line.contains("done") && line.contains(" ms"), "{line}");
    }
    let new = local.current("app").await;
    let new = new["password"].as_str().expect("a password");
    assert!(server.accepts(&user, new).await && !server.accepts(&user, &password).await);
    let found = local
        .client()
        .describe_secret()
        .secret_id("app")
        .send()
        .await;
    assert_eq!(found.expect("DescribeSecret").tags()[0].key(), Some("team"));
    let found = local
        .client()
        .describe_secret()
        .secret_id("other")
        .send()
        .await;
    let found = found.expect("DescribeSecret");
    let labels = &found.version_ids_to_stages().expect("versions")[lost];
    assert_eq!(*labels, ["AWSPENDING"]);
    local.end().await;
}

/// A function that fails has a line that says why, and no password.
#[tokio::test]
async fn a_function_that_fails() {
    let seed = json!({
        "functions": {"nobody": {"runs": "http://127.0.0.1:1/2015-03-31/functions/function/invocations"}},
        "secrets": [{"name": "app", "value": {"password": "first-password"}, "function": "nobody"}],
    });
    let mut local = Local::start(&seed, &[]).await;
    let said = local.rotate("app", 1).await;
    assert!(said.contains("the rotation is not done"), "{said}");
    let line = local.until("createSecret").await;
    assert!(
        line.contains("FAILED") && line.contains("Remote.NoAnswer"),
        "{line}"
    );
    local.end().await;
}

#[tokio::test]
async fn what_it_does_not_take() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("bound").port().to_string();
    let empty = r#"{"secrets": []}"#;
    let program = format!("ours={}", tool().display());
    let unknown = r#"{"secrets": [{"name": "a", "value": "hunter2", "pasword": "hunter2"}]}"#;
    for (seed, arguments, words) in [
        (unknown, vec![], "unknown field `pasword`"),
        (empty, vec!["--port", &port], "--port"),
        (empty, vec!["--function", &program], "say --emulator FILE"),
        (
            empty,
            vec!["--function", "a=b"],
            "function a: b is no program",
        ),
        (
            r#"{"secrets": [{"name": "a b", "value": "hunter2"}]}"#,
            vec![],
            "secret a b: Invalid name",
        ),
    ] {
        let ended = local(folder.path(), seed, &arguments).output().await;
        let ended = ended.expect("the program runs");
        let said = text(&ended.stderr);
        assert_eq!(ended.status.code(), Some(1), "{said}");
        assert!(said.contains(words), "{words}: {said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

/// One of AWS's own templates.
#[tokio::test]
async fn a_template_of_aws() {
    let Some(peer) = Peer::given("rotation local with a template of AWS's") else {
        return;
    };
    let options = Options {
        plaintext: true,
        ..Options::default()
    };
    let server = MysqlServer::start_with(Product::Mariadb, options).await;
    let first = "First-password-1";
    let account = "CREATE USER 'app'@'%' IDENTIFIED BY 'First-password-1'";
    server.admin(account).await;
    // Theirs trusts the authorities of Amazon Linux's file alone, and this server's is not there.
    let value = with(&server.secret_json("app", first), "ssl", false);
    let value: Value = serde_json::from_str(&value).expect("JSON");
    let seed = json!({"secrets": [{"name": "app", "value": value, "function": "theirs"}]});
    let folder = peer.template("SecretsManagerRDSMariaDBRotationSingleUser");
    let function = format!("theirs={}", folder.display());
    let arguments = ["--function", &function, "--python", &peer.python()];
    let mut local = Local::start(&seed, &arguments).await;
    local.rotate("app", 0).await;
    local.until("finishSecret  done").await;
    let new = local.current("app").await;
    let new = new["password"].as_str().expect("a password");
    assert!(server.accepts("app", new).await && !server.accepts("app", first).await);
    local.end().await;
}
