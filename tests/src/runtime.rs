//! A bootstrap in a sandbox, clocked: from its start to its first question for an event, and to each answer. Lambda's
//! [Runtime API](https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html) is served here. Where no time is measured, a
//! function runs under AWS's emulator: [`rotation_kit::lambda`].

mod api;
mod usage;

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rotation_kit::aws::FunctionError;
use rotation_kit::process::signal;
use tokio::process::{Child, Command};

use api::{Api, News};
pub use usage::Usage;

/// The longest that a start, a step or an end may take. Under valgrind all is fifty times as slow.
const PATIENCE: Duration = Duration::from_secs(300);

/// A program that asks the Runtime API for events, with its variables.
#[derive(Clone, Debug)]
pub struct Bootstrap {
    command: Vec<String>,
    environment: Vec<(String, String)>,
}

/// A process that has asked for its first event. It is killed with this value. If the host is killed, the process ends too:
/// its question for the next event breaks off.
pub struct Sandbox {
    api: Api,
    child: Child,
    log: File,
    began: Instant,
    init: Duration,
    /// Whether it has asked for the next event.
    idle: bool,
}

/// What an event was answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The function's JSON.
    pub body: String,
    /// From the event to its answer.
    pub took: Duration,
    /// From the start of the process to this answer.
    pub since_start: Duration,
}

impl Bootstrap {
    /// The program in front, with its arguments. It has the variables that Lambda gives each function, credentials, and these.
    /// Nothing is started yet.
    pub fn new(command: &[&str], variables: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self {
            command: command.iter().map(|word| (*word).to_owned()).collect(),
            environment: LAMBDA.iter().chain(variables).map(owned).collect(),
        }
    }

    /// The same, as the last arguments of another program, as in `valgrind --tool=callgrind`.
    #[must_use]
    pub fn under(mut self, program: &[&str]) -> Self {
        let words = program.iter().map(|word| (*word).to_owned());
        self.command.splice(0..0, words);
        self
    }

    /// Starts a process, and returns when it asks for its first event.
    ///
    /// # Errors
    /// What it reports to be wrong with its start; or, as `Runtime.ExitError`, what it has said before it ended.
    ///
    /// # Panics
    /// If the program is not there, or does not ask within five minutes.
    pub async fn start(&self) -> Result<Sandbox, FunctionError> {
        let api = Api::start().await;
        let log = tempfile::tempfile().expect("a temporary file");
        let (program, arguments) = self.command.split_first().expect("a program");
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .envs(self.environment.iter().cloned())
            .env("AWS_LAMBDA_RUNTIME_API", api.address())
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log file"))
            .stderr(log.try_clone().expect("a log file"))
            .kill_on_drop(true);
        let began = Instant::now();
        let child = command.spawn();
        let child = child.unwrap_or_else(|error| panic!("{program}: {error}"));
        let mut sandbox = Sandbox {
            api,
            child,
            log,
            began,
            init: Duration::ZERO,
            idle: false,
        };
        sandbox.init = sandbox.asked().await?.duration_since(began);
        Ok(sandbox)
    }
}

impl Sandbox {
    /// From the start of the process to its first question for an event.
    pub fn init(&self) -> Duration {
        self.init
    }

    /// Hands it an event, once it has asked for one.
    ///
    /// # Errors
    /// The function's; or, as `Runtime.ExitError`, what it has said before it ended.
    ///
    /// # Panics
    /// If there is no answer within five minutes.
    pub async fn invoke(&mut self, event: &str) -> Result<Answer, FunctionError> {
        if !self.idle {
            self.asked().await?;
        }
        self.idle = false;
        let began = Instant::now();
        self.api.hand_out(event);
        match self.news().await? {
            News::Answered(body, at) => Ok(Answer {
                body,
                took: at - began,
                since_start: at - self.began,
            }),
            News::Failed(error) => Err(error),
            News::Asked(_) => Err(self.ended("it asked for another event in place of an answer")),
        }
    }

    /// What it has used so far.
    ///
    /// # Panics
    /// If it has ended.
    pub fn usage(&self) -> Usage {
        Usage::of(self.process())
    }

    /// Its process.
    ///
    /// # Panics
    /// If it has ended.
    pub fn process(&self) -> u32 {
        self.child.id().expect("a process that runs")
    }

    /// All that it has said.
    pub fn log(&self) -> String {
        let length = self.log.metadata().map_or(0, |told| told.len());
        let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
        // Its own place in the file stays where it is.
        let _ = self.log.read_exact_at(&mut bytes, 0);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Ends it by TERM, as Lambda does, and returns when it has ended: so that a program around it writes what it has counted.
    ///
    /// # Panics
    /// If it does not end within five minutes.
    pub async fn end(mut self) {
        if let Some(process) = self.child.id() {
            signal("TERM", &[process.to_string()]);
        }
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        assert!(ended.is_ok(), "it does not end: {}", self.log());
    }

    /// When it asked for an event.
    async fn asked(&mut self) -> Result<Instant, FunctionError> {
        match self.news().await? {
            News::Asked(at) => {
                self.idle = true;
                Ok(at)
            }
            News::Failed(error) => Err(error),
            News::Answered(..) => Err(self.ended("it answered without an event")),
        }
    }

    async fn news(&mut self) -> Result<News, FunctionError> {
        let news = tokio::select! {
            // A report comes before the end that follows it.
            biased;
            news = self.api.news() => Some(news),
            _ = self.child.wait() => self.api.news_so_far(),
            () = tokio::time::sleep(PATIENCE) => panic!("nothing within five minutes: {}", self.log()),
        };
        news.ok_or_else(|| self.ended("it ended without a report"))
    }

    fn ended(&self, what: &str) -> FunctionError {
        FunctionError {
            error_type: "Runtime.ExitError".to_owned(),
            message: format!("{what}: {}", self.log()),
        }
    }
}

/// What Lambda sets for a function on an OS-only runtime, but for the address of the Runtime API.
const LAMBDA: [(&str, &str); 19] = [
    ("AWS_ACCESS_KEY_ID", "id"),
    ("AWS_SECRET_ACCESS_KEY", "key"),
    ("AWS_SESSION_TOKEN", "session"),
    ("AWS_REGION", "us-east-1"),
    ("AWS_DEFAULT_REGION", "us-east-1"),
    ("AWS_LAMBDA_FUNCTION_NAME", "rotation"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
    ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/rotation"),
    ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/31/[$LATEST]0"),
    ("LAMBDA_RUNTIME_DIR", "/var/runtime"),
    ("LAMBDA_TASK_ROOT", "/var/task"),
    ("_HANDLER", "bootstrap"),
    ("LANG", "en_US.UTF-8"),
    ("TZ", ":UTC"),
    ("PATH", "/usr/local/bin:/usr/bin:/bin:/opt/bin"),
    ("HOME", "/tmp"),
    ("ALLOWED_HOSTS", "localhost"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// A bootstrap in the language of a shell.
    fn shell(script: &str) -> Bootstrap {
        Bootstrap::new(&["/bin/bash", "-c", script], &[])
    }

    /// Of a shell: sends a request, and shows the answer.
    const ASK: &str = r#"
ask() {
    exec 3<>"/dev/tcp/${AWS_LAMBDA_RUNTIME_API/:/\/}"
    printf '%s /2018-06-01/runtime/%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %s\r\n\r\n%s' \
        "$1" "$2" "${#3}" "$3" >&3
    cat <&3
}
"#;

    #[tokio::test]
    async fn events_are_answered_one_by_one() {
        let script = r#"
while answer=$(ask GET invocation/next); do
    id=$(grep -i request-id: <<<"$answer" | cut -d ' ' -f 2 | tr -d '\r')
    echo "event $(tail -n 1 <<<"$answer")"
    case $answer in
        *wrong*) ask POST "invocation/$id/error" '{"errorType": "Bad", "errorMessage": "as it was told"}' ;;
        *end*) exit 3 ;;
        *) ask POST "invocation/$id/response" '"done"' ;;
    esac
done"#;
        let mut sandbox = shell(&format!("{ASK}{script}"))
            .start()
            .await
            .expect("idle");
        let first = sandbox.invoke("\"good\"").await.expect("an answer");
        assert_eq!(first.body, "\"done\"");
        assert!(sandbox.init() + first.took <= first.since_start);
        assert!(sandbox.log().contains("event \"good\""));
        let bad = sandbox.invoke("\"wrong\"").await.expect_err("a report");
        assert_eq!((&*bad.error_type, &*bad.message), ("Bad", "as it was told"));
        let used = sandbox.usage();
        assert!(used.memory > 0 && used.cpu > Duration::ZERO, "{used:?}");
        let ended = sandbox.invoke("\"end\"").await.expect_err("its end");
        assert_eq!(ended.error_type, "Runtime.ExitError");
        assert!(ended.message.contains("event \"end\""), "{}", ended.message);
    }

    #[tokio::test]
    async fn a_failed_start_is_told_in_words() {
        let report = r#"ask POST init/error '{"errorType": "Setting", "errorMessage": "PORT is no number"}'; sleep 9"#;
        let told = shell(&format!("{ASK}{report}")).start().await.err();
        let told = told.expect("no start");
        assert_eq!(
            (&*told.error_type, &*told.message),
            ("Setting", "PORT is no number")
        );
        // Another program stands in front, as valgrind may.
        let silent = shell("echo no config $A; exit 1").under(&["/usr/bin/env", "A=1"]);
        let silent = silent.start().await.err();
        let silent = silent.expect("no start");
        assert_eq!(silent.error_type, "Runtime.ExitError");
        assert!(silent.message.contains("no config 1"), "{}", silent.message);
    }
}
