//! OpenSSH's SFTP server, which fails where a test wants it to: all requests go through this program, and are counted over
//! all sessions with the server.
//!
//! It is told the SSH server's folder. There, `requests` gets a line for each request, and `fault` says what is to fail:
//! - `drop N`: the session is killed before the N-th request is carried out.
//! - `cut N`: the N-th request is carried out, and then the session is killed instead of an answer.
//! - `hold N`: the N-th request is carried out, and its answer is kept back. The file `held` appears.
//! - `deny N`: the N-th request fails, as on a full disk.
//! - `append NAME TEXT`: right before the first request of that name, TEXT becomes a line of the authorized_keys.
//! - `append-all NAME TEXT`: the same before each.
//! - `endless`: each list of names goes on for ever.
//! - `empty`: each read gives no bytes, and no end.
//! - `pause NAME N`: right before the N-th request of that name, `paused-NAME` appears, and nothing goes on until it is gone.

use std::fs::{File, OpenOptions};
use std::io::{Read, Result, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const SERVER: &str = "/usr/lib/openssh/sftp-server";
const INIT: u8 = 1;
const READ: u8 = 5;
const READDIR: u8 = 12;
const STATUS: u8 = 101;
const DATA: u8 = 103;
const NAME: u8 = 104;
const EXTENDED: u8 = 200;
const FAILURE: u32 = 4;

/// What becomes of a request.
#[derive(PartialEq, Eq)]
enum Fate {
    Answered,
    Dropped,
    Cut,
    Held,
    Denied,
}

fn main() -> Result<()> {
    let folder = std::env::args().nth(1).map(PathBuf::from);
    let folder = folder.ok_or_else(|| std::io::Error::other("which folder?"))?;
    let mut server = Command::new(SERVER)
        .arg("-d")
        .arg(folder.join("home"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let piped = server.stdin.take().zip(server.stdout.take());
    let (mut requests, answers) = piped.ok_or_else(|| std::io::Error::other("no pipes"))?;
    let silent = Arc::new(AtomicBool::new(false));
    let shared = Arc::clone(&silent);
    let folder_of_answers = folder.clone();
    std::thread::spawn(move || pass(answers, &shared, &folder_of_answers));
    let mut from = std::io::stdin();
    while let Some(packet) = packet(&mut from)? {
        if let Some(answer) = hostile(&folder, &packet) {
            std::io::stdout().write_all(&answer)?;
            std::io::stdout().flush()?;
            continue;
        }
        let fate = fate(&folder, &packet)?;
        if fate == Fate::Denied {
            std::io::stdout().write_all(&denial(&packet))?;
            std::io::stdout().flush()?;
            continue;
        }
        if fate == Fate::Dropped {
            return end_session();
        }
        if fate != Fate::Answered {
            silent.store(true, Ordering::SeqCst);
        }
        requests.write_all(&packet)?;
        if fate == Fate::Cut {
            drop(requests);
            server.wait()?;
            return end_session();
        }
    }
    Ok(())
}

/// What a server that wants to fill its client's memory, or to keep it busy, answers.
fn hostile(folder: &Path, packet: &[u8]) -> Option<Vec<u8>> {
    let fault = std::fs::read_to_string(folder.join("fault")).ok()?;
    let id = packet.get(5..9)?;
    let body = match (fault.as_str(), packet.get(4)?) {
        ("endless", &READDIR) => {
            // One name, `x`, without attributes.
            let name = [0, 0, 0, 1, 0, 0, 0, 1, b'x', 0, 0, 0, 0, 0, 0, 0, 0];
            [&[NAME], id, &name].concat()
        }
        ("empty", &READ) => [&[DATA], id, &[0; 4]].concat(),
        _ => return None,
    };
    let length = u32::try_from(body.len()).ok()?.to_be_bytes();
    Some([&length[..], &body].concat())
}

/// Hands on the answers, until one is to be kept back.
fn pass(mut answers: impl Read, silent: &AtomicBool, folder: &Path) -> Result<()> {
    while let Some(packet) = packet(&mut answers)? {
        if silent.load(Ordering::SeqCst) {
            File::create(folder.join("held"))?;
            continue;
        }
        std::io::stdout().write_all(&packet)?;
        std::io::stdout().flush()?;
    }
    Ok(())
}

/// A message with its length, or `None` at the end.
fn packet(from: &mut impl Read) -> Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    if from.read_exact(&mut length).is_err() {
        return Ok(None);
    }
    let mut body = vec![0; u32::from_be_bytes(length) as usize];
    from.read_exact(&mut body)?;
    Ok(Some([&length[..], &body].concat()))
}

fn fate(folder: &Path, packet: &[u8]) -> Result<Fate> {
    let name = name(packet);
    let requests = folder.join("requests");
    let mut log = OpenOptions::new()
        .create(true)
        .append(true)
        .open(&requests)?;
    writeln!(log, "{name}")?;
    let all = std::fs::read_to_string(&requests)?;
    let count = all.lines().count();
    let fault = std::fs::read_to_string(folder.join("fault")).unwrap_or_default();
    let (what, rest) = fault.split_once(' ').unwrap_or_default();
    if what.starts_with("append") {
        append(folder, &name, what, rest)?;
        return Ok(Fate::Answered);
    }
    if what == "pause" {
        let called = all.lines().filter(|line| *line == name).count();
        if rest == format!("{name} {called}") {
            pause(&folder.join(format!("paused-{name}")))?;
        }
        return Ok(Fate::Answered);
    }
    if rest.trim().parse() != Ok(count) {
        return Ok(Fate::Answered);
    }
    Ok(match what {
        "drop" => Fate::Dropped,
        "cut" => Fate::Cut,
        "hold" => Fate::Held,
        "deny" if name != INIT.to_string() => Fate::Denied,
        _ => Fate::Answered,
    })
}

fn pause(until_gone: &Path) -> Result<()> {
    File::create(until_gone)?;
    while until_gone.exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

fn append(folder: &Path, name: &str, what: &str, rest: &str) -> Result<()> {
    match rest.split_once(' ') {
        Some((wanted, text)) if wanted == name => {
            let keys = folder.join("home/.ssh/authorized_keys");
            writeln!(OpenOptions::new().append(true).open(keys)?, "{text}")?;
            if what == "append" {
                std::fs::remove_file(folder.join("fault"))?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// An extension's name, or the number of another kind of request.
fn name(packet: &[u8]) -> String {
    match packet.get(4) {
        Some(&EXTENDED) => {
            let length = packet.get(12).copied().unwrap_or_default().into();
            let text = packet.iter().skip(13).take(length).copied().collect();
            String::from_utf8(text).unwrap_or_default()
        }
        kind => kind.copied().unwrap_or_default().to_string(),
    }
}

/// The answer to a request that fails.
fn denial(packet: &[u8]) -> Vec<u8> {
    let id = packet.get(5..9).unwrap_or_default();
    let text = b"No space left on device";
    let length = u32::try_from(text.len()).unwrap_or_default().to_be_bytes();
    let body = [
        &[STATUS],
        id,
        &FAILURE.to_be_bytes(),
        &length,
        text,
        &[0; 4],
    ]
    .concat();
    let whole = u32::try_from(body.len()).unwrap_or_default().to_be_bytes();
    [&whole[..], &body].concat()
}

/// Without a word: sshd's process for this session is killed.
fn end_session() -> Result<()> {
    let parent = std::os::unix::process::parent_id().to_string();
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "kill -s KILL \"$0\"", &parent]);
    shell.status().map(drop)
}
