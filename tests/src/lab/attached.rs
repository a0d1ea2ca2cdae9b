//! A secret in the local AWS, and the real function that it names.

use std::sync::Arc;

use rotation_kit::aws::{FunctionError, Invoke, LocalAws, STEPS};
use rotation_kit::lambda::Function;
use serde_json::{Value, json};

use crate::setting::function;

/// Stands for the ARN of the secret, which nobody knows before it is made.
pub const THIS_SECRET: &str = "{the secret}";

/// The two, whatever the target is.
pub struct Attached {
    /// Secrets Manager.
    pub aws: LocalAws,
    /// The rotator.
    pub function: Arc<Function>,
    /// The secret.
    pub arn: String,
}

impl Attached {
    /// A function of the rotator with these variables, in a Secrets Manager of its own, where `secret` makes the value of the
    /// secret. A variable that is [`THIS_SECRET`] gets its ARN.
    pub async fn new(
        rotator: &str,
        variables: &[(&str, &str)],
        secret: impl FnOnce(&LocalAws) -> String,
    ) -> Self {
        let aws = LocalAws::start().await;
        let value = secret(&aws);
        let arn = aws.create("rotated", &value);
        let filled = variables.iter().map(|(name, value)| match *value {
            THIS_SECRET => (*name, arn.as_str()),
            value => (*name, value),
        });
        let filled: Vec<(&str, &str)> = filled.collect();
        let function = Arc::new(function(rotator, &aws, &filled));
        let name = function.arn();
        aws.add_function(&name, Arc::<Function>::clone(&function) as Arc<dyn Invoke>);
        aws.attach(&arn, &name);
        Self { aws, function, arn }
    }

    /// What RotateSecret does first. Returns the version that it announces.
    pub fn begin(&self) -> String {
        self.aws.announce(&self.arn)
    }

    /// The event of a step.
    pub fn event(&self, token: &str, step: &str) -> String {
        json!({"Step": step, "SecretId": self.arn, "ClientRequestToken": token}).to_string()
    }

    /// Calls the function for one step.
    ///
    /// # Errors
    /// The function's.
    pub async fn step(&self, token: &str, step: &str) -> Result<(), FunctionError> {
        self.function.invoke(self.event(token, step)).await
    }

    /// The steps from `first` on.
    ///
    /// # Errors
    /// The first that fails.
    pub async fn steps_from(&self, token: &str, first: &str) -> Result<(), FunctionError> {
        for step in STEPS.into_iter().skip_while(|step| *step != first) {
            self.step(token, step).await?;
        }
        Ok(())
    }

    /// A step that must succeed.
    ///
    /// # Panics
    /// If it does not.
    pub async fn must(&self, token: &str, step: &str) {
        if let Err(error) = self.step(token, step).await {
            panic!("{step}: {}\n{}", error.message, self.function.log());
        }
    }

    /// Begins a rotation, and goes as far as `last`.
    pub async fn until(&self, last: &str) -> String {
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
    pub async fn rotates(&self) {
        self.until("finishSecret").await;
    }

    /// The JSON of the version under `label`.
    ///
    /// # Panics
    /// If there is none.
    pub fn json(&self, label: &str) -> Value {
        let value = self.aws.value(&self.arn, label).expect(label);
        serde_json::from_str(&value).expect("JSON")
    }

    /// One field of it.
    ///
    /// # Panics
    /// If it is not there.
    pub fn field(&self, label: &str, key: &str) -> String {
        let json = self.json(label);
        json[key]
            .as_str()
            .unwrap_or_else(|| panic!("no {key}"))
            .to_owned()
    }
}
