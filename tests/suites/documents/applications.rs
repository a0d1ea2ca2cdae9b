//! The snippets of the chapter on applications: that for Rust goes through a rotation, the others are compiled, as the chapter says.

use std::error::Error;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_sdk_secretsmanager::Client as Manager;
use rotation_kit::aws::{LocalAws, Outcome, client};
use rotation_tests::lab::with;
use rotation_tests::postgres::Postgres;
use rotation_tests::setting::{function, workspace};
use rotation_tests::skip::not_run;
use serde_json::Value;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config, NoTls};

fn chapter() -> String {
    let chapter = workspace().join("docs/book/src/applications.md");
    std::fs::read_to_string(chapter).expect("the chapter")
}

/// One login before a rotation of one user, and one after it, with the value that was kept: the server refuses it once.
#[tokio::test]
async fn rust_goes_through_a_rotation() {
    let server = Postgres::shared().await;
    let (user, password) = server.fresh_user("application").await;
    let value = with(&server.secret_json(&user, &password), "ssl", false);
    let aws = LocalAws::start().await;
    let rotator = Arc::new(function("postgres", &aws, &[]));
    aws.add_function(&rotator.arn(), rotator.clone());
    let secret = aws.create("application", &value);
    aws.attach(&secret, &rotator.arn());

    let mut kept = None;
    let manager = client(aws.url());
    connect(&manager, &secret, &mut kept)
        .await
        .expect("a login");
    let (version, ended) = aws.rotate(&secret).await;
    assert_eq!(ended.outcome, Outcome::RotationSucceeded);
    let mark = server.log().len();
    connect(&manager, &secret, &mut kept)
        .await
        .expect("a login");
    assert_eq!(kept.and_then(|kept| kept.version), Some(version));
    assert_eq!(server.logins(mark, &user), (1, 1), "accepted and refused");
}

#[test]
fn what_the_chapter_shows_is_what_runs() {
    let source = include_str!("applications.rs");
    let shown = &source[source.find("\nconst PATIENCE").expect("the snippet")..];
    assert!(chapter().contains(shown), "{shown}");
}

#[test]
fn others_compile() {
    let compilers: [(&str, &str, &[&str]); 3] = [
        ("python", "a.py", &["python3", "-m", "py_compile"]),
        ("javascript", "a.mjs", &["node", "--check"]),
        ("java", "RotatingDataSource.java", &["javac", "-d", "."]),
    ];
    for (kind, file, compiler) in compilers {
        let chapter = chapter();
        let snippet = chapter.split_once(&format!("```{kind}\n")).expect(kind).1;
        let snippet = snippet.split_once("```").expect(kind).0;
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join(file), snippet).expect("a file");
        let mut command = Command::new(compiler[0]);
        command
            .args(&compiler[1..])
            .arg(file)
            .current_dir(folder.path());
        match command.output() {
            Ok(done) => assert!(
                done.status.success(),
                "{kind}: {}",
                String::from_utf8_lossy(&done.stderr)
            ),
            Err(_) => not_run(
                &format!("the snippet in {kind}"),
                &format!("{} is not there", compiler[0]),
            ),
        }
    }
}

const PATIENCE: Duration = Duration::from_secs(60);

/// A version of the secret, and what it holds.
struct Kept {
    version: Option<String>,
    login: Value,
}

async fn current(manager: &Manager, secret: &str) -> Result<Kept, Box<dyn Error>> {
    let answer = manager.get_secret_value().secret_id(secret).send().await?;
    let login = serde_json::from_str(answer.secret_string().unwrap_or_default())?;
    let version = answer.version_id;
    Ok(Kept { version, login })
}

/// Logs in with the value that is kept. After a refusal, waits for another version of the secret.
async fn connect(
    manager: &Manager,
    secret: &str,
    kept: &mut Option<Kept>,
) -> Result<Client, Box<dyn Error>> {
    let end = Instant::now() + PATIENCE;
    loop {
        let now = match kept.take() {
            Some(now) => now,
            None => current(manager, secret).await?,
        };
        match log_in(&now.login).await {
            Ok(client) => {
                *kept = Some(now);
                return Ok(client);
            }
            Err(error) if error.code() == Some(&SqlState::INVALID_PASSWORD) => {
                *kept = Some(other(manager, secret, &now, end).await?);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

async fn other(
    manager: &Manager,
    secret: &str,
    dead: &Kept,
    end: Instant,
) -> Result<Kept, Box<dyn Error>> {
    while Instant::now() < end {
        let now = current(manager, secret).await?;
        if now.version != dead.version {
            return Ok(now);
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    Err("the server refuses AWSCURRENT, and no other version came".into())
}

/// With TLS in production: `NoTls` is for the test.
async fn log_in(login: &Value) -> Result<Client, tokio_postgres::Error> {
    let text = |key: &str| login[key].as_str().unwrap_or_default();
    let mut config = Config::new();
    config.host(text("host")).user(text("username"));
    config.password(text("password")).dbname("postgres");
    let port = login["port"].as_u64().and_then(|port| port.try_into().ok());
    config.port(port.unwrap_or(5432));
    let (client, connection) = config.connect(NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}
