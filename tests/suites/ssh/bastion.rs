//! The host that the others are reached through: entered by the fleet's own key, by one of its own, or as another secret says.

use rotation_tests::ssh::{Pair, Sshd, user};
use serde_json::{Value, json};

use crate::lab::Lab;

const REFUSED: &str = "Rotation.TargetRefused";

/// Three rotations, after each of which every key but the last two is dead, at every host.
async fn rotates_everywhere(lab: &Lab, beside: &[&Sshd]) {
    let mut keys = vec![lab.private("AWSCURRENT")];
    for _ in 0..3 {
        lab.rotates().await;
        keys.push(lab.private("AWSCURRENT"));
        let alive = keys.len() - 2;
        for (n, key) in keys.iter().enumerate() {
            for host in lab.hosts.iter().chain(beside.iter().copied()) {
                let taken = host.lets_in(key).await;
                assert_eq!(
                    taken,
                    n >= alive,
                    "key {n} of {} at {}",
                    keys.len(),
                    host.host()
                );
            }
        }
    }
}

/// It is one of `hosts` too: then it is one host, not two.
#[tokio::test]
async fn among_the_hosts_with_their_key() {
    let hosts = vec![Sshd::start().await, Sshd::start().await];
    let port = hosts[0].port();
    let lab = Lab::of(hosts, &[], |secret| {
        secret["jump"] = json!({"host": "localhost", "port": port});
    })
    .await;
    rotates_everywhere(&lab, &[]).await;
    let lines = lab.hosts[0].authorized_keys();
    assert_eq!(lines.matches("rotation:").count(), 2, "{lines}");
}

/// It is none of `hosts`: its key is rotated all the same.
#[tokio::test]
async fn beside_the_hosts_with_their_key() {
    let (host, bastion) = (Sshd::start().await, Sshd::start().await);
    let known = bastion.known_host();
    let jump = json!({"host": bastion.host(), "username": user(), "known_hosts": known});
    let lab = Lab::of(vec![host], &[], |secret| secret["jump"] = jump).await;
    bastion.authorize(&lab.hosts[0].authorized_keys());
    let token = lab.begin();
    lab.must(&token, "testSecret").await;
    rotates_everywhere(&lab, &[&bastion]).await;
    // It refuses the key: nobody gets anywhere, and it is named.
    let lines = bastion.authorized_keys();
    bastion.authorize("# none\n");
    let token = lab.until("createSecret").await;
    let words = format!(
        "the bastion {}: it does not accept this public key",
        bastion.host()
    );
    lab.refused(&token, "setSecret", "Rotation.NoneAccepted", &words)
        .await;
    bastion.authorize(&lines);
    lab.steps_from(&token, "setSecret").await.expect("the rest");
}

/// The first rotation would go well, and the second one would lock everybody out.
#[tokio::test]
async fn a_copy_of_the_fleets_key() {
    let lab = Lab::of(vec![Sshd::start().await, Sshd::start().await], &[], |_| ()).await;
    let jump = json!({
        "host": lab.hosts[0].host(), "username": user(), "known_hosts": lab.hosts[0].known_host(),
        "private_key": lab.private("AWSCURRENT"),
    });
    lab.edit_current(|secret| secret["jump"] = jump);
    let token = lab.begin();
    let words = "jump.private_key is the secret's own key";
    for step in ["createSecret", "testSecret"] {
        let said = lab.refused(&token, step, REFUSED, words).await;
        assert!(said.contains("out of jump"), "{said}");
    }
    lab.edit_current(|secret| leave_out(secret, &["private_key"]));
    lab.steps_from(&token, "createSecret")
        .await
        .expect("all of it");
    rotates_everywhere(&lab, &[]).await;
}

/// As the rotation of an older release left it: the copy is AWSPREVIOUS's key by now.
#[tokio::test]
async fn a_copy_of_the_key_that_is_to_be_retired() {
    let (host, bastion) = (Sshd::start().await, Sshd::start().await);
    let lab = Lab::of(vec![host], &[], |_| ()).await;
    bastion.authorize(&lab.hosts[0].authorized_keys());
    lab.rotates().await;
    let jump = json!({
        "host": bastion.host(), "username": user(), "known_hosts": bastion.known_host(),
        "private_key": lab.private("AWSPREVIOUS"),
    });
    lab.edit_current(|secret| secret["jump"] = jump);
    let token = lab.begin();
    let words = "First add the line of public_key to authorized_keys at the bastion";
    lab.refused(&token, "createSecret", REFUSED, words).await;
    let both = format!(
        "{}{}\n",
        bastion.authorized_keys(),
        lab.field("AWSCURRENT", "public_key")
    );
    bastion.authorize(&both);
    lab.edit_current(|secret| leave_out(secret, &["private_key"]));
    lab.steps_from(&token, "createSecret")
        .await
        .expect("all of it");
    rotates_everywhere(&lab, &[&bastion]).await;
}

/// Whoever reads the fleet's secret never sees the bastion's key, and it stays as it is.
#[tokio::test]
async fn as_another_secret_says() {
    let (hosts, bastion) = (
        vec![Sshd::start().await, Sshd::start().await],
        Sshd::start().await,
    );
    let own = Pair::new("ed25519", &[]);
    bastion.authorize(&format!("{}\n", own.public));
    let lab = Lab::of(hosts, &[], |_| ()).await;
    let login = json!({
        "host": bastion.host(), "username": user(), "private_key": own.private, "known_hosts": bastion.known_host(),
        "bastion": true,
    });
    let arn = lab.aws.create("bastion", &login.to_string());
    let behind = lab.hosts[1].host();
    lab.edit_current(|secret| secret["jump"] = json!({"masterarn": arn, "hosts": [behind]}));
    let token = lab.begin();
    lab.must(&token, "testSecret").await;
    rotates_everywhere(&lab, &[]).await;
    assert_eq!(bastion.authorized_keys(), format!("{}\n", own.public));
    for (key, value, words) in [
        ("masterarn", json!(format!("{arn}x")), "the admin secret"),
        (
            "host",
            json!("localhost"),
            "no more than hosts beside masterarn",
        ),
    ] {
        let good = lab.json("AWSCURRENT");
        lab.edit_current(|secret| secret["jump"][key] = value);
        let token = lab.begin();
        let error = lab
            .steps_from(&token, "createSecret")
            .await
            .expect_err(words);
        assert!(error.message.contains(words), "{}", error.message);
        lab.edit_current(|secret| *secret = good);
    }
    // The fleet's key at the bastion: the next rotation would leave it valid there.
    let mut copy = login.clone();
    copy["private_key"] = json!(lab.private("AWSCURRENT"));
    bastion.authorize(&lab.hosts[0].authorized_keys());
    let copied = lab.aws.create("copied", &copy.to_string());
    lab.edit_current(|secret| secret["jump"]["masterarn"] = json!(copied));
    let token = lab.until("createSecret").await;
    let words = "masterarn names is the secret's own key";
    for step in ["setSecret", "testSecret"] {
        let error = lab.step(&token, step).await.expect_err(step);
        assert!(
            step == "testSecret" || error.message.contains(words),
            "{}",
            error.message
        );
    }
}

fn leave_out(secret: &mut Value, keys: &[&str]) {
    let jump = secret["jump"].as_object_mut().expect("an object");
    for key in keys {
        jump.remove(*key).expect(key);
    }
}
