//! AWS's own rotation templates, unchanged, from a checkout that PEER names.

use std::path::PathBuf;
use std::sync::Arc;

use rotation_kit::aws::{Invoke, LocalAws};
use rotation_kit::lambda::Function;

use crate::lab::{Lab, Target, with};
use crate::runtime::Bootstrap;
use crate::setting::{emulator, workspace};
use crate::skip::not_run;

/// What Python is told, so that a template's handler gets events.
const HANDLER: [&str; 3] = ["-m", "awslambdaric", "lambda_function.lambda_handler"];

/// A checkout of aws-samples/aws-secrets-manager-rotation-lambdas, and the Python that runs what is in it.
pub struct Peer {
    checkout: PathBuf,
    python: PathBuf,
}

impl Peer {
    /// None, if PEER names no checkout. The test then says that it did not run.
    ///
    /// # Panics
    /// If PEER is set, and `scripts/install peer` has not been run.
    pub fn given(what: &str) -> Option<Self> {
        let Some(checkout) = std::env::var_os("PEER") else {
            not_run(
                what,
                "PEER names no checkout of AWS's templates: see CONTRIBUTING.md",
            );
            return None;
        };
        let python = workspace().join(".tools/peer/bin/python3");
        assert!(python.exists(), "run scripts/install peer");
        Some(Self {
            checkout: checkout.into(),
            python,
        })
    }

    /// The Python.
    pub fn python(&self) -> String {
        self.python.display().to_string()
    }

    /// The folder of a template, as in `SecretsManagerRDSMariaDBRotationSingleUser`.
    ///
    /// # Panics
    /// If the checkout does not have it.
    pub fn template(&self, name: &str) -> PathBuf {
        let folder = self.checkout.join(name).canonicalize();
        folder.unwrap_or_else(|error| panic!("PEER has no {name}: {error}"))
    }

    /// From now on, the lab's secret is rotated by this template.
    pub fn takes_over<T: Target>(&self, lab: &mut Lab<T>, template: &str) {
        lab.function = Arc::new(self.function(template, &lab.aws));
        let called = Arc::<Function>::clone(&lab.function) as Arc<dyn Invoke>;
        lab.aws.add_function(&lab.function.arn(), called);
        lab.aws.attach(&lab.arn, &lab.function.arn());
    }

    /// A template under AWS's own runtime client, with these variables.
    pub fn bootstrap(&self, template: &str, variables: &[(&str, &str)]) -> Bootstrap {
        let folder = self.template(template).display().to_string();
        let python = self.python();
        let command: Vec<&str> = [&*python].into_iter().chain(HANDLER).collect();
        let variables: Vec<(&str, &str)> = [("PYTHONPATH", &*folder)]
            .into_iter()
            .chain(variables.iter().copied())
            .collect();
        Bootstrap::new(&command, &variables)
    }

    fn function(&self, template: &str, aws: &LocalAws) -> Function {
        let folder = self.template(template).display().to_string();
        let variables = [
            ("PYTHONPATH", &*folder),
            ("AWS_DEFAULT_REGION", "us-east-1"),
        ];
        let function = Function::new(&self.python, &emulator(), aws, &variables);
        function
            .expect("run scripts/install")
            .called(template, &HANDLER)
    }
}

/// The lab's secrets ask for logins without TLS. A template trusts the authorities of Amazon Linux's file alone, and the tests'
/// own is not there.
///
/// # Panics
/// If a secret has no value.
pub fn unencrypted<T: Target>(lab: &Lab<T>) {
    let secrets = [Some(&lab.arn), lab.admin.as_ref().map(|admin| &admin.arn)];
    for arn in secrets.into_iter().flatten() {
        let value = lab.aws.value(arn, "AWSCURRENT").expect("a value");
        let id = lab.aws.holder(arn, "AWSCURRENT").expect("a version");
        let value = with(&value, "ssl", false);
        lab.aws.plant(arn, &id, Some(&value), &[]);
    }
}
