//! How the servers are set up, and started with which words.

use std::path::Path;
use std::process::Command;

use rotation_kit::process::user_id;

use super::{Options, Sftp, succeeded, user};

pub(super) fn openssh(folder: &Path, port: u16, options: &Options) -> Vec<String> {
    host_key(folder, "ed25519");
    if user_id(None) == 0 {
        // Debian's service makes it, and here there is none.
        std::fs::create_dir_all("/run/sshd").expect("we are root");
    }
    let home = folder.join("home");
    let strict = if options.lax { "no" } else { "yes" };
    let sftp = match &options.sftp {
        Sftp::Own => format!("Subsystem sftp internal-sftp -d {}\n", home.display()),
        Sftp::Program(path) => format!("Subsystem sftp {path} {}\n", folder.display()),
        Sftp::File(path) => {
            let link = folder.join("sftp");
            std::os::unix::fs::symlink(path, &link).expect("a folder of ours");
            let (link, folder) = (link.display(), folder.display());
            format!("Subsystem sftp {link} {folder}\n")
        }
        Sftp::None => String::new(),
    };
    let config = format!(
        "{}\nPort {port}\nListenAddress 127.0.0.1\nHostKey {}\nPidFile none\n\
         AuthorizedKeysFile {}/.ssh/authorized_keys\nPasswordAuthentication no\n\
         KbdInteractiveAuthentication no\nUsePAM no\nStrictModes {strict}\n\
         PermitRootLogin yes\nLogLevel VERBOSE\nSetEnv HOME={}\n{sftp}",
        options.settings,
        folder.join("host").display(),
        home.display(),
        // The shell's own files are not the tests' matter, and can take their time.
        home.display()
    );
    std::fs::write(folder.join("config"), config).expect("a folder of ours");
    sshd(folder)
}

/// By the configuration in its folder. Each connection is a fork of the server, not a new program, which a third of the time
/// would go to.
pub(super) fn sshd(folder: &Path) -> Vec<String> {
    let config = folder.join("config").display().to_string();
    ["/usr/sbin/sshd", "-r", "-D", "-e", "-f", &config]
        .map(ToOwned::to_owned)
        .to_vec()
}

pub(super) fn dropbear(folder: &Path, port: u16) -> Vec<String> {
    host_key(folder, "rsa");
    let key = folder.join("host.dropbear");
    let converted = Command::new("dropbearconvert")
        .args(["openssh", "dropbear"])
        .arg(folder.join("host"))
        .arg(&key)
        .output();
    succeeded(
        "dropbearconvert",
        &converted.expect("dropbear: run scripts/install"),
    );
    let address = format!("127.0.0.1:{port}");
    let key = key.display().to_string();
    let program = [
        "/usr/sbin/dropbear",
        "-F",
        "-E",
        "-s",
        "-p",
        &address,
        "-r",
        &key,
    ];
    program.map(ToOwned::to_owned).to_vec()
}

/// By this environment the user's home is the one in the folder: from a library that is loaded before the system's. Dropbear
/// looks for the keys there, and sshd's StrictModes asks who may write to the folders from the keys up to there.
pub(super) fn another_home(folder: &Path) -> Vec<(String, String)> {
    let (id, home) = (user_id(None), folder.join("home"));
    let ours = format!("{}:x:{id}:{id}::{}:/bin/sh\n", user(), home.display());
    // As which OpenSSH parses what comes from others, where it is started by root.
    let sshd = "sshd:x:65534:65534::/run/sshd:/usr/sbin/nologin\n";
    let files = [
        ("passwd", ours + sshd),
        ("group", format!("{}:x:{id}:\nnogroup:x:65534:\n", user())),
    ];
    let mut environment = vec![("LD_PRELOAD".to_owned(), "libnss_wrapper.so".to_owned())];
    for (name, content) in files {
        let file = folder.join(name);
        std::fs::write(&file, content).expect("a folder of ours");
        let variable = format!("NSS_WRAPPER_{}", name.to_uppercase());
        environment.push((variable, file.display().to_string()));
    }
    environment
}

fn host_key(folder: &Path, kind: &str) {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-N", "", "-m", "PEM", "-t", kind, "-f"])
        .arg(folder.join("host"))
        .output();
    succeeded(
        "ssh-keygen",
        &made.expect("ssh-keygen: run scripts/install"),
    );
}
