//! Functions that the local AWS calls, in this process.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use rotation_kit::aws::{FunctionError, Invoke, LocalAws};
use serde_json::Value;

pub(crate) const ARN: &str = "arn:aws:lambda:us-east-1:012345678912:function:f";

type Answer = Result<(), FunctionError>;

/// Remembers its events, and does what AWS's smallest template would do. Fails in `fails`, as often as that says.
pub(crate) struct Recorder {
    client: aws_sdk_secretsmanager::Client,
    events: Mutex<Vec<Value>>,
    fails: Mutex<(&'static str, usize)>,
}

impl Recorder {
    /// Known to `aws` under [`ARN`].
    pub(crate) fn new(aws: &LocalAws, step: &'static str, times: usize) -> Arc<Self> {
        let recorder = Arc::new(Self {
            client: aws.client(),
            events: Mutex::default(),
            fails: Mutex::new((step, times)),
        });
        aws.add_function(ARN, Arc::<Self>::clone(&recorder) as Arc<dyn Invoke>);
        recorder
    }

    pub(crate) fn events(&self) -> Vec<Value> {
        self.events
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The steps, in the order in which they came.
    pub(crate) fn steps(&self) -> Vec<String> {
        let step = |event: &Value| event["Step"].as_str().unwrap_or_default().to_owned();
        self.events().iter().map(step).collect()
    }

    async fn answer(&self, event: Value) -> Answer {
        self.events
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(event.clone());
        let text = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
        let (step, arn, token) = (text("Step"), text("SecretId"), text("ClientRequestToken"));
        if self.fails_in(&step) {
            return Err(FunctionError {
                error_type: "Test".into(),
                message: "as it was told".into(),
            });
        }
        match step.as_str() {
            "createSecret" => {
                let put = self
                    .client
                    .put_secret_value()
                    .secret_id(arn)
                    .version_stages("AWSPENDING");
                put.client_request_token(&token)
                    .secret_string("new")
                    .send()
                    .await
                    .expect("PutSecretValue");
            }
            "finishSecret" => {
                let described = self.client.describe_secret().secret_id(&arn).send().await;
                let stages = described
                    .expect("DescribeSecret")
                    .version_ids_to_stages
                    .unwrap_or_default();
                let current = stages
                    .into_iter()
                    .find(|(_, labels)| labels.contains(&"AWSCURRENT".into()));
                let update = self
                    .client
                    .update_secret_version_stage()
                    .secret_id(arn)
                    .version_stage("AWSCURRENT");
                let update = update
                    .move_to_version_id(token)
                    .set_remove_from_version_id(current.map(|(id, _)| id));
                update.send().await.expect("UpdateSecretVersionStage");
            }
            _ => {}
        }
        Ok(())
    }

    fn fails_in(&self, step: &str) -> bool {
        let mut fails = self.fails.lock().unwrap_or_else(PoisonError::into_inner);
        if fails.0 != step || fails.1 == 0 {
            return false;
        }
        fails.1 -= 1;
        true
    }
}

impl Invoke for Recorder {
    fn invoke(&self, event: String) -> Pin<Box<dyn Future<Output = Answer> + Send + '_>> {
        let event = serde_json::from_str(&event).expect("JSON");
        Box::pin(self.answer(event))
    }
}
