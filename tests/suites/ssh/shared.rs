//! Hosts that have one authorized_keys: every step succeeds at its first try.

use rotation_kit::aws::STEPS;
use rotation_tests::ssh::{Options, Sftp, Sshd};
use serde_json::json;

use crate::faulty::litter;
use crate::lab::Lab;

async fn rotates_at_the_first_try(lab: &Lab) {
    for _ in 0..3 {
        let token = lab.begin();
        for step in STEPS {
            lab.must(&token, step).await;
        }
        let lines = lab.hosts[0].authorized_keys();
        assert!(lines.matches("rotation:").count() <= 2, "{lines}");
        assert_eq!(litter(&lab.hosts[0]), Vec::<String>::new());
        lab.current_is_accepted("one file");
    }
}

/// A home on a file server.
#[tokio::test]
async fn one_home() {
    let (first, folder) = (
        Sshd::start().await,
        tempfile::tempdir().expect("a temporary folder"),
    );
    let (file, program) = (first.key_file(), folder.path().join("sftp"));
    let home = first.folder().join("home");
    let text = format!("exec /usr/lib/openssh/sftp-server -d {}\n", home.display());
    std::fs::write(&program, text).expect("room for a script");
    let mut hosts = vec![first];
    for _ in 0..3 {
        let options = Options {
            // The file is not in its own home, and the temporary folder is everybody's.
            lax: true,
            settings: format!("AuthorizedKeysFile {}\n", file.display()),
            sftp: Sftp::Program(format!("/bin/sh {}", program.display())),
            ..Options::default()
        };
        hosts.push(Sshd::start_with(&options).await);
    }
    let lab = Lab::of(hosts, &[], |_| ()).await;
    rotates_at_the_first_try(&lab).await;
}

#[tokio::test]
async fn one_host_under_two_names() {
    let variables = [("ALLOWED_HOSTS", "localhost,127.0.0.1")];
    let lab = Lab::of(vec![Sshd::start().await], &variables, |secret| {
        let (name, known) = (secret["hosts"][0].clone(), secret["known_hosts"].clone());
        let other = |text: &serde_json::Value| {
            text.as_str()
                .expect("a text")
                .replace("localhost", "127.0.0.1")
        };
        secret["hosts"] = json!([name, other(&name)]);
        secret["known_hosts"] = json!([known, other(&known)]);
    })
    .await;
    rotates_at_the_first_try(&lab).await;
}
