//! Private keys in the containers that other programs read: the next one is in the same, and OpenSSL and ssh-keygen read it.

use std::process::Command;

use rotation_tests::ssh::{Pair, Sshd};
use serde_json::json;

use crate::lab::Lab;

/// Type and options of ssh-keygen, settings, and how the next key begins.
type Row = (
    &'static str,
    &'static [&'static str],
    &'static [(&'static str, &'static str)],
    &'static str,
);

const ROWS: [Row; 9] = [
    ("rsa", &["-b", "2048", "-m", "PEM"], &[], "RSA PRIVATE KEY"),
    (
        "rsa",
        &["-b", "2048", "-m", "PKCS8"],
        &[("SSH_KEY_TYPE", "rsa-2048")],
        "PRIVATE KEY",
    ),
    (
        "rsa",
        &["-b", "2048"],
        &[("SSH_KEY_TYPE", "rsa-2048"), ("SSH_KEY_FORMAT", "pem")],
        "RSA PRIVATE KEY",
    ),
    (
        "rsa",
        &["-b", "2048", "-m", "PEM"],
        &[("SSH_KEY_TYPE", "ed25519")],
        "OPENSSH PRIVATE KEY",
    ),
    ("ecdsa", &["-b", "256", "-m", "PEM"], &[], "EC PRIVATE KEY"),
    ("ecdsa", &["-b", "384", "-m", "PEM"], &[], "EC PRIVATE KEY"),
    ("ecdsa", &["-b", "384", "-m", "PKCS8"], &[], "PRIVATE KEY"),
    ("ed25519", &[], &[], "OPENSSH PRIVATE KEY"),
    (
        "ed25519",
        &[],
        &[("SSH_KEY_FORMAT", "pkcs8")],
        "PRIVATE KEY",
    ),
];

#[tokio::test]
async fn the_container_stays() {
    for (kind, options, settings, begin) in ROWS {
        let what = format!("{kind} {options:?} {settings:?}");
        let pair = Pair::new(kind, options);
        let lab = Lab::with(vec![Sshd::start().await], &pair, settings, |_| ()).await;
        lab.rotates().await;
        let key = lab.private("AWSCURRENT");
        assert!(
            key.starts_with(&format!("-----BEGIN {begin}-----\n")),
            "{what}"
        );
        assert!(key.ends_with(&format!("-----END {begin}-----\n")), "{what}");
        reads(&key, &what);
        let public = lab.field("AWSCURRENT", "public_key");
        let mark = format!(
            " first rotation:{}",
            lab.aws.holder(&lab.arn, "AWSCURRENT").expect("a version")
        );
        assert!(public.ends_with(&mark), "{what}: {public}");
        lab.rotates().await;
    }
}

/// What reads it beside us: OpenSSL, but for OpenSSH's own format, which is ssh-keygen's matter.
fn reads(key: &str, what: &str) {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("key");
    std::fs::write(&file, key).expect("room for a key");
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).expect("a file of ours");
    let mut reader = if key.contains("OPENSSH") {
        Command::new("ssh-keygen")
    } else {
        Command::new("openssl")
    };
    if key.contains("OPENSSH") {
        reader.args(["-y", "-f"]);
    } else {
        reader.args(["pkey", "-noout", "-check", "-in"]);
    }
    let read = reader.arg(&file).output().expect("run scripts/install");
    let said = String::from_utf8_lossy(&read.stderr);
    assert!(read.status.success(), "{what}: {said}");
}

/// OpenSSL reads what we encrypt, with the secret's passphrase.
#[tokio::test]
async fn with_a_passphrase() {
    let pair = Pair::new("ecdsa", &["-m", "PKCS8", "-N", "correct-horse"]);
    let change = |secret: &mut serde_json::Value| secret["passphrase"] = json!("correct-horse");
    let lab = Lab::with(vec![Sshd::start().await], &pair, &[], change).await;
    for _ in 0..2 {
        lab.rotates().await;
        let key = lab.private("AWSCURRENT");
        assert!(
            key.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"),
            "PKCS#8"
        );
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("key");
        std::fs::write(&file, key).expect("room for a key");
        let read = Command::new("openssl")
            .args([
                "pkey",
                "-noout",
                "-check",
                "-passin",
                "pass:correct-horse",
                "-in",
            ])
            .arg(&file)
            .output();
        let read = read.expect("run scripts/install");
        assert!(
            read.status.success(),
            "{}",
            String::from_utf8_lossy(&read.stderr)
        );
    }
}

/// What no new key can be written in is said before anything is made; so is a setting that does not fit.
#[tokio::test]
async fn what_cannot_be_written() {
    let old = Pair::new("rsa", &["-m", "PEM", "-N", "correct-horse"]);
    let rows = [
        (
            old,
            "",
            "correct-horse",
            "is encrypted in an old way (DEK-Info)",
        ),
        (
            Pair::new("ed25519", &[]),
            "pem",
            "",
            "SSH_KEY_FORMAT=pem has no form for one",
        ),
    ];
    for (pair, format, passphrase, words) in rows {
        let change = |secret: &mut serde_json::Value| secret["passphrase"] = json!(passphrase);
        let settings = [("SSH_KEY_FORMAT", format)];
        let lab = Lab::with(vec![Sshd::start().await], &pair, &settings, change).await;
        let token = lab.begin();
        lab.refused(&token, "createSecret", "Rotation.TargetRefused", words)
            .await;
    }
}

/// As the console's form leaves it.
#[tokio::test]
async fn lost_line_ends() {
    for end in ["\\n", " "] {
        let lab = Lab::one(&[]).await;
        let key = lab.private("AWSCURRENT");
        lab.edit_current(|secret| secret["private_key"] = json!(key.replace('\n', end)));
        lab.rotates().await;
        assert!(
            lab.private("AWSCURRENT")
                .starts_with("-----BEGIN OPENSSH PRIVATE KEY-----\n")
        );
        lab.current_is_accepted(end);
    }
}
