//! A secret with its function, in a Secrets Manager of its own, and a proxy before each of the two servers that the function asks.

use std::sync::Arc;

use rotation_kit::aws::{Invoke, LocalAws};
use rotation_kit::lambda::Function;
use rotation_tests::lab::THIS_SECRET;
use rotation_tests::proxy::Proxy;
use rotation_tests::setting::function;
use serde_json::json;

use crate::engine::{Engine, Subject, Target, port};

/// One secret, and all that is around it.
pub struct Site {
    /// What it is a secret of.
    pub engine: Engine,
    /// The server.
    pub target: Arc<dyn Target>,
    /// Secrets Manager.
    pub aws: LocalAws,
    /// The rotator. Secrets Manager may call it, too.
    pub function: Arc<Function>,
    /// The secret.
    pub arn: String,
    /// Between the function and the server.
    pub to_target: Proxy,
    /// Between the function and Secrets Manager.
    pub to_aws: Proxy,
}

/// What can be seen of a secret at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The version under AWSCURRENT.
    pub current: String,
    /// Whether a rotation is under way, or was abandoned: another version, under AWSPENDING or under our mark, has a value.
    pub rotating: bool,
}

impl Site {
    /// A new credential at a server, and a secret for it.
    ///
    /// # Panics
    /// If the function is not built.
    pub async fn new(engine: Engine, target: Arc<dyn Target>) -> Self {
        Self::with(engine, target, &[]).await
    }

    /// The same, with further variables of the function.
    ///
    /// # Panics
    /// If the function is not built.
    pub async fn with(engine: Engine, target: Arc<dyn Target>, set: &[(&str, &str)]) -> Self {
        let to_target = Proxy::before(target.port()).await;
        let subject = target.subject(to_target.port()).await;
        let aws = LocalAws::start().await;
        let to_aws = Proxy::before(port(aws.url())).await;
        let arn = stored(&aws, &subject);
        let timeout = engine.timeout.to_string();
        let endpoint = format!("http://127.0.0.1:{}", to_aws.port());
        let mut variables = vec![
            ("AWS_LAMBDA_FUNCTION_TIMEOUT", timeout.as_str()),
            ("SECRETS_MANAGER_ENDPOINT", &endpoint),
        ];
        variables.extend(subject.variables.iter().map(|(name, value)| {
            let ours = value == THIS_SECRET;
            (*name, if ours { arn.as_str() } else { value.as_str() })
        }));
        variables.extend(set);
        let function = Arc::new(function(engine.rotator, &aws, &variables));
        let called = Arc::<Function>::clone(&function) as Arc<dyn Invoke>;
        aws.add_function(&function.arn(), called);
        aws.attach(&arn, &function.arn());
        Self {
            engine,
            target,
            aws,
            function,
            arn,
            to_target,
            to_aws,
        }
    }

    /// The event of a step.
    pub fn event(&self, token: &str, step: &str) -> String {
        json!({"Step": step, "SecretId": self.arn, "ClientRequestToken": token}).to_string()
    }

    /// What can be seen of the secret now.
    ///
    /// # Panics
    /// If no version is AWSCURRENT.
    pub fn moment(&self) -> Moment {
        let labels = self.aws.labels(&self.arn);
        let holds = |labels: &[String], label: &str| labels.iter().any(|one| one == label);
        let current = labels
            .iter()
            .find(|(_, labels)| holds(labels, "AWSCURRENT"));
        let current = current.expect("AWSCURRENT").0.clone();
        let mut others = labels.iter().filter(|(id, _)| **id != current);
        let rotating = others.any(|(_, labels)| {
            let mut at_work = labels
                .iter()
                .filter(|label| *label == "AWSPENDING" || label.starts_with("ROTATION-"));
            at_work.any(|label| self.aws.value(&self.arn, label).is_some())
        });
        Moment { current, rotating }
    }

    /// The values of all versions: those under labels, and the others.
    pub fn values(&self) -> (Vec<String>, Vec<String>) {
        let labels = self.aws.labels(&self.arn);
        let labels = labels.values().filter_map(|labels| labels.first());
        let labelled = labels.filter_map(|label| self.aws.value(&self.arn, label));
        let labelled: Vec<String> = labelled.collect();
        let mut others = self.aws.values(&self.arn);
        others.retain(|value| !labelled.contains(value));
        (labelled, others)
    }
}

/// Stores both values; returns the secret's ARN.
fn stored(aws: &LocalAws, subject: &Subject) -> String {
    let mut secret = subject.secret.clone();
    if let Some(admin) = &subject.admin {
        secret["masterarn"] = json!(aws.create("admin", &admin.to_string()));
    }
    aws.create("app", &secret.to_string())
}
