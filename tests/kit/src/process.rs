//! Servers as processes that cannot outlive the test.

use std::fs::File;
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

/// A server's process, on Linux. It ends when this value is dropped, and also when the test is killed: a shell beside it
/// waits for the end of a pipe that only the test holds open.
pub struct Server {
    shell: Child,
    log: PathBuf,
}

/// Starts `$@`, waits for the end of stdin, stops it, and takes the folder `$FOLDER` away. To QUIT, PostgreSQL ends at
/// once; others, started in the background of a shell, do not hear it. One that was stopped by STOP hears nothing before CONT.
const WATCH: &str = r#""$@" </dev/null & server=$!
read -r _
kill -QUIT $server 2>/dev/null; kill -TERM $server 2>/dev/null; kill -CONT $server 2>/dev/null; wait $server
[ -z "$FOLDER" ] || rm -rf "$FOLDER""#;

impl Server {
    /// Starts `program`, the path of one with its arguments, with its output in `log`; as `user`, where that is given, which
    /// root alone may. It has the variables of `environment` and PATH, and no others. `folder` is deleted when it has ended.
    ///
    /// # Panics
    /// If `log` cannot be written, or there is no shell.
    pub fn start(
        user: Option<&str>,
        program: &[String],
        environment: &[(String, String)],
        log: &Path,
        folder: &Path,
    ) -> Self {
        let mut command = as_user(user, "/bin/sh");
        let output = File::create(log).expect("a log file");
        command
            .args(["-c", WATCH, "watch"])
            .args(program)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("FOLDER", folder)
            .envs(environment.iter().cloned())
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(output.try_clone().expect("a log file"))
            .stderr(output);
        let shell = command.spawn().expect("a shell");
        let log = log.to_owned();
        Self { shell, log }
    }

    /// What it has said so far.
    pub fn log(&self) -> String {
        let bytes = std::fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Returns when somebody listens at this port of this machine, as the program should by then.
    ///
    /// # Panics
    /// If the program ends before, or nobody listens within half a minute. It says what the program has said.
    pub async fn listens(&mut self, port: u16) {
        for _ in 0..1200 {
            assert!(!self.ended(), "the server ended: {}", self.log());
            let address = ("127.0.0.1", port);
            if tokio::net::TcpStream::connect(address).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the server does not start: {}", self.log());
    }

    /// Kills the program and what it has started, at once and without a word.
    ///
    /// # Panics
    /// If it has ended.
    pub fn kill(&self) {
        self.signal("KILL");
    }

    /// Sends a signal, as in `TERM`, to the program and to what it has started.
    ///
    /// # Panics
    /// If it has ended.
    pub fn signal(&self, name: &str) {
        signal(name, &self.programs());
    }

    /// Sends a signal that ends the program and what it has started, and returns when all have ended.
    ///
    /// # Panics
    /// If one has not within half a minute.
    pub async fn end(&self, name: &str) {
        let programs = self.programs();
        signal(name, &programs);
        for _ in 0..3000 {
            if !programs.iter().any(|program| runs(program)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the server does not end: {}", self.log());
    }

    /// The most memory, in KiB, that each program called `name` ever held.
    pub(crate) fn peaks(&self, name: &str) -> Vec<u64> {
        let programs = self.programs();
        // The kernel keeps so much of a name.
        let name = name.get(..15).unwrap_or(name);
        let called = programs.iter().filter(|id| {
            let told = std::fs::read_to_string(format!("/proc/{id}/comm"));
            told.is_ok_and(|told| told.trim_end() == name)
        });
        called.filter_map(|id| peak_memory(id)).collect()
    }

    /// The program, and what it has started.
    fn programs(&self) -> Vec<String> {
        let mut programs = children(&self.shell.id().to_string());
        let mut next = 0;
        while let Some(program) = programs.get(next) {
            programs.extend(children(program));
            next += 1;
        }
        programs
    }

    /// Whether it has ended by itself.
    pub fn ended(&mut self) -> bool {
        matches!(self.shell.try_wait(), Ok(Some(_)))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

/// Sends a signal, as in `TERM`, to those of the processes that have not ended meanwhile. A shell has that built in, where
/// there is no program for it.
///
/// # Panics
/// If there is nobody to send it to.
pub fn signal(name: &str, processes: &[String]) {
    const SEND: &str = r#"sent=1
for process; do kill -s "$0" "$process" 2>/dev/null && sent=0; done
exit $sent"#;
    let mut shell = Command::new("/bin/sh");
    let sent = shell.args(["-c", SEND, name]).args(processes).status();
    assert!(
        sent.is_ok_and(|status| status.success()),
        "no process to signal: {processes:?}"
    );
}

/// The processes that any thread of `parent` has started.
fn children(parent: &str) -> Vec<String> {
    let threads = std::fs::read_dir(format!("/proc/{parent}/task"));
    let threads = threads.into_iter().flatten().flatten();
    let lists = threads.map(|thread| std::fs::read_to_string(thread.path().join("children")));
    let lists: Vec<String> = lists.map(Result::unwrap_or_default).collect();
    let all = lists.iter().flat_map(|list| list.split_whitespace());
    all.map(ToOwned::to_owned).collect()
}

/// The most memory, in KiB, that a process ever held. None, if it has ended.
pub fn peak_memory(process: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let mut lines = status.lines();
    let peak = lines.find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().trim_end_matches(" kB").parse().ok()
}

/// Whether it has not ended. One that has, but whose end nobody has asked for yet, is a zombie.
fn runs(process: &str) -> bool {
    let told = std::fs::read_to_string(format!("/proc/{process}/status"));
    told.is_ok_and(|status| !status.contains("State:\tZ"))
}

/// A command that runs as `user`, if one is given, which root alone may.
pub fn as_user(user: Option<&str>, program: &str) -> Command {
    match user {
        Some(user) => {
            let mut command = Command::new("runuser");
            command.args(["-u", user, "--", program]);
            command
        }
        None => Command::new(program),
    }
}

/// How many ports a process has for itself.
const BLOCK: u16 = 400;

/// A port that nobody listens on, and another one each time, until the process has had all 400 of its own. It is below those that the
/// system gives to connections, so that none of these takes it before a server does. Other processes that ask here are given others.
///
/// # Panics
/// If there is none.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = own_block();
    let mut ports = (0..BLOCK).map(|_| first + NEXT.fetch_add(1, Ordering::Relaxed) % BLOCK);
    let free = ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.expect("a free port")
}

/// The first of this process's own ports. The UDP port of the same number, which it keeps until it ends, tells the others.
fn own_block() -> u16 {
    const FIRST: u16 = 10_000;
    const BLOCKS: u16 = 50;
    static OWN: OnceLock<(u16, UdpSocket)> = OnceLock::new();
    let (first, _) = OWN.get_or_init(|| {
        // Not where the process before has just been.
        let begin = std::process::id();
        let blocks = (0..BLOCKS)
            .filter_map(|n| u16::try_from(begin.wrapping_add(n.into()) % u32::from(BLOCKS)).ok());
        let mut firsts = blocks.map(|block| FIRST + block * BLOCK);
        let own =
            firsts.find_map(|first| Some((first, UdpSocket::bind(("127.0.0.1", first)).ok()?)));
        own.expect("no other fifty processes that ask for ports")
    });
    *first
}

/// The numeric id of a user, or of the one that runs this.
///
/// # Panics
/// If there is no such user.
pub fn user_id(user: Option<&str>) -> u32 {
    let answer = Command::new("id").arg("-u").args(user).output();
    let answer = answer.expect("the program id").stdout;
    let answer = String::from_utf8_lossy(&answer);
    answer.trim().parse().expect("a user id")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program whose name is longer than what the kernel keeps of it.
    #[test]
    fn a_server_ends_with_its_value_and_its_folder_goes() {
        let folder = tempfile::tempdir().expect("a temporary folder").keep();
        let program = folder.join("a-server-with-a-long-name");
        std::os::unix::fs::symlink("/bin/sleep", &program).expect("a folder of ours");
        let command = [program.display().to_string(), "60".to_owned()];
        let mut server = Server::start(None, &command, &[], &folder.join("log"), &folder);
        // It is a shell for a moment.
        let called = (0..1000).any(|_| {
            std::thread::sleep(Duration::from_millis(5));
            !server.peaks("a-server-with-a-long-name").is_empty()
        });
        assert!(called, "no such program: {}", server.log());
        let processes = server.programs();
        assert!(!server.ended() && processes.len() == 1, "{processes:?}");
        drop(server);
        assert!(!Path::new("/proc").join(&processes[0]).exists());
        assert!(!folder.exists());
    }

    #[test]
    fn ports_of_this_process_are_no_others() {
        let first = own_block();
        let ports = std::collections::HashSet::from([free_port(), free_port(), free_port()]);
        assert!(ports.len() == 3, "{ports:?}");
        let own = first..first + BLOCK;
        assert!(ports.iter().all(|port| own.contains(port)), "{ports:?}");
        // Whoever else looks for a block finds it taken.
        assert!(UdpSocket::bind(("127.0.0.1", first)).is_err());
    }
}
