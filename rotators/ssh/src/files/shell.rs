//! Files by a POSIX shell, for hosts without SFTP: fixed scripts, whose arguments are paths, and whose input is content.

use std::sync::Arc;

use super::{Facts, Kind};
use crate::channel;
use crate::error::HostError;
use crate::identity::Handle;

/// After it comes the answer: what a noisy shell says before is left out.
const MARK: &str = "@rotation-answer@";

/// Whoever the login's shell is, `sh` reads these. None has quotes, backslashes or exclamation marks, which csh and fish
/// understand in other ways.
/// Without `cd`, it is wherever the files that the shell reads first have gone.
const HOME: &str = "cd && pwd";
const NOW: &str = "date +%s";
const FACTS: &str = "if [ -e $1 ] || [ -h $1 ]; then LC_ALL=C ls -ldn $1 && date -r $1 +%s; fi";
const READ: &str = "cat $1";
/// An old `sync` takes no file, and then flushes all there is.
const CREATE: &str =
    "umask 077; set -C; : > $1 && { cat >> $1 && { sync $1 || sync; } || { rm -f $1; false; }; }";
const LIKEN: &str =
    "chmod $2 $1 && if [ $3 != $(id -u):$(id -g) ]; then chown $3 $1; fi && { sync $1 || sync; }";
const RENAME: &str = "mv -f $1 $2";
/// Answers with a word, if the link was made.
const REPLACE: &str = "ln $2 $3 && echo kept; mv -f $1 $2";
const LIST: &str = "ls -a $1";
const REMOVE: &str = "rm -f $1";

pub(crate) struct Shell {
    handle: Arc<Handle>,
}

impl Shell {
    pub(crate) fn new(handle: Arc<Handle>) -> Self {
        Self { handle }
    }

    pub(crate) async fn home(&self) -> Result<String, HostError> {
        self.line(HOME, &[]).await
    }

    /// By the host's clock, in seconds.
    pub(crate) async fn now(&self) -> Result<u64, HostError> {
        let line = self.line(NOW, &[]).await?;
        line.parse().map_err(|_| odd("date"))
    }

    pub(crate) async fn facts(&self, path: &str) -> Result<Option<Facts>, HostError> {
        let answer = self.run(FACTS, &[path], b"").await?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let mut lines = answer.lines();
        let Some(listed) = lines.next() else {
            return Ok(None);
        };
        let changed = lines.next().and_then(|line| line.parse().ok());
        facts(listed, changed.unwrap_or_default()).map(Some)
    }

    pub(crate) async fn read(&self, path: &str) -> Result<Vec<u8>, HostError> {
        self.run(READ, &[path], b"").await
    }

    /// A new file that is on the disk. Refused, if there is one already.
    pub(crate) async fn create(
        &self,
        path: &str,
        content: &[u8],
        like: Option<&Facts>,
    ) -> Result<(), HostError> {
        self.run(CREATE, &[path], content).await?;
        if let Some(like) = like {
            let (mode, owner) = (
                format!("{:o}", like.mode),
                format!("{}:{}", like.user, like.group),
            );
            let likened = self.run(LIKEN, &[path, &mode, &owner], b"").await;
            likened.map_err(|_| super::other_owner(like))?;
        }
        Ok(())
    }

    pub(crate) async fn rename(&self, from: &str, to: &str) -> Result<(), HostError> {
        self.run(RENAME, &[from, to], b"").await.map(drop)
    }

    /// As over SFTP: a link to the old file, and in one step the new one in its place.
    pub(crate) async fn replace(
        &self,
        from: &str,
        to: &str,
        kept: &str,
    ) -> Result<bool, HostError> {
        let answer = self.run(REPLACE, &[from, to, kept], b"").await?;
        Ok(!answer.is_empty())
    }

    pub(crate) async fn list(&self, folder: &str) -> Result<Vec<String>, HostError> {
        let answer = self.run(LIST, &[folder], b"").await?;
        let names = String::from_utf8_lossy(&answer).into_owned();
        Ok(names.lines().map(ToOwned::to_owned).collect())
    }

    pub(crate) async fn remove(&self, path: &str) -> Result<(), HostError> {
        self.run(REMOVE, &[path], b"").await.map(drop)
    }

    async fn line(&self, script: &str, arguments: &[&str]) -> Result<String, HostError> {
        let answer = self.run(script, arguments, b"").await?;
        let line = String::from_utf8_lossy(&answer).trim_end().to_owned();
        Ok(line)
    }

    /// What a script answers. It fails, if the script does.
    async fn run(
        &self,
        script: &str,
        arguments: &[&str],
        input: &[u8],
    ) -> Result<Vec<u8>, HostError> {
        let plain = |text: &&str| {
            text.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"/._-:+@".contains(&b))
        };
        if !arguments.iter().all(plain) {
            return Err(HostError::Lasting(
                "a path that shells take apart needs SFTP: use letters, digits, / . _ - alone"
                    .into(),
            ));
        }
        let command = format!(
            "sh -c 'echo {MARK}; {script}' rotation {}",
            arguments.join(" ")
        );
        let running = channel::run(&self.handle, &command, input);
        let (status, answer, said) = channel::answered("a shell command", running).await?;
        if status != 0 {
            return Err(HostError::Passing(format!("its shell said: {said}")));
        }
        let mark = format!("{MARK}\n");
        let found = answer
            .windows(mark.len())
            .position(|piece| piece == mark.as_bytes());
        let begin = found.ok_or_else(|| odd("its shell"))?;
        Ok(answer[begin + mark.len()..].to_vec())
    }
}

/// A line of `ls -ldn`: mode, links, user, group, size.
fn facts(listed: &str, changed: u64) -> Result<Facts, HostError> {
    let words: Vec<&str> = listed.split_whitespace().collect();
    let [modes, _, user, group, size, ..] = words[..] else {
        return Err(odd("ls"));
    };
    let number = |word: &str| word.parse::<u32>().map_err(|_| odd("ls"));
    Ok(Facts {
        kind: match modes.as_bytes().first() {
            Some(b'-') => Kind::File,
            Some(b'd') => Kind::Folder,
            _ => Kind::Other,
        },
        mode: mode(modes),
        user: number(user)?,
        group: number(group)?,
        size: size.parse().unwrap_or(u64::MAX),
        changed,
    })
}

/// As in `-rw-r--r--`.
fn mode(letters: &str) -> u32 {
    let mut mode = 0;
    for (n, letter) in letters.chars().skip(1).take(9).enumerate() {
        let bit = 0o400 >> n;
        let special = 0o4000 >> (n / 3);
        mode |= match letter {
            '-' => 0,
            's' | 't' => bit | special,
            'S' | 'T' => special,
            _ => bit,
        };
    }
    mode
}

fn odd(what: &str) -> HostError {
    HostError::Lasting(format!(
        "{what} at this host answers in another way than POSIX has it"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes() {
        for (letters, bits) in [
            ("-rw-------", 0o600),
            ("drwxr-xr-x", 0o755),
            ("drwxrwxrwt", 0o1777),
            ("-rwsr-Sr-T", 0o7744),
        ] {
            assert_eq!(mode(letters), bits, "{letters}");
        }
        let read = facts(
            "-rw-r----- 1 1000 33 812 Nov 25 01:00 /home/a/.ssh/authorized_keys",
            7,
        );
        let read = read.expect("a line of ls");
        assert_eq!(
            (read.mode, read.user, read.group, read.size),
            (0o640, 1000, 33, 812)
        );
    }
}
