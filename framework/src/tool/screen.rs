//! The person's screen. All that the command line says goes through here: no name in a secret, and no server's answer, can move the
//! cursor, change the window's title or hide a line.

use std::io::{self, BufRead, IsTerminal, Write};

use serde::Serialize;

use crate::secret::{printable, visible, visible_json};

/// Says what is done, on stdout.
#[expect(clippy::print_stdout, reason = "a command line speaks to a person")]
pub(super) fn say(text: &str) {
    println!("{}", visible(text));
}

/// The minute of a date as the JSON has it.
pub(super) fn day(date: &str) -> String {
    date.chars().take(16).collect::<String>().replace('T', " ")
}

/// Says a document, on stdout, as JSON.
#[expect(clippy::print_stdout, reason = "a command line speaks to a program")]
pub(super) fn document(document: &impl Serialize) {
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    println!("{}", visible_json(&text));
}

/// Asks a person on the terminal. `None`: nobody sits there who could answer.
#[expect(clippy::print_stderr, reason = "a command line asks a person")]
pub(super) fn agrees(question: &str) -> Option<bool> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return None;
    }
    eprint!("{} [y/N] ", visible(question));
    let mut answer = String::new();
    stdin.lock().read_line(&mut answer).ok()?;
    Some(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// Says a text on stdout, byte for byte: a shell reads it.
///
/// # Errors
/// If nobody takes it.
pub(super) fn raw(text: &[u8]) -> io::Result<()> {
    io::stdout().write_all(text)
}

/// Says what a person should know first, on stderr.
#[expect(clippy::print_stderr, reason = "a command line speaks to a person")]
pub(super) fn note(text: &str) {
    eprintln!("note: {}", visible(text));
}

/// Says that the command waits, on one line of stderr that the next text takes the place of. Nothing is said if stderr is no terminal.
pub(super) fn waiting(text: &str) {
    over(&printable(text, 200));
}

/// Takes the line of [`waiting`] away.
pub(super) fn waited() {
    over("");
}

fn over(text: &str) {
    let mut stderr = io::stderr();
    if stderr.is_terminal() {
        // To the line's begin, and clear it.
        let _ = write!(stderr, "\r\x1b[2K{text}").and_then(|()| stderr.flush());
    }
}

/// Says what went wrong, on stderr.
#[expect(clippy::print_stderr, reason = "a command line speaks to a person")]
pub(super) fn complain(text: &str) {
    eprintln!("error: {}", visible(text));
}

/// The log, on stderr. What is written at once is one event, and becomes one line.
pub(super) struct Log;

impl Write for Log {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let line = printable(text.trim_end_matches('\n'), usize::MAX);
        writeln!(io::stderr(), "{line}")?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
