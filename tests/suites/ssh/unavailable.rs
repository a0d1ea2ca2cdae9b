//! Hosts that are down, and hosts whose files cannot be written.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rotation_tests::ssh::{Options, Sftp, Sshd, user};

use crate::faulty::{grow_old, lengthen, litter, served_by};
use crate::lab::Lab;

/// A lab of three hosts, the second of which goes down.
async fn fleet() -> Lab {
    let hosts = vec![
        Sshd::start().await,
        Sshd::start().await,
        Sshd::start().await,
    ];
    Lab::of(hosts, &[], |_| ()).await
}

/// Before the key is added, before it is tried, before it becomes AWSCURRENT, and before the old one is retired. The
/// others have both keys then.
#[tokio::test]
async fn a_host_is_down() {
    for (step, holders) in [
        ("createSecret", [true, true, false]),
        ("setSecret", [false, true, false]),
        ("testSecret", [false, true, true]),
        ("finishSecret", [false, true, true]),
    ] {
        let mut lab = fleet().await;
        lab.rotates().await;
        let keys = ["AWSPREVIOUS", "AWSCURRENT"].map(|label| lab.private(label));
        let token = lab.begin();
        for earlier in ["createSecret", "setSecret", "testSecret"] {
            if earlier == step {
                break;
            }
            lab.must(&token, earlier).await;
        }
        lab.hosts[1].kill();
        let down = lab.hosts[1].host();
        lab.refused(&token, step, "Rotation.Target", &down).await;
        let pending = lab.aws.value(&lab.arn, "AWSPENDING");
        let pending = pending.map(|_| lab.private("AWSPENDING"));
        let [previous, current] = keys;
        for (key, held) in [Some(previous), Some(current), pending].iter().zip(holders) {
            for host in [&lab.hosts[0], &lab.hosts[2]] {
                let accepted = key.as_ref().is_some_and(|key| host.accepts(key));
                assert_eq!(accepted, held, "{step}");
            }
        }
        lab.hosts[1].restart().await;
        lab.current_is_accepted(step);
        lab.ends_well(&token, step, step).await;
    }
}

/// A program for SFTP, which /bin/sh runs: these words before sshd's own, and these options for it.
fn script(folder: &tempfile::TempDir, words: &str, options: &str) -> String {
    let file = folder.path().join("sftp");
    let text = format!("{words} /usr/lib/openssh/sftp-server {options} -d \"$1/home\"\n");
    std::fs::write(&file, text).expect("room for a script");
    format!("/bin/sh {}", file.display())
}

/// What the server sees is mounted for it alone, in `$D`.
fn mounted(how: &str) -> String {
    format!("D=$1/home/.ssh; export D; exec unshare -rm /bin/sh -c '{how} exec \"$@\"' sh")
}

/// A folder to which nobody can write.
const READ_ONLY: &str = r#"mount --bind "$D" "$D" && mount -o remount,bind,ro "$D" &&"#;
/// A file that can be written, but not exchanged.
const BUSY: &str = r#"F=$D/authorized_keys; mount --bind "$F" "$F" &&"#;
/// Two pages: the keys take one, and a lock the other. What is left of the keys is told when the session has ended.
const FULL: &str = r#"exec 8<"$D/authorized_keys" 9<"$D/authorized_keys"; echo began >>"$D/../seen"
mount -t tmpfs -o size=8k,mode=700 tmpfs "$D" && cat <&8 >"$D/authorized_keys" && chmod 600 "$D/authorized_keys" && "$@"
cmp -s - "$D/authorized_keys" <&9 && echo "whole, beside" $(ls "$D") >>"$D/../seen";"#;

/// A file system of two pages.
#[tokio::test]
async fn the_disk_is_full() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let lab = Lab::of(
        vec![served_by(&script(&folder, "exec", "")).await],
        &[],
        |_| (),
    )
    .await;
    let host = &lab.hosts[0];
    lengthen(host, 3000);
    let token = lab.until("createSecret").await;
    script(&folder, &mounted(FULL).replace("exec \"$@\"", ""), "");
    lab.refused(&token, "setSecret", "Rotation.Target", "Failure")
        .await;
    let seen = host.folder().join("home/seen");
    let told = loop {
        let told = std::fs::read_to_string(&seen).expect("the server's file");
        if told.matches("whole").count() == told.matches("began").count() {
            break told;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let lines = told.lines().filter(|line| *line != "began");
    for line in lines {
        assert_eq!(line, "whole, beside authorized_keys", "{told}");
    }
    script(&folder, "exec", "");
    lab.ends_well(&token, "setSecret", "a full disk").await;
}

/// It stays theirs. Whoever may not give a file away is told so before anything is exchanged.
#[tokio::test]
async fn a_file_of_somebody_elses() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = Options {
        // sshd with StrictModes would not read it.
        lax: true,
        sftp: Sftp::Program(script(&folder, "exec", "")),
        ..Options::default()
    };
    let lab = Lab::of(vec![Sshd::start_with(&options).await], &[], |_| ()).await;
    let (host, token) = (&lab.hosts[0], lab.until("createSecret").await);
    give_away(&host.key_file());
    let given = owner(host);
    let without_chown = format!("exec {} setpriv --bounding-set -chown", as_root());
    script(&folder, &without_chown, "");
    let words = "belongs to user 1234 and group 1235, which this login cannot give to a file";
    lab.refused(&token, "setSecret", "Rotation.TargetRefused", words)
        .await;
    assert_eq!(litter(host), Vec::<String>::new());
    script(&folder, &format!("exec {}", as_root()), "");
    lab.ends_well(&token, "setSecret", "a file of somebody else's")
        .await;
    assert_eq!(owner(host), given);
}

/// Before a program: it is root's, who may give files away. For an ordinary user it is the root of a user namespace, in which
/// the user has many ids; some of them are 1234 and 1235 there.
fn as_root() -> &'static str {
    match user().as_str() {
        "root" => "",
        _ => "unshare --map-root-user --map-auto",
    }
}

fn give_away(file: &Path) {
    // The server and the test read it, as whoever they are.
    let words = format!("chmod 644 \"$0\" && {} chown 1234:1235 \"$0\"", as_root());
    let mut shell = Command::new("/bin/sh");
    let given = shell.arg("-c").arg(words).arg(file).output();
    assert!(
        given.is_ok_and(|output| output.status.success()),
        "unshare and newuidmap: run scripts/install"
    );
}

/// The authorized_keys' user, group and mode.
fn owner(host: &Sshd) -> (u32, u32, u32) {
    let facts = std::fs::metadata(host.key_file()).expect("a file");
    (facts.uid(), facts.gid(), facts.mode() & 0o7777)
}

/// The login may neither exchange it nor link to it.
#[tokio::test]
async fn an_immutable_file() {
    let lab = Lab::one(&[]).await;
    let (host, token) = (&lab.hosts[0], lab.until("createSecret").await);
    immutable(&host.key_file(), true);
    let answer = lab.step(&token, "setSecret").await;
    let content = host.authorized_keys();
    immutable(&host.key_file(), false);
    let error = answer.expect_err("immutable");
    assert_eq!(
        error.error_type, "Rotation.TargetRefused",
        "{}",
        error.message
    );
    assert!(
        error.message.contains("permission denied"),
        "{}",
        error.message
    );
    assert_eq!(content.matches("rotation:").count(), 0);
    assert_eq!(litter(host), Vec::<String>::new());
    lab.ends_well(&token, "setSecret", "immutable").await;
}

/// For root, the file itself; for others the folder is enough, and all that they may change.
fn immutable(file: &Path, so: bool) {
    let folder = file.parent().expect("a folder");
    if user() == "root" {
        let flag = if so { "+i" } else { "-i" };
        let set = Command::new("chattr").arg(flag).arg(file).output();
        assert!(
            set.is_ok_and(|output| output.status.success()),
            "chattr, on a file system that knows it"
        );
    } else {
        let mode = if so { 0o500 } else { 0o700 };
        let set = std::fs::set_permissions(folder, std::fs::Permissions::from_mode(mode));
        set.expect("a folder of ours");
    }
}

/// What cannot be written leaves the old file as it is, and nothing half beside it where the server lives on.
#[tokio::test]
async fn files_that_cannot_be_written() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (words, options, said, lives) in [
        // A quota: some of it is written, no more.
        ("ulimit -f 2; trap '' XFSZ; exec", "", "Failure", true),
        // The same, and the server dies of it.
        ("ulimit -f 2;", "", "", false),
        ("exec", "-R", "cannot be replaced safely", true),
        ("exec", "-P write", "ermission denied", true),
        (&mounted(READ_ONLY), "", "Failure", true),
        (&mounted(BUSY), "", "Failure", true),
    ] {
        let program = script(&folder, "exec", "");
        let hosts = vec![served_by(&program).await, Sshd::start().await];
        let lab = Lab::of(hosts, &[], |_| ()).await;
        let host = &lab.hosts[0];
        lengthen(host, 3000);
        let (token, before) = (lab.until("createSecret").await, host.authorized_keys());
        script(&folder, words, options);
        let error = lab.step(&token, "setSecret").await.expect_err(words);
        assert!(error.message.contains(&host.host()), "{}", error.message);
        assert!(
            error.message.contains(said),
            "{words} {options}: {}",
            error.message
        );
        assert_eq!(host.authorized_keys(), before, "{words} {options}");
        if lives {
            assert_eq!(litter(host), Vec::<String>::new(), "{words} {options}");
        }
        lab.current_is_accepted(words);
        script(&folder, "exec", "");
        grow_old(host);
        lab.ends_well(&token, "setSecret", words).await;
    }
}
