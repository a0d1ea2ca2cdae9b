//! A local AWS: Secrets Manager over HTTP, by the documented rules, and the functions that it calls.
//!
//! It understands CreateSecret, DescribeSecret, GetSecretValue, PutSecretValue, UpdateSecret, UpdateSecretVersionStage,
//! ListSecrets, ListSecretVersionIds, DeleteSecret, RestoreSecret, TagResource, UntagResource, GetRandomPassword,
//! GetResourcePolicy, RotateSecret and CancelRotateSecret. It asks that requests are signed, but not by whom.

mod calls;
mod create;
mod fault;
mod http;
mod kind;
mod list;
mod operations;
mod protection;
mod random;
mod refusal;
mod request;
mod rotation;
mod secret;
mod service;
mod tls;
mod vault;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::retry::RetryConfig;
use aws_sdk_secretsmanager::config::{BehaviorVersion, Builder, Credentials, Region};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use calls::{Call, in_a_row};
pub use fault::Fault;
pub use kind::{Kind, Replica};
pub use rotation::{Called, Ended, FunctionError, Invoke, Outcome, STEPS};
pub use service::Settings;
pub use tls::Encrypted;

pub(crate) use vault::PLACE;

use secret::{PENDING, Value, Version};
use service::Service;

/// A server on a free port; it ends with this value.
pub struct LocalAws {
    service: Arc<Service>,
    url: String,
    server: JoinHandle<()>,
}

impl LocalAws {
    /// With no secret in it.
    ///
    /// # Panics
    /// If no port is free.
    pub async fn start() -> Self {
        Self::listen(0).await.expect("a free port")
    }

    /// With no secret in it, at this port of loopback. Port 0 is a free one.
    ///
    /// # Errors
    /// If somebody listens there, or the port needs a right that this process does not have.
    pub async fn listen(port: u16) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let service = Arc::<Service>::default();
        let router = http::router(Arc::clone(&service));
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            service,
            url,
            server,
        })
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// AWS's own SDK, for a person at work beside the function.
    pub fn client(&self) -> Client {
        client(&self.url)
    }

    /// Changes how it behaves.
    pub fn set(&self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.service.settings();
        change(&mut settings);
        self.service.set(settings);
    }

    /// The next call of `operation` goes wrong; said twice, the next two.
    pub fn fail(&self, operation: &'static str, fault: Fault) {
        self.service.faults.add(operation, fault);
    }

    /// The `n`-th call from now goes wrong, and the same request again when it is tried again.
    pub fn fail_call(&self, n: usize, fault: Fault) {
        self.service.faults.number(n, fault);
    }

    /// No call goes wrong from now on. Returns the operation that [`fail_call`](Self::fail_call) met, and how many
    /// faults of [`fail`](Self::fail) met none.
    pub fn heal(&self) -> (Option<String>, usize) {
        self.service.faults.clear()
    }

    /// Every call since the start, or since [`forget_calls`](Self::forget_calls).
    pub fn calls(&self) -> Vec<Call> {
        self.service.calls.all()
    }

    /// Counts from anew.
    pub fn forget_calls(&self) {
        self.service.calls.clear();
    }

    /// Lets `function` be called by its ARN.
    pub fn add_function(&self, arn: &str, function: Arc<dyn Invoke>) {
        self.service.add_function(arn.to_owned(), function);
    }

    /// The secret names `function`, an ARN, for its rotation, and rotation is on.
    ///
    /// # Panics
    /// If there is no such secret.
    pub fn attach(&self, arn: &str, function: &str) {
        self.service.change(arn, |secret| {
            secret.rotation.enabled = Some(true);
            secret.rotation.function = Some(function.to_owned());
        });
    }

    /// What DescribeSecret says of RotationEnabled; nothing, if none.
    ///
    /// # Panics
    /// If there is no such secret.
    pub fn say_enabled(&self, arn: &str, enabled: Option<bool>) {
        self.service
            .change(arn, |secret| secret.rotation.enabled = enabled);
    }

    /// What RotateSecret does first: announces a version under AWSPENDING, which has no value yet. Returns its id.
    ///
    /// # Panics
    /// If there is no such secret.
    pub fn announce(&self, arn: &str) -> String {
        let token = uuid::Uuid::new_v4().to_string();
        self.service.change(arn, |secret| {
            secret.announce(&token);
            secret.attach(PENDING, &token);
        });
        token
    }

    /// Takes a label off, as an operator would.
    ///
    /// # Panics
    /// If there is no such secret.
    pub fn detach(&self, arn: &str, label: &str) {
        self.service.change(arn, |secret| secret.detach(label));
    }

    /// Sets the dates of all versions and of the last change back: as if that long had passed.
    ///
    /// # Panics
    /// If there is no such secret.
    pub fn age(&self, arn: &str, by: Duration) {
        self.service.change(arn, |secret| {
            secret.relabelled -= by;
            for version in &mut secret.versions {
                version.created -= by;
            }
        });
    }

    /// Puts a value there as it is, under labels that move; no rule is asked.
    ///
    /// # Panics
    /// If there is no such secret.
    pub fn plant(&self, arn: &str, id: &str, value: Option<&str>, labels: &[&str]) {
        self.service.change(arn, |secret| {
            secret.announce(id);
            for label in labels {
                secret.attach(label, id);
            }
            if let Some(version) = secret.versions.iter_mut().find(|version| version.id == id) {
                version.value = value.map(|text| Value::Text(text.to_owned()));
            }
        });
    }

    /// Which version carries which labels.
    ///
    /// # Panics
    /// If there is no such secret.
    pub fn labels(&self, arn: &str) -> BTreeMap<String, Vec<String>> {
        self.service.look(arn, |secret| {
            let labelled = secret.versions.iter().filter(|v| !v.labels.is_empty());
            labelled
                .map(|v| (v.id.clone(), v.labels.iter().cloned().collect()))
                .collect()
        })
    }

    /// The version under a label.
    ///
    /// # Panics
    /// If there is no such secret.
    pub fn holder(&self, arn: &str, label: &str) -> Option<String> {
        self.service.look(arn, |secret| secret.holder_id(label))
    }

    /// The text under a label; none, if nothing is there, or what is there is no text.
    ///
    /// # Panics
    /// If there is no such secret.
    pub fn value(&self, arn: &str, label: &str) -> Option<String> {
        self.service
            .look(arn, |secret| secret.holder(label)?.text().cloned())
    }

    /// The text of every version, with labels or without.
    ///
    /// # Panics
    /// If there is no such secret.
    pub fn values(&self, arn: &str) -> Vec<String> {
        self.service.look(arn, |secret| {
            let texts = secret.versions.iter().filter_map(Version::text);
            texts.cloned().collect()
        })
    }

    /// How the rotation or the test of this version ended; waits for it, as long as it takes.
    pub async fn ended(&self, token: &str) -> Ended {
        self.service.ended(token).await
    }

    /// RotateSecret: returns the version that it announces, while the function is called for its steps.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn start_rotation(&self, arn: &str) -> String {
        let begun = self.client().rotate_secret().secret_id(arn).send().await;
        begun.expect("RotateSecret").version_id.expect("a version")
    }

    /// RotateSecret, to its end: the version, and what became of it.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn rotate(&self, arn: &str) -> (String, Ended) {
        let token = self.start_rotation(arn).await;
        let ended = self.ended(&token).await;
        (token, ended)
    }
}

impl Drop for LocalAws {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// AWS's SDK for a server on loopback, without tries of its own.
pub fn client(url: &str) -> Client {
    let settings = Builder::new()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("id", "key", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(url);
    Client::from_conf(settings.build())
}
