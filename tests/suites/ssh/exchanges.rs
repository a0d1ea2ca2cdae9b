//! Hosts that agree to few key exchanges, as those in FIPS mode.

use rotation_tests::ssh::{Options, Sshd};

use crate::lab::Lab;

#[tokio::test]
async fn what_hosts_in_fips_mode_have() {
    for exchange in [
        "ecdh-sha2-nistp256",
        "ecdh-sha2-nistp384",
        "ecdh-sha2-nistp521",
        "diffie-hellman-group14-sha256",
        "diffie-hellman-group16-sha512",
        "diffie-hellman-group-exchange-sha256",
        "curve25519-sha256@libssh.org",
    ] {
        let options = Options {
            settings: format!("KexAlgorithms {exchange}\n"),
            ..Options::default()
        };
        let lab = Lab::of(vec![Sshd::start_with(&options).await], &[], |_| ()).await;
        let token = lab.begin();
        if let Err(error) = lab.steps_from(&token, "createSecret").await {
            panic!("{exchange}: {}", error.message);
        }
    }
}

/// What the host offers is told, for ours can be read here.
#[tokio::test]
async fn none_in_common() {
    let mut lab = Lab::one(&[]).await;
    let token = lab.until("createSecret").await;
    let only = "KexAlgorithms sntrup761x25519-sha512@openssh.com,diffie-hellman-group14-sha1\n";
    lab.hosts[0]
        .reconfigure(|config| only.to_owned() + &config)
        .await;
    let words = "no common key exchange: it offers sntrup761x25519-sha512@openssh.com, diffie-hellman-group14-sha1";
    lab.refused(&token, "setSecret", "Rotation.TargetRefused", words)
        .await;
}
