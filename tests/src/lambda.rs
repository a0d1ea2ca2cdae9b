//! A rotation function as AWS runs it: the release binary under AWS's own Runtime Interface Emulator.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Deserialize;

use crate::aws::{FunctionError, Invoke, LocalAws};
use crate::process::{Server, free_port};
use crate::setting::{binary, workspace};

/// What every sandbox is in, whatever the variables say: the emulator's own account and Region.
const PLACE: &str = "arn:aws:lambda:us-east-1:012345678912:function";

/// A function with its variables. Its sandboxes are started when they are needed, and used again.
pub struct Function {
    name: String,
    program: PathBuf,
    environment: Vec<(String, String)>,
    idle: Mutex<Vec<Sandbox>>,
    /// Of those that are gone.
    log: Mutex<String>,
    http: reqwest::Client,
}

struct Sandbox {
    server: Server,
    url: String,
    folder: tempfile::TempDir,
}

/// The body of a failed invocation; that of a good one is `null`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failed {
    error_type: String,
    error_message: String,
}

impl Function {
    /// The rotator `name`, as in `postgres`, with Secrets Manager in `aws`, and with these variables. A time-out of 60 s.
    ///
    /// # Panics
    /// If the release binary or the emulator is not there.
    pub fn new(name: &str, aws: &LocalAws, variables: &[(&str, &str)]) -> Self {
        let fixed = [
            ("AWS_LAMBDA_FUNCTION_NAME", name),
            ("AWS_LAMBDA_FUNCTION_TIMEOUT", "60"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "id"),
            ("AWS_SECRET_ACCESS_KEY", "key"),
            ("AWS_SESSION_TOKEN", "session"),
            ("SECRETS_MANAGER_ENDPOINT", aws.url()),
            ("ALLOWED_HOSTS", "localhost"),
        ];
        let pairs = fixed.iter().chain(variables);
        Self {
            name: name.to_owned(),
            program: binary(&format!("rotator-{name}")),
            environment: pairs
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect(),
            idle: Mutex::default(),
            log: Mutex::default(),
            http: reqwest::Client::new(),
        }
    }

    /// The same function, as another program.
    #[must_use]
    pub fn run_by(self, program: PathBuf) -> Self {
        Self { program, ..self }
    }

    /// What a secret names as its RotationLambdaARN.
    pub fn arn(&self) -> String {
        format!("{PLACE}:{}", self.name)
    }

    /// Where a sandbox that has nothing to do takes events, if there is one.
    pub fn address(&self) -> Option<String> {
        lock(&self.idle).first().map(|sandbox| sandbox.url.clone())
    }

    /// Everything that was logged, by the emulator too.
    pub fn log(&self) -> String {
        let mut log = lock(&self.log).clone();
        for sandbox in lock(&self.idle).iter() {
            log.push_str(&sandbox.server.log());
        }
        log
    }

    /// Starts a sandbox, hands it an event, and kills it when `when` returns. False, if it had answered by then.
    pub async fn kill(&self, event: String, when: impl Future<Output = ()>) -> bool {
        let sandbox = self.start().await;
        let sent = self.http.post(&sandbox.url).body(event).send();
        let killed = tokio::select! {
            _ = sent => false,
            () = when => true,
        };
        if killed {
            sandbox.server.kill();
        }
        lock(&self.log).push_str(&sandbox.server.log());
        killed
    }

    /// The most memory, in KiB, that the program ever held in any sandbox.
    ///
    /// # Panics
    /// If there is none.
    pub fn peak_memory(&self) -> u64 {
        let name = self.program.file_name().expect("a name");
        let name = name.to_string_lossy();
        let idle = lock(&self.idle);
        let peaks = idle.iter().flat_map(|sandbox| sandbox.server.peaks(&name));
        peaks.max().expect("a sandbox")
    }

    /// A sandbox takes one event at a time; two at once are two sandboxes.
    async fn call(&self, event: String) -> Result<(), FunctionError> {
        let idle = lock(&self.idle).pop();
        let sandbox = match idle {
            Some(sandbox) => sandbox,
            None => self.start().await,
        };
        let sent = self.http.post(&sandbox.url).body(event).send().await;
        let body = match sent {
            Ok(answer) => answer.text().await,
            Err(error) => Err(error),
        };
        let body = body.unwrap_or_else(|error| panic!("{error}: {}", sandbox.server.log()));
        let log = sandbox.server.log();
        lock(&self.idle).push(sandbox);
        match serde_json::from_str::<Failed>(&body) {
            Ok(failed) => Err(FunctionError {
                error_type: failed.error_type,
                message: failed.error_message,
            }),
            Err(_) => {
                assert_eq!(body, "null", "an answer that is neither: {log}");
                Ok(())
            }
        }
    }

    async fn start(&self) -> Sandbox {
        let emulator = workspace().join(".tools/emulator/aws-lambda-rie");
        assert!(
            emulator.exists(),
            "the emulator is missing: run scripts/install"
        );
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (front, back) = (free_port(), free_port());
        let program = [
            emulator.display().to_string(),
            "--runtime-interface-emulator-address".into(),
            format!("127.0.0.1:{front}"),
            "--runtime-api-address".into(),
            format!("127.0.0.1:{back}"),
            self.program.display().to_string(),
        ];
        let log = folder.path().join("log");
        let server = Server::start(None, &program, &self.environment, &log, folder.path());
        let url = format!("http://127.0.0.1:{front}/2015-03-31/functions/function/invocations");
        let mut sandbox = Sandbox {
            server,
            url,
            folder,
        };
        // The function, too, may ask before the emulator listens.
        sandbox.ready(front).await;
        sandbox.ready(back).await;
        sandbox
    }
}

impl Sandbox {
    /// Returns when the emulator listens there.
    async fn ready(&mut self, port: u16) {
        for _ in 0..400 {
            assert!(
                !self.server.ended(),
                "the emulator ended: {}",
                self.server.log()
            );
            if tokio::net::TcpStream::connect(("127.0.0.1", port))
                .await
                .is_ok()
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!(
            "the emulator in {:?} does not listen: {}",
            self.folder,
            self.server.log()
        );
    }
}

impl Invoke for Function {
    fn invoke(
        &self,
        event: String,
    ) -> Pin<Box<dyn Future<Output = Result<(), FunctionError>> + Send + '_>> {
        Box::pin(self.call(event))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
