//! A secret in the local AWS, its hosts, and the real function between them.

use std::ops::Deref;

use rotation_tests::lab::Attached;
use rotation_tests::ssh::{Pair, Sshd, secret};
use serde_json::Value;

/// One secret, and what is around it.
pub(crate) struct Lab {
    attached: Attached,
    pub(crate) hosts: Vec<Sshd>,
}

impl Deref for Lab {
    type Target = Attached;

    fn deref(&self) -> &Attached {
        &self.attached
    }
}

impl Lab {
    /// One host.
    pub(crate) async fn one(variables: &[(&str, &str)]) -> Self {
        Self::of(vec![Sshd::start().await], variables, |_| ()).await
    }

    /// These hosts, and a new key, which they take.
    pub(crate) async fn of(
        hosts: Vec<Sshd>,
        variables: &[(&str, &str)],
        change: impl FnOnce(&mut Value),
    ) -> Self {
        Self::with(hosts, &Pair::new("ed25519", &[]), variables, change).await
    }

    /// These hosts and this key, which they take; the secret as `change` makes it.
    pub(crate) async fn with(
        hosts: Vec<Sshd>,
        pair: &Pair,
        variables: &[(&str, &str)],
        change: impl FnOnce(&mut Value),
    ) -> Self {
        for host in &hosts {
            host.authorize(&format!("{}\n", pair.public));
        }
        let mut secret = secret(&hosts, pair);
        change(&mut secret);
        let attached = Attached::new("ssh", variables, |_| secret.to_string()).await;
        Self { attached, hosts }
    }

    /// A step that must be refused in these words, and change no host and no label. Returns
    /// all that it says.
    pub(crate) async fn refused(
        &self,
        token: &str,
        step: &str,
        error_type: &str,
        words: &str,
    ) -> String {
        let before = self.state();
        let error = self.step(token, step).await.expect_err(words);
        assert!(error.message.contains(words), "{words}: {}", error.message);
        assert_eq!(error.error_type, error_type, "{}", error.message);
        assert_eq!(self.state(), before, "{words}");
        error.message
    }

    /// What a refused step must leave alone.
    fn state(&self) -> (Vec<String>, Vec<Option<String>>) {
        let labels = ["AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"];
        let holders = labels.map(|label| self.aws.holder(&self.arn, label));
        let files = self.hosts.iter().map(Sshd::authorized_keys);
        (files.collect(), holders.to_vec())
    }

    /// The private key of the version under `label`.
    pub(crate) fn private(&self, label: &str) -> String {
        self.field(label, "private_key")
    }

    /// Changes the value under AWSCURRENT, on the version that has it.
    pub(crate) fn edit_current(&self, change: impl FnOnce(&mut Value)) {
        let value = self.aws.value(&self.arn, "AWSCURRENT").expect("a value");
        let id = self.aws.holder(&self.arn, "AWSCURRENT").expect("a version");
        let mut json = serde_json::from_str(&value).expect("JSON");
        change(&mut json);
        self.aws.plant(&self.arn, &id, Some(&json.to_string()), &[]);
    }
}
