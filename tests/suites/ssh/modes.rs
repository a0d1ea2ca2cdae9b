//! Files that somebody else may write to: refused where sshd refuses them, and taken where it takes them.

use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

use rotation_tests::ssh::{Options, Sshd};

use crate::lab::Lab;

const CHANGED: &str = "Rotation.TargetRefused";

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("a file of ours");
}

/// The file, its folder, and the home.
fn paths(host: &Sshd) -> [PathBuf; 3] {
    let file = host.key_file();
    let folder = file.parent().expect("a folder").to_owned();
    let home = folder.parent().expect("a home").to_owned();
    [file, folder, home]
}

/// As on Debian and Ubuntu, where a user's files have a group of their own, and a umask of 002: sshd reads them there, and so do
/// we. Nothing is said of it.
#[tokio::test]
async fn a_group_of_ones_own() {
    let lab = Lab::one(&[]).await;
    let [file, folder, home] = paths(&lab.hosts[0]);
    for (path, mode) in [(&home, 0o775), (&folder, 0o775), (&file, 0o664)] {
        set_mode(path, mode);
    }
    assert!(
        lab.hosts[0].lets_in(&lab.private("AWSCURRENT")).await,
        "sshd does not"
    );
    for _ in 0..2 {
        lab.rotates().await;
    }
    assert_eq!(warnings(&lab), Vec::<String>::new());
    let mode = std::fs::metadata(&file)
        .expect("a file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o664, "it stays");
}

/// A group of others, where sshd is told to be lax: the login by this file is the proof. The log says it.
#[tokio::test]
async fn a_group_of_others() {
    let lax = Options {
        lax: true,
        ..Options::default()
    };
    let lab = Lab::of(vec![Sshd::start_with(&lax).await], &[], |_| ()).await;
    let [file, folder, _] = paths(&lab.hosts[0]);
    set_mode(&folder, 0o770);
    let given = chown(&folder, None, Some(other_group()));
    given.expect("a group of ours");
    lab.rotates().await;
    let said = warnings(&lab);
    let folder = format!("\"path\":\"{}\"", folder.display());
    assert!(
        !said.is_empty() && said.iter().all(|line| line.contains(&folder)),
        "{said:?}"
    );
    assert!(file.exists());
}

/// One that is not the user's own number, and that the user may give a file to.
fn other_group() -> u32 {
    if rotation_tests::ssh::user() == "root" {
        return 1235;
    }
    let answer = std::process::Command::new("id").arg("-G").output();
    let groups = String::from_utf8_lossy(&answer.expect("the program id").stdout).into_owned();
    let mut groups = groups.split_whitespace().skip(1).flat_map(str::parse);
    groups
        .next()
        .expect("a second group: run as root, or be in one")
}

fn warnings(lab: &Lab) -> Vec<String> {
    let log = lab.function.log();
    let lines = log.lines().filter(|line| line.contains("\"WARN\""));
    lines.map(ToOwned::to_owned).collect()
}

/// sshd reads no file that others may write to; ours neither.
#[tokio::test]
async fn files_that_sshd_would_not_trust() {
    let lax = Options {
        lax: true,
        ..Options::default()
    };
    let lab = Lab::of(vec![Sshd::start_with(&lax).await], &[], |_| ()).await;
    let token = lab.until("createSecret").await;
    let file = lab.hosts[0].key_file();
    let folder = file.parent().expect("a folder").to_owned();
    let home = folder.parent().expect("a home").to_owned();
    for (path, wrong, right) in [
        (&file, 0o602, 0o600),
        (&folder, 0o702, 0o700),
        (&home, 0o757, 0o755),
    ] {
        set_mode(path, wrong);
        lab.refused(&token, "setSecret", CHANGED, "others may write to it")
            .await;
        set_mode(path, right);
    }
    let kept = folder.join("kept");
    std::fs::rename(&file, &kept).expect("a file of ours");
    std::os::unix::fs::symlink(&kept, &file).expect("room for a link");
    lab.refused(&token, "setSecret", CHANGED, "is no regular file")
        .await;
    std::fs::rename(&kept, &file).expect("a file of ours");
    lab.steps_from(&token, "setSecret").await.expect("the rest");
}
