//! How the process calls AWS.

use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::retry::RetryConfig;
use aws_sdk_secretsmanager::config::timeout::TimeoutConfig;
use aws_sdk_secretsmanager::config::{
    BehaviorVersion, Builder, Credentials, Region, SharedCredentialsProvider, SharedHttpClient,
    StalledStreamProtectionConfig,
};
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext};

use super::endpoint::Endpoints;
#[cfg(feature = "command-line")]
use super::profile;
use super::trust;
use crate::config::Config;
use crate::error::RotationError;

/// The longest time for a call with all its tries.
const CALL: Duration = Duration::from_secs(15);
/// The longest time for one try.
const TRY: Duration = Duration::from_secs(3);
/// The longest wait before the second try. It doubles with each, up to [`LONGEST_BACK_OFF`].
const BACK_OFF: Duration = Duration::from_millis(250);
const LONGEST_BACK_OFF: Duration = Duration::from_secs(3);
/// Secrets with one schedule are throttled together. Python's SDK, on which AWS's templates run, tries five times.
const TRIES: u32 = 6;

/// What every call to AWS needs: the HTTP client, the Region, the credentials, and where to call.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    pub(crate) http: SharedHttpClient,
    pub(crate) region: Region,
    /// If there are none, the first call that needs them reports it.
    pub(crate) credentials: Option<SharedCredentialsProvider>,
    pub(crate) endpoints: Endpoints,
}

/// What the environment gives, and on the command line the profile.
type Found = (Region, Option<SharedCredentialsProvider>, Endpoints);

impl Access {
    /// Finds the Region and where credentials come from. It makes no call to a service of AWS yet.
    pub(crate) async fn find(config: &Config) -> Result<Self, RotationError> {
        let lambda = from_lambda();
        let http = http(config, lambda.is_none())?;
        let (region, credentials, endpoints) = match lambda {
            Some((region, credentials)) => (region, Some(credentials), Endpoints::of(config)),
            None => from_chain(config, &http).await?,
        };
        Ok(Self {
            http,
            region,
            credentials,
            endpoints: endpoints.checked()?,
        })
    }
}

/// A client of Secrets Manager.
pub(super) fn client(access: Access) -> Client {
    let mut settings = Builder::new()
        .region(access.region)
        .behavior_version(BehaviorVersion::v2026_01_12())
        .http_client(access.http)
        .use_fips(access.endpoints.fips)
        .use_dual_stack(access.endpoints.dual_stack)
        .timeout_config(timeouts())
        .retry_config(retries())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    settings.set_credentials_provider(access.credentials);
    settings.set_endpoint_url(access.endpoints.secrets_manager);
    Client::from_conf(settings.build())
}

/// How long a call may take.
pub(crate) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_timeout(CALL)
        .operation_attempt_timeout(TRY)
        .build()
}

/// How often a call is tried.
pub(crate) fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(TRIES)
        .with_initial_backoff(BACK_OFF)
        .with_max_backoff(LONGEST_BACK_OFF)
}

/// The HTTP client. It uses ring, since AWS-LC gathers jitter for half a second on a small function. Inside Lambda, it uses the
/// compiled-in roots, since reading the system's roots takes longer than the handshake.
fn http(config: &Config, system_roots: bool) -> Result<SharedHttpClient, RotationError> {
    let plain = |url: &String| url.to_ascii_lowercase().starts_with("http:");
    let system_roots = system_roots && !config.endpoint.as_ref().is_some_and(plain);
    let roots = trust::store(config.aws_ca_bundle.as_deref(), system_roots);
    let context = TlsContext::builder()
        .with_trust_store(roots.map_err(RotationError::Config)?)
        .build()
        .map_err(|error| RotationError::Config(error.to_string()))?;
    Ok(aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::rustls(CryptoMode::Ring))
        .tls_context(context)
        .build_https())
}

/// The Region and the credentials in Lambda's environment. They are valid for as long as the process lives, so nothing needs to
/// be looked for. `None` outside Lambda.
#[expect(
    clippy::disallowed_methods,
    reason = "the credentials go nowhere but into the client"
)]
fn from_lambda() -> Option<(Region, SharedCredentialsProvider)> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    set("AWS_LAMBDA_RUNTIME_API")?;
    let credentials = Credentials::new(
        set("AWS_ACCESS_KEY_ID")?,
        set("AWS_SECRET_ACCESS_KEY")?,
        set("AWS_SESSION_TOKEN"),
        None,
        "environment",
    );
    let region = Region::new(set("AWS_REGION")?);
    Some((region, SharedCredentialsProvider::new(credentials)))
}

#[cfg(not(feature = "command-line"))]
async fn from_chain(_: &Config, _: &SharedHttpClient) -> Result<Found, RotationError> {
    Err(RotationError::Config(
        "Lambda gave no credentials: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY or AWS_REGION is not set".into(),
    ))
}

/// The Region, and where the SDK finds credentials: in the environment, a profile, SSO, a process, a web identity, a container or
/// an instance. The profile may also say which addresses are called.
#[cfg(feature = "command-line")]
async fn from_chain(config: &Config, http: &SharedHttpClient) -> Result<Found, RotationError> {
    let found = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(http.clone())
        .load()
        .await;
    let advice = "no AWS Region is known: set AWS_REGION, or a region in the AWS profile";
    let region = found.region().cloned();
    let region = region.ok_or_else(|| RotationError::Config(advice.into()))?;
    let endpoints = profile::endpoints(config, &found)?;
    Ok((region, found.credentials_provider(), endpoints))
}
