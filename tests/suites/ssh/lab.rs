//! A secret in the local AWS, its hosts, and the real function between them.

use std::sync::Arc;

use rotation_tests::aws::{FunctionError, Invoke, LocalAws, STEPS};
use rotation_tests::lambda::Function;
use rotation_tests::ssh::{Pair, Sshd, secret};
use serde_json::{Value, json};

/// One secret, and what is around it.
pub(crate) struct Lab {
    pub(crate) aws: LocalAws,
    pub(crate) function: Arc<Function>,
    pub(crate) hosts: Vec<Sshd>,
    pub(crate) arn: String,
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
        let aws = LocalAws::start().await;
        let function = Arc::new(Function::new("ssh", &aws, variables));
        let arn = function.arn();
        aws.add_function(&arn, Arc::<Function>::clone(&function) as Arc<dyn Invoke>);
        for host in &hosts {
            host.authorize(&format!("{}\n", pair.public));
        }
        let mut secret = secret(&hosts, pair);
        change(&mut secret);
        let secret = aws.create("ssh", &secret.to_string());
        aws.attach(&secret, &arn);
        Self {
            aws,
            function,
            hosts,
            arn: secret,
        }
    }

    /// What RotateSecret does first. Returns the version that it announces.
    pub(crate) fn begin(&self) -> String {
        self.aws.announce(&self.arn)
    }

    /// Calls the function for one step.
    pub(crate) async fn step(&self, token: &str, step: &str) -> Result<(), FunctionError> {
        self.function.invoke(self.event(token, step)).await
    }

    /// The event of a step.
    pub(crate) fn event(&self, token: &str, step: &str) -> String {
        json!({"Step": step, "SecretId": self.arn, "ClientRequestToken": token}).to_string()
    }

    /// The steps from `first` on.
    pub(crate) async fn steps_from(&self, token: &str, first: &str) -> Result<(), FunctionError> {
        for step in STEPS.into_iter().skip_while(|step| *step != first) {
            self.step(token, step).await?;
        }
        Ok(())
    }

    /// Begins a rotation, and goes as far as `last`.
    pub(crate) async fn until(&self, last: &str) -> String {
        let token = self.begin();
        for step in STEPS {
            self.must(&token, step).await;
            if step == last {
                break;
            }
        }
        token
    }

    /// A whole rotation.
    pub(crate) async fn rotates(&self) {
        self.until("finishSecret").await;
    }

    /// A step that must succeed.
    pub(crate) async fn must(&self, token: &str, step: &str) {
        if let Err(error) = self.step(token, step).await {
            panic!("{step}: {}\n{}", error.message, self.function.log());
        }
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

    /// One field of the version under `label`.
    pub(crate) fn field(&self, label: &str, key: &str) -> String {
        let value = self.aws.value(&self.arn, label).expect(label);
        let json: Value = serde_json::from_str(&value).expect("JSON");
        json[key].as_str().expect(key).to_owned()
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
