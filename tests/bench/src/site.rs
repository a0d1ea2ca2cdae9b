//! A secret with its function, in a Secrets Manager of its own behind TLS.

use std::time::Duration;

use rotation_chaos::engine::Subject;
use rotation_kit::aws::{Encrypted, LocalAws, STEPS};
use rotation_kit::lambda;
use rotation_kit::tls::Ca;
use rotation_tests::lab::THIS_SECRET;
use rotation_tests::runtime::{Bootstrap, Sandbox};
use serde_json::json;

use crate::contender::{Contender, Templates, bootstrap, template};

/// Who rotates what: an engine's name, as in `mysql/single-user`; its rotator, as in `mysql`; and AWS's templates, if they do it.
#[derive(Clone, Copy)]
pub struct Who<'a> {
    /// The target and the strategy.
    pub engine: &'a str,
    /// The rotator.
    pub rotator: &'a str,
    /// In place of the rotator.
    pub templates: Option<&'a Templates>,
}

/// One secret, and all that is around it.
pub struct Site {
    /// Secrets Manager.
    pub aws: LocalAws,
    /// The way to it.
    pub encrypted: Encrypted,
    /// The secret.
    pub arn: String,
    bootstrap: Bootstrap,
}

/// Four steps.
#[derive(Clone, Copy, Debug)]
pub struct Rotation {
    /// From each event to its answer, in all.
    pub took: Duration,
    /// From the start of the process to the last answer.
    pub since_start: Duration,
}

impl<'a> Who<'a> {
    /// The contender of these two; none, if there is no such template, or no templates.
    pub fn of(
        contender: Contender,
        (engine, rotator): (&'a str, &'a str),
        templates: Option<&'a Templates>,
    ) -> Option<Self> {
        let templates = match contender {
            Contender::Rotation => None,
            Contender::Template => Some(templates.filter(|_| template(engine).is_some())?),
        };
        Some(Self {
            engine,
            rotator,
            templates,
        })
    }

    fn bootstrap(&self, variables: &[(&str, &str)]) -> Bootstrap {
        match self.templates.zip(template(self.engine)) {
            Some((templates, template)) => templates.bootstrap(template, variables),
            None => bootstrap(self.rotator, variables),
        }
    }
}

impl Site {
    /// Stores the subject's secret, and the administrator's. A database is asked without TLS: the templates trust the authorities
    /// in a file of Amazon Linux alone.
    ///
    /// # Panics
    /// If the function is not built.
    pub async fn new(who: Who<'_>, mut subject: Subject) -> Self {
        let aws = LocalAws::start().await;
        let encrypted = Encrypted::start(aws.url(), &Ca::shared().identity(&["localhost"])).await;
        let arn = stored(&aws, &mut subject, "app");
        let mut variables = vec![("SECRETS_MANAGER_ENDPOINT", encrypted.url())];
        variables.extend(subject.variables.iter().map(|(name, value)| {
            let its = value == THIS_SECRET;
            (*name, if its { arn.as_str() } else { value.as_str() })
        }));
        let bootstrap = who.bootstrap(&variables);
        Self {
            aws,
            encrypted,
            arn,
            bootstrap,
        }
    }

    /// A sandbox that has asked for its first event.
    ///
    /// # Errors
    /// Why it does not start, in words.
    pub async fn start(&self) -> Result<Sandbox, String> {
        started(&self.bootstrap).await
    }

    /// The same, as the last arguments of another program.
    ///
    /// # Errors
    /// Why it does not start, in words.
    pub async fn start_under(&self, program: &[&str]) -> Result<Sandbox, String> {
        started(&self.bootstrap.clone().under(program)).await
    }

    /// Stores another secret, which the same function rotates. Returns its ARN.
    pub fn store(&self, mut subject: Subject, name: &str) -> String {
        stored(&self.aws, &mut subject, name)
    }

    /// A whole rotation in this sandbox.
    ///
    /// # Errors
    /// Why a step failed, in words.
    pub async fn rotate(&self, sandbox: &mut Sandbox) -> Result<Rotation, String> {
        self.rotate_secret(sandbox, &self.arn).await
    }

    /// The same of a secret of [`store`](Self::store).
    ///
    /// # Errors
    /// Why a step failed, in words.
    pub async fn rotate_secret(
        &self,
        sandbox: &mut Sandbox,
        arn: &str,
    ) -> Result<Rotation, String> {
        let token = self.aws.announce(arn);
        let mut rotation = Rotation {
            took: Duration::ZERO,
            since_start: Duration::ZERO,
        };
        for step in STEPS {
            let event =
                json!({"Step": step, "SecretId": arn, "ClientRequestToken": token}).to_string();
            let answer = sandbox.invoke(&event).await.map_err(|error| {
                let said = sandbox.log();
                format!("{step}: {}: {}\n{said}", error.error_type, error.message)
            })?;
            rotation.took += answer.took;
            rotation.since_start = answer.since_start;
        }
        if self.aws.holder(arn, "AWSCURRENT").as_ref() == Some(&token) {
            return Ok(rotation);
        }
        Err("all steps ended well, and AWSCURRENT has not moved".to_owned())
    }
}

async fn started(bootstrap: &Bootstrap) -> Result<Sandbox, String> {
    let started = bootstrap.start().await;
    started.map_err(|error| format!("init: {}: {}", error.error_type, error.message))
}

/// Returns the secret's ARN.
fn stored(aws: &LocalAws, subject: &mut Subject, name: &str) -> String {
    let values = [Some(&mut subject.secret), subject.admin.as_mut()];
    for value in values.into_iter().flatten() {
        if value.get("engine").is_some() {
            value["ssl"] = json!(false);
        }
    }
    if let Some(admin) = &subject.admin {
        let admin = aws.create(&format!("{name}-admin"), &admin.to_string());
        subject.secret["masterarn"] = json!(admin);
    }
    let arn = aws.create(name, &subject.secret.to_string());
    aws.attach(&arn, &lambda::arn("rotation"));
    arn
}
