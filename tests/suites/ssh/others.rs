//! Somebody else is at work on the same file.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rotation_tests::ssh::Sshd;

use crate::faulty::{arm, disarm, faulty, grow_old, litter};
use crate::lab::Lab;

const RENAME: &str = "posix-rename@openssh.com";

/// Their line comes after the last look at the file, right before it is replaced.
#[tokio::test]
async fn a_line_comes_right_before_the_file_is_replaced() {
    let lab = Lab::of(vec![faulty().await], &[], |_| ()).await;
    let host = &lab.hosts[0];
    lab.rotates().await;
    for step in ["createSecret", "setSecret"] {
        let token = lab.begin();
        if step == "setSecret" {
            lab.must(&token, "createSecret").await;
        }
        arm(host, &format!("append {RENAME} # before {step}"));
        lab.must(&token, step).await;
        assert!(!host.folder().join("fault").exists(), "{step} replaced it");
        let line = format!("# before {step}\n");
        assert!(host.authorized_keys().contains(&line), "{step} lost a line");
        lab.ends_well(&token, step, step).await;
        assert_eq!(host.authorized_keys().matches("rotation:").count(), 2);
    }
}

/// And so every time: it is given up, and said.
#[tokio::test]
async fn a_line_comes_every_time_the_file_is_replaced() {
    let lab = Lab::of(vec![faulty().await], &[], |_| ()).await;
    let host = &lab.hosts[0];
    let token = lab.until("createSecret").await;
    arm(host, &format!("append-all {RENAME} # again"));
    let error = lab.step(&token, "setSecret").await.expect_err("given up");
    let words = "changed by somebody else twice while it was replaced: look whether";
    assert!(error.message.contains(words), "{}", error.message);
    disarm(host);
    lab.current_is_accepted("a line every time");
    lab.ends_well(&token, "setSecret", "a line every time")
        .await;
}

/// A server that never comes to an end is given up, and the file stays as it is.
#[tokio::test]
async fn answers_without_end() {
    for (fault, words) in [
        ("endless", "without end (more than 10000 names"),
        ("empty", "sends a file in empty pieces"),
    ] {
        let lab = Lab::of(vec![faulty().await], &[], |_| ()).await;
        let (host, token) = (&lab.hosts[0], lab.until("createSecret").await);
        arm(host, fault);
        lab.refused(&token, "setSecret", "Rotation.TargetRefused", words)
            .await;
        disarm(host);
        lab.ends_well(&token, "setSecret", fault).await;
    }
}

/// Lines come all the time, at no particular moment.
#[tokio::test]
async fn lines_come_all_the_time() {
    let lab = Lab::one(&[]).await;
    let (host, over) = (&lab.hosts[0], AtomicBool::new(false));
    let path = host.key_file();
    let writing = async {
        let mut n = 0;
        while !over.load(Ordering::SeqCst) {
            let file = std::fs::OpenOptions::new().append(true).open(&path);
            writeln!(file.expect("never gone"), "# theirs {n}").expect("room for a line");
            n += 1;
            tokio::time::sleep(Duration::from_millis(23)).await;
        }
        n
    };
    let rotating = async {
        for _ in 0..8 {
            let token = lab.begin();
            let mut tries = 0;
            while let Err(error) = lab.steps_from(&token, "createSecret").await {
                let words = "is being changed by somebody else";
                assert!(error.message.contains(words), "{}", error.message);
                tries += 1;
                assert!(tries < 20, "{}", error.message);
            }
        }
        over.store(true, Ordering::SeqCst);
    };
    let (n, ()) = tokio::join!(writing, rotating);
    let content = host.authorized_keys();
    for n in 0..n {
        let line = format!("# theirs {n}\n");
        assert_eq!(content.matches(&line).count(), 1, "line {n}");
    }
    assert_eq!(content.matches("rotation:").count(), 2);
    assert_eq!(litter(host), Vec::<String>::new());
}

/// The lock of an invocation that lives is respected; that of one that is long dead is not.
#[tokio::test]
async fn locks() {
    let lab = Lab::of(vec![faulty().await, Sshd::start().await], &[], |_| ()).await;
    let host = &lab.hosts[0];
    let lock = host.key_file().with_extension("rotation-lock");
    let token = lab.until("createSecret").await;
    std::fs::write(&lock, "").expect("a folder of ours");
    let before = host.authorized_keys();
    let error = lab.step(&token, "setSecret").await.expect_err("busy");
    assert_eq!(error.error_type, "Rotation.Busy", "{}", error.message);
    assert_eq!(host.authorized_keys(), before);
    assert!(lock.exists(), "it is not ours to take away");
    lab.current_is_accepted("a lock");
    grow_old(host);
    lab.ends_well(&token, "setSecret", "an old lock").await;
}

/// What a dead invocation left is taken away where nothing else is to be done, though its lock is gone.
#[tokio::test]
async fn litter_without_a_lock() {
    let lab = Lab::one(&[]).await;
    let host = &lab.hosts[0];
    let token = lab.until("setSecret").await;
    let before = host.authorized_keys();
    for what in [
        "rotation-new-0123456789abcdef",
        "rotation-old-0123456789abcdef",
    ] {
        let left = host.key_file().with_extension(what);
        std::fs::write(left, "half a fi").expect("a folder of ours");
        lab.must(&token, "setSecret").await;
        assert_eq!(litter(host), Vec::<String>::new(), "{what}");
        assert_eq!(host.authorized_keys(), before, "{what}");
    }
    lab.ends_well(&token, "testSecret", "litter").await;
}
