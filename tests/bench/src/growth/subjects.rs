//! Secrets that are larger in one way.

use rotation_chaos::engine::Subject;
use rotation_kit::tls::Ca;
use rotation_tests::lab::Target;
use rotation_tests::mysql::MysqlServer;
use rotation_tests::ssh::{Pair, Sshd, secret};
use serde_json::Value;

/// A user with so many grants, each on a table, and an administrator who may pass them on.
pub(super) async fn granted(server: &MysqlServer, grants: usize) -> Subject {
    let user = server.user("granted").await;
    let admin = server.administrator().await;
    // A database of the user's name, which the administrator may pass on.
    server.table(&user.0, Some(&admin.0)).await;
    for n in 1..grants {
        // The right to create it is what makes a grant possible before there is a table.
        let grant = format!(
            "GRANT SELECT, CREATE ON `{}`.t{n} TO '{}'@'%'",
            user.0, user.0
        );
        server.admin(&grant).await;
    }
    let json = |(user, password): &(String, String)| -> Value {
        serde_json::from_str(&server.secret_json(user, password)).expect("JSON")
    };
    Subject {
        secret: json(&user),
        admin: Some(json(&admin)),
        variables: vec![
            (
                "DATABASE_CA_BUNDLE",
                Ca::shared().pem_path().display().to_string(),
            ),
            ("ROTATION_STRATEGY", "alternating-users".to_owned()),
        ],
    }
}

/// Hosts with OpenSSH.
pub(super) struct Fleet(Vec<Sshd>);

impl Fleet {
    pub(super) async fn start(hosts: usize) -> Self {
        let mut fleet = Vec::new();
        for _ in 0..hosts {
            fleet.push(Sshd::start().await);
        }
        Self(fleet)
    }

    /// A login at the first of them, so many.
    pub(super) fn subject(&self, hosts: usize) -> Subject {
        let hosts = &self.0[..hosts];
        let pair = Pair::new("ed25519", &[]);
        for host in hosts {
            host.authorize(&format!("{}\n", pair.public));
        }
        Subject {
            secret: secret(hosts, &pair),
            admin: None,
            variables: Vec::new(),
        }
    }
}
