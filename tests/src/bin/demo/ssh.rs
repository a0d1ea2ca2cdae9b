//! An SSH key, at a fleet of two hosts.

use rotation_kit::aws::LocalAws;
use rotation_kit::lambda::Function;
use rotation_tests::lab::Attached;
use rotation_tests::ssh::{Pair, Sshd, secret, user};

use crate::hand;
use crate::show::{Old, Shown, heading, introduce, rotation};

struct Fleet {
    attached: Attached,
    hosts: Vec<Sshd>,
}

impl Shown for Fleet {
    const WHAT: &'static str = "public key";

    fn aws(&self) -> &LocalAws {
        &self.attached.aws
    }

    fn function(&self) -> &Function {
        &self.attached.function
    }

    fn arn(&self) -> &str {
        &self.attached.arn
    }

    /// Where it ends, as a person compares keys.
    fn what(&self, label: &str) -> String {
        let key = self.attached.field(label, "public_key");
        let body = key.split_whitespace().nth(1).unwrap_or_default();
        format!("…{}", &body[body.len().saturating_sub(8)..])
    }

    async fn accepts(&self, label: &str) -> bool {
        let key = self.attached.field(label, "private_key");
        self.hosts.iter().all(|host| host.accepts(&key))
    }
}

pub(crate) async fn demo(keep: bool) -> bool {
    heading("A key at two hosts: the old one is accepted until the next rotation");
    let hosts = vec![Sshd::start().await, Sshd::start().await];
    let pair = Pair::new("ed25519", &[]);
    for host in &hosts {
        host.authorize(&format!("{}\n", pair.public));
    }
    let value = secret(&hosts, &pair).to_string();
    let attached = Attached::new("ssh", &[], |_| value).await;
    let fleet = Fleet { attached, hosts };
    let names: Vec<String> = fleet.hosts.iter().map(Sshd::host).collect();
    introduce(&fleet, &format!("OpenSSH on {}", names.join(" and ")));
    let mut good = rotation(&fleet, Old::Accepted).await;
    good &= rotation(&fleet, Old::Accepted).await;
    println!("\nThe authorized_keys of the first host\n");
    print!("{}", fleet.hosts[0].authorized_keys());
    if keep {
        let files = "(umask 077; field private_key >demo-key; field known_hosts >demo-known_hosts)";
        let login = format!(
            "ssh -i demo-key -o IdentitiesOnly=yes -o UserKnownHostsFile=demo-known_hosts -p {} {}@localhost",
            fleet.hosts[0].port(),
            user()
        );
        hand::over(&fleet, &[files, &login]).await;
    }
    good
}
