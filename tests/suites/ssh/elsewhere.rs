//! A login that is authorized by another file than the one that is to be edited, or whose files are seen from elsewhere.

use std::fs::File;
use std::path::Path;

use rotation_tests::ssh::{Options, Sftp, Sshd};

use crate::lab::Lab;

/// What is where the authorized_keys should be.
#[derive(Debug)]
enum There {
    Nothing,
    Folder,
    File(String),
    /// So many bytes.
    Large(u64),
}

impl There {
    fn put(&self, path: &Path) {
        let made = match self {
            Self::Nothing => Ok(()),
            Self::Folder => std::fs::create_dir(path),
            Self::File(content) => std::fs::write(path, content),
            Self::Large(size) => File::create(path).and_then(|file| file.set_len(*size)),
        };
        made.expect("a folder of ours");
    }

    /// Takes it away, if it is as it was.
    fn take(&self, path: &Path) {
        let taken = match self {
            Self::Nothing => return assert!(!path.exists()),
            Self::Folder => std::fs::remove_dir(path),
            Self::File(content) => {
                let there = std::fs::read_to_string(path);
                assert_eq!(there.ok().as_ref(), Some(content));
                std::fs::remove_file(path)
            }
            Self::Large(size) => {
                let there = std::fs::metadata(path).map(|file| file.len());
                assert_eq!(there.ok(), Some(*size));
                std::fs::remove_file(path)
            }
        };
        taken.expect("what was put there");
    }
}

/// sshd finds the key in another file, and the one to edit is none that we edit.
#[tokio::test]
async fn the_key_is_not_in_this_file() {
    let mut lab = Lab::one(&[]).await;
    let token = lab.until("createSecret").await;
    let host = &mut lab.hosts[0];
    let (file, other) = (host.key_file(), host.folder().join("home/elsewhere"));
    let usual = format!("AuthorizedKeysFile {}", file.display());
    let both = format!("AuthorizedKeysFile {} {}", other.display(), file.display());
    host.reconfigure(|config| config.replace(&usual, &both))
        .await;
    std::fs::rename(&file, &other).expect("a file of ours");
    let content = std::fs::read_to_string(&other).expect("a file of ours");
    let none = "the login's key is authorized elsewhere. Name that file";
    let not = "does not hold the key that logs in, which is authorized elsewhere";
    for (there, words) in [
        (There::Nothing, none),
        (There::File(String::new()), not),
        (There::File(format!("# {content}")), not),
        (There::File(format!("cert-authority {content}")), not),
        (There::Folder, "is no regular file"),
        (There::Large(100 << 20), "has more than 1048576 bytes"),
    ] {
        there.put(&file);
        let error = lab.step(&token, "setSecret").await.expect_err(words);
        assert!(
            error.message.contains(words),
            "{there:?}: {}",
            error.message
        );
        assert_eq!(error.error_type, "Rotation.TargetRefused", "{there:?}");
        there.take(&file);
    }
    std::fs::rename(&other, &file).expect("a file of ours");
    lab.ends_well(&token, "setSecret", "the file is back").await;
}

/// SFTP sees the home as the root of all.
#[tokio::test]
async fn a_root_of_its_own() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = folder.path().join("sftp");
    std::fs::write(&program, CHANGED_ROOT).expect("room for a script");
    let options = Options {
        sftp: Sftp::Program(format!("/bin/sh {}", program.display())),
        ..Options::default()
    };
    let lab = Lab::of(vec![Sshd::start_with(&options).await], &[], |_| ()).await;
    let mut keys = vec![lab.private("AWSCURRENT")];
    for _ in 0..2 {
        lab.rotates().await;
        keys.push(lab.private("AWSCURRENT"));
    }
    let mut accepted = Vec::new();
    for key in &keys {
        accepted.push(lab.hosts[0].lets_in(key).await);
    }
    assert_eq!(accepted, [false, true, true]);
}

/// As ChrootDirectory does, which sshd does for root alone, and only where all folders above are root's. What the program needs
/// is mounted in the home, for it alone.
const CHANGED_ROOT: &str = r#"
exec unshare -rm /bin/sh -c '
    for folder in bin dev etc lib lib64 usr; do
        mkdir -p "$0/home/$folder" && mount --rbind "/$folder" "$0/home/$folder" || exit 1
    done
    exec /usr/sbin/chroot "$0/home" /usr/lib/openssh/sftp-server -d /' "$1"
"#;
