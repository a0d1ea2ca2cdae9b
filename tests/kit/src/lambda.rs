//! A rotation function as AWS runs it: the program, under AWS's own Runtime Interface Emulator.

mod remote;
mod running;

use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Mutex;

use crate::aws::{FunctionError, Invoke, LocalAws, PLACE};
use crate::lock::lock;
use crate::process::{Server, free_port};
pub use remote::Remote;
pub use running::Running;

/// A function with its variables. Its sandboxes are started when they are needed, and used again.
pub struct Function {
    name: String,
    program: PathBuf,
    arguments: Vec<String>,
    emulator: PathBuf,
    environment: Vec<(String, String)>,
    idle: Mutex<Vec<Sandbox>>,
    /// Of those that are gone.
    log: Mutex<String>,
    http: reqwest::Client,
}

struct Sandbox {
    server: Server,
    url: String,
}

impl Function {
    /// The function that `program` is, called as its file, under the emulator in the file `emulator`; with Secrets Manager in
    /// `aws`, and with these variables. It has credentials, a time-out of 60 s, and localhost in ALLOWED_HOSTS, unless the
    /// variables say otherwise. Nothing is started yet.
    ///
    /// # Errors
    /// If one of the two files is not there: its path is in the text.
    pub fn new(
        program: &Path,
        emulator: &Path,
        aws: &LocalAws,
        variables: &[(&str, &str)],
    ) -> io::Result<Self> {
        let (program, emulator) = (found(program)?, found(emulator)?);
        let name = file_name(&program);
        let fixed = [
            ("AWS_LAMBDA_FUNCTION_NAME", name.as_str()),
            ("AWS_LAMBDA_FUNCTION_TIMEOUT", "60"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "id"),
            ("AWS_SECRET_ACCESS_KEY", "key"),
            ("AWS_SESSION_TOKEN", "session"),
            ("SECRETS_MANAGER_ENDPOINT", aws.url()),
            ("ALLOWED_HOSTS", "localhost"),
        ];
        let pairs = fixed.iter().chain(variables);
        let environment = pairs.map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        Ok(Self {
            environment: environment.collect(),
            name,
            program,
            arguments: Vec::new(),
            emulator,
            idle: Mutex::default(),
            log: Mutex::default(),
            http: reqwest::Client::new(),
        })
    }

    /// The same function, which is called `name`, and whose program has these arguments.
    #[must_use]
    pub fn called(mut self, name: &str, arguments: &[&str]) -> Self {
        let variable = ("AWS_LAMBDA_FUNCTION_NAME".to_owned(), name.to_owned());
        self.environment.push(variable);
        name.clone_into(&mut self.name);
        self.arguments = arguments.iter().map(|word| (*word).to_owned()).collect();
        self
    }

    /// What a secret names as its RotationLambdaARN.
    pub fn arn(&self) -> String {
        arn(&self.name)
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
    ///
    /// # Panics
    /// If the emulator does not start.
    pub async fn kill(&self, event: String, when: impl Future<Output = ()>) -> bool {
        let sandbox = self.start().await;
        let mut running = Running::new(self, sandbox, event);
        tokio::select! {
            _ = running.answer() => false,
            () = when => {
                running.kill();
                true
            }
        }
    }

    /// The most memory, in KiB, that the program ever held in a sandbox that has nothing to do now.
    ///
    /// # Panics
    /// If there is no such sandbox.
    pub fn peak_memory(&self) -> u64 {
        let idle = lock(&self.idle);
        let peaks = idle
            .iter()
            .flat_map(|sandbox| sandbox.server.peaks(&file_name(&self.program)));
        peaks.max().expect("a sandbox")
    }

    /// Calls the function, and returns the JSON that it answers. A sandbox takes one event at a time; two at once are two
    /// sandboxes.
    ///
    /// # Errors
    /// The function's.
    ///
    /// # Panics
    /// If the emulator does not start, or does not answer.
    pub async fn ask(&self, event: String) -> Result<String, FunctionError> {
        self.begin(event).await.answer().await
    }

    /// Hands an event to a sandbox, and returns while it is at work.
    ///
    /// # Panics
    /// If the emulator does not start.
    pub async fn begin(&self, event: String) -> Running<'_> {
        let idle = lock(&self.idle).pop();
        let sandbox = match idle {
            Some(sandbox) => sandbox,
            None => self.start().await,
        };
        Running::new(self, sandbox, event)
    }

    async fn start(&self) -> Sandbox {
        let folder = tempfile::Builder::new().prefix("rotation-").tempdir();
        let folder = folder.expect("a temporary folder").keep();
        let (front, back) = (free_port(), free_port());
        let mut program = vec![
            self.emulator.display().to_string(),
            "--runtime-interface-emulator-address".into(),
            format!("127.0.0.1:{front}"),
            "--runtime-api-address".into(),
            format!("127.0.0.1:{back}"),
            self.program.display().to_string(),
        ];
        program.extend_from_slice(&self.arguments);
        let log = folder.join("log");
        let mut server = Server::start(None, &program, &self.environment, &log, &folder);
        // The function, too, may ask before the emulator listens.
        server.listens(front).await;
        server.listens(back).await;
        let url = format!("http://127.0.0.1:{front}/2015-03-31/functions/function/invocations");
        Sandbox { server, url }
    }
}

/// What the function answers is no matter to Secrets Manager, as long as it is no error.
impl Invoke for Function {
    /// # Panics
    /// If the emulator does not start, or does not answer.
    fn invoke(
        &self,
        event: String,
    ) -> Pin<Box<dyn Future<Output = Result<(), FunctionError>> + Send + '_>> {
        Box::pin(async { self.ask(event).await.map(drop) })
    }
}

/// The ARN of the function that is called `name`, in the place where the local AWS is.
pub fn arn(name: &str) -> String {
    format!("arn:aws:lambda:{PLACE}:function:{name}")
}

/// Where the file is, from whatever folder it is started.
fn found(path: &Path) -> io::Result<PathBuf> {
    let there = std::fs::metadata(path).and_then(|_| std::path::absolute(path));
    there.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
