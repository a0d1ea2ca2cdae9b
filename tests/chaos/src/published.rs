//! A cache that others have published, at work in a program of its own: `tests/clients` has it.

use std::process::Stdio;

use futures_util::future::BoxFuture;
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::client::{Cache, Held};
use crate::site::Site;

/// Where the program is; without, there is none.
const PROGRAM: &str = "ROTATION_CACHE_CLIENT";

/// The program with the cache.
pub struct Published {
    /// It is killed with this value.
    _program: Child,
    requests: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    arn: String,
}

/// A line of the program's.
#[derive(Deserialize)]
struct Answer {
    version: Option<String>,
    value: Option<String>,
}

impl Published {
    /// Whether the program is there.
    pub fn is_there() -> bool {
        std::env::var_os(PROGRAM).is_some()
    }

    /// For the secret of a site. None, if there is no such program.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start(site: &Site) -> Option<Self> {
        let path = std::env::var_os(PROGRAM)?;
        let mut program = Command::new(path)
            .env_clear()
            .env("AWS_ENDPOINT_URL_SECRETS_MANAGER", site.aws.url())
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "id")
            .env("AWS_SECRET_ACCESS_KEY", "key")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program with the published cache");
        let answers = program.stdout.take().expect("its output");
        Some(Self {
            requests: program.stdin.take().expect("its input"),
            answers: BufReader::new(answers).lines(),
            _program: program,
            arn: site.arn.clone(),
        })
    }

    async fn ask(&mut self, what: &str) -> Option<Held> {
        let request = format!("{what} {}\n", self.arn);
        self.requests.write_all(request.as_bytes()).await.ok()?;
        let line = self.answers.next_line().await.ok()?;
        let line = line.expect("a program that has not ended");
        let answer: Answer = serde_json::from_str(&line).expect("JSON");
        Some(Held {
            version: answer.version?,
            value: answer.value?,
        })
    }
}

impl Cache for Published {
    fn held(&mut self) -> BoxFuture<'_, Option<Held>> {
        Box::pin(self.ask("get"))
    }

    fn fresh(&mut self) -> BoxFuture<'_, Option<Held>> {
        Box::pin(self.ask("fresh"))
    }
}
