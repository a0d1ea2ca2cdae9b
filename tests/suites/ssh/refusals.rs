//! What is refused, before anything is changed.

use rotation_tests::ssh::{Pair, Sshd};
use serde_json::{Value, json};

use crate::lab::Lab;

const CHANGED: &str = "Rotation.TargetRefused";
const VALUE: &str = "Rotation.SecretValue";

/// What is wrong with a secret is said before a version is made.
#[tokio::test]
async fn secrets() {
    let lab = Lab::one(&[]).await;
    let good: Value =
        serde_json::from_str(&lab.aws.value(&lab.arn, "AWSCURRENT").expect("a value"))
            .expect("JSON");
    let (other, encrypted) = (
        Pair::new("ed25519", &[]),
        Pair::new("ed25519", &["-N", "locked"]),
    );
    let weak = Pair::new("rsa", &["-b", "1024"]);
    let rows = [
        (
            "known_hosts",
            Value::Null,
            VALUE,
            "nothing is trusted on first use",
        ),
        (
            "hosts",
            Value::Null,
            VALUE,
            "must also have host (or hosts)",
        ),
        (
            "hosts",
            json!(["a", "a:22"]),
            VALUE,
            "must name each host once",
        ),
        (
            "host",
            json!("a"),
            VALUE,
            "must have host or hosts, not both",
        ),
        (
            "authorized_keys_path",
            json!("../x"),
            VALUE,
            "path not allowed",
        ),
        (
            "authorized_keys_path",
            json!("~a/keys"),
            VALUE,
            "path not allowed",
        ),
        (
            "authorized_keys_path",
            json!("%h/keys"),
            VALUE,
            "path not allowed",
        ),
        (
            "PrivateKey",
            json!(other.private),
            VALUE,
            "must have private_key or PrivateKey, not both",
        ),
        (
            "private_key",
            json!("hunter2"),
            CHANGED,
            "private_key is no private key",
        ),
        (
            "private_key",
            json!(encrypted.private),
            CHANGED,
            "is encrypted, and the secret has no passphrase",
        ),
        (
            "private_key",
            json!(weak.private),
            CHANGED,
            "is an RSA key of 1024 bits",
        ),
        (
            "public_key",
            json!(other.public),
            CHANGED,
            "public_key does not belong to the private key",
        ),
    ];
    for (key, value, error_type, words) in rows {
        lab.edit_current(|secret| {
            *secret = good.clone();
            let members = secret.as_object_mut().expect("an object");
            match value {
                Value::Null => members.remove(key),
                value => members.insert(key.into(), value),
            };
            if key == "private_key" {
                members.remove("public_key");
            }
        });
        let token = lab.begin();
        lab.refused(&token, "createSecret", error_type, words).await;
    }
}

/// AWS's sample has its own names for the keys.
#[tokio::test]
async fn the_samples_names_are_kept() {
    let lab = Lab::one(&[]).await;
    lab.edit_current(|secret| {
        let members = secret.as_object_mut().expect("an object");
        for (ours, theirs) in [("private_key", "PrivateKey"), ("public_key", "PublicKey")] {
            let value = members.remove(ours).expect("a key");
            members.insert(theirs.into(), value);
        }
    });
    lab.rotates().await;
    assert!(lab.hosts[0].accepts(&lab.field("AWSCURRENT", "PrivateKey")));
    let value = lab.aws.value(&lab.arn, "AWSCURRENT").expect("a value");
    assert!(!value.contains("private_key") && value.contains("\"owner\":\"team\""));
}

/// Another key than the one that the secret names, none that it names, another type, one that it takes back.
#[tokio::test]
async fn host_keys() {
    let (lab, other) = (Lab::one(&[]).await, Sshd::start().await);
    let known = lab.hosts[0].known_host();
    let key = other
        .known_host()
        .split_once(' ')
        .expect("a line")
        .1
        .to_owned();
    let name = known.split_once(' ').expect("a line").0.to_owned();
    let own = known.replacen(&name, "", 1);
    let rsa = Pair::new("rsa", &[]).public;
    let token = lab.until("createSecret").await;
    let revoked = format!("{known}\n@revoked * {own}");
    for (line, words, expected) in [
        (format!("{name} {key}"), "host key mismatch for", 1),
        (format!("elsewhere {key}"), "no host key of", 0),
        (format!("{name} {rsa}"), "host key mismatch for", 1),
        (
            format!("{name} {key}\n{name} {rsa}"),
            "host key mismatch for",
            2,
        ),
        (revoked, "is revoked in known_hosts", 0),
    ] {
        lab.edit_current(|secret| secret["known_hosts"] = json!(line));
        let said = lab.refused(&token, "setSecret", CHANGED, words).await;
        let prints = said.matches("SHA256:").count();
        assert_eq!(prints, 1 + expected, "got one, and those expected: {said}");
    }
    let authority = format!("{known}\n@cert-authority * {own}");
    lab.edit_current(|secret| secret["known_hosts"] = json!(authority));
    let words = "no @cert-authority, for certificates are not supported: line 2";
    lab.refused(&token, "setSecret", VALUE, words).await;
    lab.edit_current(|secret| secret["known_hosts"] = json!(known));
    lab.steps_from(&token, "setSecret").await.expect("the rest");
}

/// A host that has a certificate is known by its key all the same. One that shows nothing but the certificate is not.
#[tokio::test]
async fn certificates() {
    let mut lab = Lab::one(&[]).await;
    let folder = lab.hosts[0].folder().to_owned();
    let made = std::process::Command::new("ssh-keygen")
        .args(["-q", "-h", "-I", "host", "-s"])
        .args([folder.join("host"), folder.join("host.pub")])
        .output();
    let made = made.expect("ssh-keygen: run scripts/install");
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    let certificate = format!("HostCertificate {}/host-cert.pub\n", folder.display());
    lab.hosts[0]
        .reconfigure(|config| certificate + &config)
        .await;
    lab.rotates().await;
    let token = lab.until("createSecret").await;
    let alone = "HostKeyAlgorithms ssh-ed25519-cert-v01@openssh.com\n";
    lab.hosts[0]
        .reconfigure(|config| alone.to_owned() + &config)
        .await;
    let words = "no common host key: it offers ssh-ed25519-cert-v01@openssh.com";
    lab.refused(&token, "setSecret", CHANGED, words).await;
    lab.hosts[0]
        .reconfigure(|config| config.replace(alone, ""))
        .await;
    lab.steps_from(&token, "setSecret").await.expect("the rest");
}
