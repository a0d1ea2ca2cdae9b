//! A lab in which the way to a host's files breaks where a test wants it to.

use std::fs::FileTimes;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use rotation_tests::ssh::{Options, Sftp, Sshd};

use crate::lab::Lab;

/// Keys, and after them more than one message over SFTP can carry.
pub(crate) const LONG: usize = 40 * 1024;

/// Every which fault is tried: all, if ROTATION_EVERY_REQUEST is set; that takes minutes.
pub(crate) fn stride(sample: usize) -> usize {
    let every = std::env::var_os("ROTATION_EVERY_REQUEST").is_some();
    if every { 1 } else { sample }
}

/// A server whose SFTP fails on demand.
pub(crate) async fn faulty() -> Sshd {
    serving(Sftp::File(env!("CARGO_BIN_EXE_faulty-sftp"))).await
}

/// A server with this command for SFTP.
pub(crate) async fn served_by(command: &str) -> Sshd {
    serving(Sftp::Program(command.to_owned())).await
}

async fn serving(sftp: Sftp) -> Sshd {
    let options = Options {
        sftp,
        ..Options::default()
    };
    Sshd::start_with(&options).await
}

/// From now on this is to fail. Requests are counted anew.
pub(crate) fn arm(host: &Sshd, fault: &str) {
    disarm(host);
    for name in ["requests", "held"] {
        let _ = std::fs::remove_file(host.folder().join(name));
    }
    std::fs::write(host.folder().join("fault"), fault).expect("a folder of ours");
}

/// Nothing fails any more.
pub(crate) fn disarm(host: &Sshd) {
    let _ = std::fs::remove_file(host.folder().join("fault"));
}

/// How many requests there were since [`arm`].
pub(crate) fn requests(host: &Sshd) -> usize {
    let log = std::fs::read_to_string(host.folder().join("requests"));
    log.unwrap_or_default().lines().count()
}

/// Returns when an answer is kept back.
pub(crate) async fn held(host: &Sshd) {
    while !host.folder().join("held").exists() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Makes the authorized_keys so long that it is written piece by piece.
pub(crate) fn lengthen(host: &Sshd, to: usize) {
    let mut content = host.authorized_keys();
    for n in 0.. {
        if content.len() > to {
            break;
        }
        content.push_str(&format!("# line {n} is somebody else's\n"));
    }
    host.authorize(&content);
}

/// The files of rotations that lie beside the authorized_keys.
pub(crate) fn litter(host: &Sshd) -> Vec<String> {
    let files = std::fs::read_dir(folder(host)).expect("a folder of ours");
    let names = files.flatten().map(|file| file.file_name());
    let names = names.map(|name| name.to_string_lossy().into_owned());
    names.filter(|name| name.contains(".rotation-")).collect()
}

/// What a rotation leaves that died long ago, at the worst moment.
pub(crate) fn leave_litter(host: &Sshd) {
    let own = ["new", "old", "time", "dead"].map(|what| format!("{what}-0123456789abcdef"));
    for what in own.iter().map(String::as_str).chain(["lock"]) {
        let file = folder(host).join(format!("authorized_keys.rotation-{what}"));
        std::fs::write(file, "half a li").expect("a folder of ours");
    }
    grow_old(host);
}

/// Two minutes and more go by for what rotations have left.
pub(crate) fn grow_old(host: &Sshd) {
    let then = SystemTime::now() - Duration::from_secs(125);
    for name in litter(host) {
        let file = std::fs::File::options()
            .append(true)
            .open(folder(host).join(name));
        let times = FileTimes::new().set_modified(then);
        let aged = file.expect("a file of ours").set_times(times);
        aged.expect("a file of ours");
    }
}

fn folder(host: &Sshd) -> PathBuf {
    host.folder().join("home/.ssh")
}

impl Lab {
    /// The rest of a rotation works, at every host, and leaves nothing but keys.
    pub(crate) async fn ends_well(&self, token: &str, first: &str, when: &str) {
        if let Err(error) = self.steps_from(token, first).await {
            panic!("{when}: {}\n{}", error.message, self.function.log());
        }
        assert_eq!(
            self.aws.holder(&self.arn, "AWSCURRENT").as_deref(),
            Some(token)
        );
        self.current_is_accepted(when);
        for host in &self.hosts {
            assert_eq!(litter(host), Vec::<String>::new(), "{when}");
        }
    }

    /// Every host takes AWSCURRENT's key.
    pub(crate) fn current_is_accepted(&self, when: &str) {
        let key = self.private("AWSCURRENT");
        for host in &self.hosts {
            assert!(host.accepts(&key), "{when}: locked out of {}", host.host());
        }
    }
}
