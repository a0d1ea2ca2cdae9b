//! Two invocations at once, each of which takes the other for dead.

use std::time::Duration;

use rotation_kit::aws::FunctionError;
use rotation_tests::ssh::Sshd;
use tokio::sync::oneshot;

use crate::faulty::{arm, disarm, faulty, grow_old, lengthen};
use crate::lab::Lab;

const RENAME: &str = "posix-rename@openssh.com";
const WRITE: &str = "6";

type Answer = Result<(), FunctionError>;

/// A rotation that got as far as createSecret, and the file before its key is added: one that is written piece by piece.
async fn begun() -> (Lab, String, String) {
    let lab = Lab::of(vec![faulty().await], &[], |_| ()).await;
    lengthen(&lab.hosts[0], 100_000);
    let token = lab.until("createSecret").await;
    let before = lab.hosts[0].authorized_keys();
    (lab, token, before)
}

/// The first one pauses right before it renames, and its lock grows old; the second one gets as far as the middle of its
/// file; then the first one goes on to its end, then the second one. What both answer, and `there` in between.
async fn overlap<T>(lab: &Lab, token: &str, there: impl FnOnce(&Sshd) -> T) -> (Answer, Answer, T) {
    let (host, (over, ended)) = (&lab.hosts[0], oneshot::channel());
    arm(host, &format!("pause {RENAME} 1"));
    let first = async {
        let answer = lab.step(token, "setSecret").await;
        over.send(()).expect("it is waited for");
        answer
    };
    let rest = async {
        paused(host, RENAME).await;
        grow_old(host);
        arm(host, &format!("pause {WRITE} 3"));
        let between = async {
            paused(host, WRITE).await;
            release(host, RENAME);
            ended.await.expect("the first one's end");
            let seen = there(host);
            disarm(host);
            release(host, WRITE);
            seen
        };
        tokio::join!(lab.step(token, "setSecret"), between)
    };
    let (first, (second, seen)) = tokio::join!(first, rest);
    (first, second, seen)
}

async fn paused(host: &Sshd, before: &str) {
    let file = host.folder().join(format!("paused-{before}"));
    for _ in 0..6000 {
        if file.exists() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("no pause before {before}: {}", host.log());
}

fn release(host: &Sshd, before: &str) {
    let file = host.folder().join(format!("paused-{before}"));
    std::fs::remove_file(file).expect("a pause");
}

fn lock_is_there(host: &Sshd) -> bool {
    host.key_file().with_extension("rotation-lock").exists()
}

/// A slow invocation whose lock was taken renames nothing of the other's, least of all half of a file.
#[tokio::test]
async fn a_file_is_never_torn() {
    let (lab, token, before) = begun().await;
    let host = &lab.hosts[0];
    let look = |host: &Sshd| (host.authorized_keys(), lock_is_there(host));
    let (first, second, (between, locked)) = overlap(&lab, &token, look).await;
    let error = first.expect_err("its file was swept away");
    assert_eq!(error.error_type, "Rotation.Target", "{}", error.message);
    assert!(between == before, "torn: {} bytes", between.len());
    assert!(locked, "the lock was the second one's");
    second.expect("the lock's owner");
    let after = host.authorized_keys();
    assert!(after.starts_with(&before) && after.matches("rotation:").count() == 1);
    lab.ends_well(&token, "setSecret", "two at once").await;
}

/// Both find the lock of a dead one, and one of them has it in the end.
#[tokio::test]
async fn a_dead_ones_lock_is_taken_once() {
    let (lab, token, before) = begun().await;
    let host = &lab.hosts[0];
    let lock = host.key_file().with_extension("rotation-lock");
    std::fs::write(lock, "").expect("a folder of ours");
    grow_old(host);
    let (first, second, locked) = overlap(&lab, &token, lock_is_there).await;
    let error = first.expect_err("too late");
    assert_eq!(error.error_type, "Rotation.Busy", "{}", error.message);
    assert!(locked, "the lock was the second one's");
    second.expect("the lock's owner");
    assert!(host.authorized_keys().starts_with(&before));
    lab.ends_well(&token, "setSecret", "two at once").await;
}
