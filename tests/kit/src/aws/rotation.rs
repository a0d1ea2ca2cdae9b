//! RotateSecret: the service calls the function, step by step.
//! Source: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html>.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};

use super::operations::{named, new_token};
use super::refusal::Refusal;
use super::request::{self, read};
use super::secret::{CURRENT, PENDING, Secret};
use super::service::Service;

/// In their order.
pub const STEPS: [&str; 4] = ["createSecret", "setSecret", "testSecret", "finishSecret"];
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(100);

/// A function that the service can call.
pub trait Invoke: Send + Sync {
    /// Hands the event over; returns when the function has answered.
    fn invoke(
        &self,
        event: String,
    ) -> Pin<Box<dyn Future<Output = Result<(), FunctionError>> + Send + '_>>;
}

/// What a function answers instead of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionError {
    /// `errorType`.
    pub error_type: String,
    /// `errorMessage`.
    pub message: String,
}

/// How a rotation came out; named after the service's own events in CloudTrail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All steps were done, and AWSCURRENT is on the new version.
    RotationSucceeded,
    /// A step failed in every try.
    RotationFailed,
    /// Somebody made another version, or cancelled.
    RotationAbandoned,
    /// The test of the configuration went well.
    TestRotationSucceeded,
    /// It did not.
    TestRotationFailed,
}

/// What the service did.
#[derive(Clone, Debug)]
pub struct Ended {
    /// How it came out.
    pub outcome: Outcome,
    /// Each call of the function.
    pub steps: Vec<Called>,
}

impl Ended {
    /// Without a word.
    fn failed() -> Self {
        Self {
            outcome: Outcome::RotationFailed,
            steps: Vec::new(),
        }
    }
}

/// One call of the function.
#[derive(Clone, Debug)]
pub struct Called {
    /// As in `createSecret`.
    pub step: &'static str,
    /// From the event to the answer.
    pub took: Duration,
    /// What it answered.
    pub answer: Result<(), FunctionError>,
}

/// One rotation, or one test of the configuration.
struct Run {
    arn: String,
    token: String,
    rotation_token: String,
    function: Arc<dyn Invoke>,
    test_only: bool,
}

/// Announces the new version under AWSPENDING, and returns while the function is called.
pub(crate) fn rotate(service: &Arc<Service>, body: &Value) -> Result<Value, Refusal> {
    let asked: request::Rotate = read(body)?;
    let token = new_token(asked.client_request_token.clone())?;
    let test_only = asked.rotate_immediately == Some(false);
    let copies = service.settings().test_copies_current;
    let mut vault = service.vault();
    let secret = vault.change(&asked.secret_id)?;
    let function = configure(service, secret, &asked)?;
    in_progress(secret)?;
    secret.announce(&token);
    secret.attach(PENDING, &token);
    if test_only && copies {
        let current = secret
            .holder(CURRENT)
            .and_then(|version| version.value.clone());
        if let Some(version) = secret.versions.iter_mut().find(|v| v.id == token) {
            version.value = current;
        }
    }
    secret.rotation.under_way = Some(token.clone());
    let answer = named(secret, Some(&token));
    let run = Run {
        arn: secret.arn.clone(),
        rotation_token: format!("rotation-token-{}", uuid::Uuid::new_v4()),
        token,
        function,
        test_only,
    };
    drop(vault);
    let service = Arc::clone(service);
    tokio::spawn(async move {
        let token = run.token.clone();
        let ended = tokio::spawn(drive(Arc::clone(&service), run)).await;
        // Whoever waits for the end of a test that panicked must not wait for ever.
        service.end(&token, ended.unwrap_or_else(|_| Ended::failed()));
    });
    Ok(answer)
}

/// Turns rotation on, by the function that is named now or was before.
fn configure(
    service: &Service,
    secret: &mut Secret,
    asked: &request::Rotate,
) -> Result<Arc<dyn Invoke>, Refusal> {
    secret.writable()?;
    let arn = asked
        .function
        .clone()
        .or_else(|| secret.rotation.function.clone());
    let arn = arn.ok_or_else(|| {
        Refusal::request("No Lambda rotation function ARN is associated with this secret.")
    })?;
    let function = service
        .function(&arn)
        .ok_or_else(|| Refusal::not_found("Lambda function"))?;
    let has = |key: &str| {
        asked
            .rotation_rules
            .as_ref()
            .is_some_and(|rules| !rules[key].is_null())
    };
    if has("AutomaticallyAfterDays") && has("ScheduleExpression") {
        return Err(Refusal::parameter(
            "You can't specify both AutomaticallyAfterDays and ScheduleExpression.",
        ));
    }
    secret.rotation.enabled = Some(true);
    secret.rotation.function = Some(arn);
    if let Some(rules) = &asked.rotation_rules {
        secret.rotation.rules = Some(rules.clone());
    }
    Ok(function)
}

/// AWSPENDING beside AWSCURRENT is what a finished rotation may leave; anywhere else it is one that goes on.
fn in_progress(secret: &Secret) -> Result<(), Refusal> {
    let pending = secret.holder_id(PENDING);
    if secret.rotation.under_way.is_none()
        && (pending.is_none() || pending == secret.holder_id(CURRENT))
    {
        return Ok(());
    }
    Err(Refusal::request(
        "A previous rotation isn't complete. That rotation will be reattempted.",
    ))
}

/// CancelRotateSecret: rotation is off; labels stay as they are.
pub(crate) fn cancel(service: &Service, body: &Value) -> Result<Value, Refusal> {
    let asked: request::Named = read(body)?;
    let mut vault = service.vault();
    let secret = vault.change(&asked.secret_id)?;
    secret.writable()?;
    let token = secret.rotation.under_way.take();
    secret.rotation.enabled = Some(false);
    Ok(named(secret, token.as_deref()))
}

async fn drive(service: Arc<Service>, run: Run) -> Ended {
    let mut steps = Vec::new();
    let all: &[&'static str] = if run.test_only {
        &["testSecret"]
    } else {
        &STEPS
    };
    let tries = if run.test_only {
        1
    } else {
        service.settings().tries
    };
    let mut outcome = Outcome::RotationFailed;
    for n in 0..tries {
        if n > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        outcome = attempt(&service, &run, all, &mut steps).await;
        if outcome != Outcome::RotationFailed {
            break;
        }
    }
    if run.test_only {
        let passed = steps.iter().all(|called| called.answer.is_ok());
        outcome = if passed {
            Outcome::TestRotationSucceeded
        } else {
            Outcome::TestRotationFailed
        };
    }
    settle(&service, &run, outcome);
    Ended { outcome, steps }
}

async fn attempt(
    service: &Service,
    run: &Run,
    all: &[&'static str],
    steps: &mut Vec<Called>,
) -> Outcome {
    for step in all {
        let under_way = service.look(&run.arn, |secret| secret.rotation.under_way.clone());
        if under_way.as_ref() != Some(&run.token) {
            return Outcome::RotationAbandoned;
        }
        let event = json!({
            "Step": step,
            "SecretId": run.arn,
            "ClientRequestToken": run.token,
            "RotationToken": run.rotation_token,
        });
        let began = Instant::now();
        let answer = run.function.invoke(event.to_string()).await;
        let failed = answer.is_err();
        let took = began.elapsed();
        steps.push(Called { step, took, answer });
        if failed {
            return Outcome::RotationFailed;
        }
    }
    let current = service.look(&run.arn, |secret| secret.holder_id(CURRENT));
    if current.as_ref() == Some(&run.token) || run.test_only {
        Outcome::RotationSucceeded
    } else {
        Outcome::RotationFailed
    }
}

/// After a success AWSPENDING may stay on the version or be gone; after a test it is gone, after a failure it stays.
fn settle(service: &Service, run: &Run, outcome: Outcome) {
    let keeps_pending = service.settings().keeps_pending;
    let mut vault = service.vault();
    let Ok(secret) = vault.change(&run.arn) else {
        return;
    };
    if secret.rotation.under_way.as_ref() == Some(&run.token) {
        secret.rotation.under_way = None;
    }
    let mine = secret.holder_id(PENDING).as_ref() == Some(&run.token);
    let succeeded = outcome == Outcome::RotationSucceeded;
    if succeeded {
        secret.rotation.last = Some(SystemTime::now());
    }
    if mine && (run.test_only || (succeeded && !keeps_pending)) {
        secret.detach(PENDING);
    }
}
