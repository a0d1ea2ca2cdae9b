//! SAM's own translator, which is started once for all tests of a program: its start takes longest.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::setting::workspace;

static RUNNING: Mutex<Option<Translator>> = Mutex::new(None);

/// It ends with the tests: its input is then closed.
struct Translator {
    child: Child,
    answers: BufReader<ChildStdout>,
}

/// What it makes of the jobs, in their order.
///
/// # Panics
/// If it refuses one.
pub(super) fn translate(python: &Path, jobs: &Value) -> Vec<Value> {
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    // One that refuses ends, and is not put back.
    let taken = running.take();
    let mut translator = taken.unwrap_or_else(|| Translator::start(python));
    let answer = translator.ask(jobs);
    let documents = serde_json::from_str(&answer).expect("the translator refuses: see above");
    *running = Some(translator);
    documents
}

impl Translator {
    fn start(python: &Path) -> Self {
        let mut child = Command::new(python)
            .arg(workspace().join("scripts/translate"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let answers = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { child, answers }
    }

    fn ask(&mut self, jobs: &Value) -> String {
        let stdin = self.child.stdin.as_mut().expect("a pipe");
        writeln!(stdin, "{jobs}").expect("it reads");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("it answers");
        answer
    }
}
