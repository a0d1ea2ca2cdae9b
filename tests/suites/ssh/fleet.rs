//! Rotations over several hosts of different kinds.

use rotation_tests::ssh::{Options, Pair, Sftp, Sshd};
use serde_json::{Value, json};

use crate::faulty::litter;
use crate::lab::Lab;

/// One is dropbear, one has no SFTP root of its own, all are StrictModes; and the last is behind a bastion.
#[tokio::test]
async fn three_rotations() {
    let dropbear = Options {
        dropbear: true,
        ..Options::default()
    };
    let lax = Options {
        lax: true,
        ..Options::default()
    };
    let hosts = vec![
        Sshd::start().await,
        Sshd::start_with(&dropbear).await,
        Sshd::start_with(&lax).await,
        Sshd::start().await,
    ];
    let (bastion, key) = (Sshd::start().await, Pair::new("ed25519", &[]));
    bastion.authorize(&format!("{}\n", key.public));
    let lab = Lab::of(hosts, &[], |secret| {
        let behind = secret["hosts"][3].clone();
        secret["jump"] = json!({
            "host": "localhost", "port": bastion.port(), "username": rotation_tests::ssh::user(),
            "private_key": key.private, "known_hosts": bastion.known_host(), "hosts": [behind],
        });
    })
    .await;
    let mut keys = vec![lab.private("AWSCURRENT")];
    for _ in 0..3 {
        lab.rotates().await;
        keys.push(lab.private("AWSCURRENT"));
        let alive = keys.len() - 2;
        for (n, key) in keys.iter().enumerate() {
            for host in &lab.hosts {
                assert_eq!(host.accepts(key), n >= alive, "key {n} of {}", keys.len());
            }
        }
    }
    assert!(bastion.accepts(&key.private), "the bastion's own");
}

#[tokio::test]
async fn what_else_is_in_the_file_stays() {
    let lab = Lab::one(&[]).await;
    let host = &lab.hosts[0];
    let (other, first) = (Pair::new("ecdsa", &[]), host.authorized_keys());
    let options = "from=\"127.0.0.0/8,::1\",no-pty";
    let content = format!(
        "# by hand\r\n\r\n{}\nnonsense\n{options} {first}",
        other.public
    );
    host.authorize(content.trim_end());
    lab.rotates().await;
    let added = host.authorized_keys();
    let line = added
        .strip_prefix(&content)
        .expect("what was there, and a line more");
    assert!(
        line.starts_with(&format!("{options} ssh-ed25519 ")),
        "{line}"
    );
    assert_eq!(line.matches('\n').count(), 1);
    lab.rotates().await;
    let rest = host.authorized_keys();
    let kept = content.replace(&format!("{options} {first}"), "");
    assert!(rest.starts_with(&kept) && rest.contains(line), "{rest}");
    assert!(!rest.contains(first.trim()));
}

#[tokio::test]
async fn the_next_key_is_of_the_type_that_is_wanted() {
    for (kind, options, wanted, prefix) in [
        ("ecdsa", &["-b", "384"][..], "", "ecdsa-sha2-nistp384 "),
        ("rsa", &["-b", "2048", "-m", "PEM"], "", "ssh-rsa "),
        ("ed25519", &[], "ecdsa-p256", "ecdsa-sha2-nistp256 "),
    ] {
        let host = Sshd::start().await;
        let pair = Pair::new(kind, options);
        let lab = Lab::with(vec![host], &pair, &[("SSH_KEY_TYPE", wanted)], |_| ()).await;
        lab.rotates().await;
        let public = lab.field("AWSCURRENT", "public_key");
        assert!(public.starts_with(prefix), "{kind}: {public}");
        assert!(lab.hosts[0].accepts(&lab.private("AWSCURRENT")));
    }
}

/// By a shell alone, where there is no SFTP: the new key beside the old, what is in the file kept, the old one dead.
#[tokio::test]
async fn without_sftp() {
    let plain = Options {
        sftp: Sftp::None,
        ..Options::default()
    };
    let dropbear = Options {
        dropbear: true,
        ..Options::default()
    };
    for options in [plain, dropbear] {
        let hosts = vec![Sshd::start_with(&options).await];
        let file = hosts[0].key_file();
        let change = |secret: &mut Value| secret["authorized_keys_path"] = json!(file);
        let lab = Lab::of(hosts, &[("SSH_WITHOUT_SFTP", "true")], change).await;
        let host = &lab.hosts[0];
        host.authorize(&format!("# by hand\r\n\r\n{}", host.authorized_keys()));
        let mut keys = vec![lab.private("AWSCURRENT")];
        for _ in 0..2 {
            lab.rotates().await;
            keys.push(lab.private("AWSCURRENT"));
        }
        let accepted: Vec<bool> = keys.iter().map(|key| host.accepts(key)).collect();
        assert_eq!(accepted, [false, true, true], "{options:?}");
        assert!(host.authorized_keys().starts_with("# by hand\r\n\r\n"));
        assert_eq!(litter(host), Vec::<String>::new(), "{options:?}");
    }
}

/// As bash does, which reads .bashrc for such commands too, where somebody wrote `cd` into that: the home is still the home.
#[tokio::test]
async fn a_shell_that_begins_elsewhere() {
    let options = Options {
        settings: "ForceCommand cd /; eval \"$SSH_ORIGINAL_COMMAND\"\n".to_owned(),
        ..Options::default()
    };
    let hosts = vec![Sshd::start_with(&options).await];
    let lab = Lab::of(hosts, &[("SSH_WITHOUT_SFTP", "true")], |_| ()).await;
    lab.rotates().await;
    assert!(lab.hosts[0].lets_in(&lab.private("AWSCURRENT")).await);
}

/// A line that ends on a day is copied with that day, which the log tells. One that ends before long is not copied.
#[tokio::test]
async fn a_line_that_ends_on_a_day() {
    let lab = Lab::one(&[]).await;
    let host = &lab.hosts[0];
    let first = host.authorized_keys();
    host.authorize(&format!("no-pty,expiry-time=\"20991231Z\" {first}"));
    let token = lab.begin();
    lab.must(&token, "testSecret").await;
    lab.steps_from(&token, "createSecret")
        .await
        .expect("all of it");
    let lines = host.authorized_keys();
    assert_eq!(
        lines.matches("expiry-time=\"20991231Z\"").count(),
        2,
        "{lines}"
    );
    let log = lab.function.log();
    let told = log
        .lines()
        .filter(|line| line.contains("\"WARN\"") && line.contains("20991231Z"));
    let told = told.filter(|line| line.contains(&host.host())).count();
    assert_eq!(told, 2, "in testSecret alone, and in setSecret: {log}");
    let soon = std::process::Command::new("date")
        .args(["-u", "-d", "+20 hours", "+%Y%m%d%H%M%SZ"])
        .output();
    let soon = String::from_utf8_lossy(&soon.expect("date").stdout).into_owned();
    let soon = soon.trim_end();
    host.authorize(&host.authorized_keys().replace("20991231Z", soon));
    let token = lab.begin();
    let words = format!("would end on {soon} (expiry-time in its options)");
    lab.refused(&token, "testSecret", "Rotation.TargetRefused", &words)
        .await;
    lab.edit_current(|secret| secret["options"] = json!("no-pty"));
    let token = lab.begin();
    lab.steps_from(&token, "createSecret")
        .await
        .expect("all of it");
}
