//! AWS Signature Version 4, by AWS's own signer, for calls that no SDK of ours makes.
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use tokio::sync::OnceCell;

use super::connect::Access;
use crate::config::Config;
use crate::error::{HookError, chain};
use crate::secret::{Secret, printable};

/// An access key. `Debug` is redacted.
#[derive(Clone, Debug)]
pub struct AccessKey(Credentials);

impl AccessKey {
    /// As IAM hands it out.
    pub fn new(id: &str, secret: &Secret) -> Self {
        Self(Credentials::new(id, secret.expose(), None, None, "secret"))
    }
}

/// The access key of the function's own role, looked for when it is first needed.
#[derive(Debug)]
pub struct OwnKey {
    config: Config,
    access: OnceCell<Access>,
}

impl OwnKey {
    /// Nothing is looked for yet.
    pub fn new(config: &Config) -> Self {
        Self {
            config: config.clone(),
            access: OnceCell::new(),
        }
    }

    /// The one that counts now.
    ///
    /// # Errors
    /// In words, if there is none.
    pub async fn get(&self) -> Result<AccessKey, HookError> {
        let missing =
            |cause: &str| HookError::failed(format!("no AWS credentials to sign with ({cause})"));
        let provider = self.access().await?.credentials.as_ref();
        let provider = provider.ok_or_else(|| missing("none are set"))?;
        let found = provider.provide_credentials().await;
        let key = found.map_err(|error| missing(&printable(&chain(&error), 400)))?;
        Ok(AccessKey(key))
    }

    pub(crate) async fn access(&self) -> Result<&Access, HookError> {
        let found = self.access.get_or_try_init(|| Access::find(&self.config));
        found
            .await
            .map_err(|error| HookError::refused(error.to_string()))
    }
}

/// A request as it will be sent, but for what the signature adds.
#[derive(Debug)]
pub struct Unsigned<'a> {
    /// As in `iam`.
    pub service: &'a str,
    /// As in `us-east-1`.
    pub region: &'a str,
    /// As in `POST`.
    pub method: &'a str,
    /// With host, path and query.
    pub url: &'a str,
    /// Those that are signed, beside the host.
    pub headers: &'a [(&'a str, &'a str)],
    /// The whole of it.
    pub body: &'a [u8],
}

impl Unsigned<'_> {
    /// The headers that make it a signed one.
    ///
    /// # Errors
    /// If it is no request.
    pub fn sign(
        &self,
        key: &AccessKey,
        now: SystemTime,
    ) -> Result<Vec<(&'static str, String)>, HookError> {
        let wrong = |cause: String| HookError::failed(format!("a call cannot be signed ({cause})"));
        let identity = key.0.clone().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(now)
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| wrong(chain(&error)))?
            .into();
        let headers = self.headers.iter().copied();
        let body = SignableBody::Bytes(self.body);
        let request = SignableRequest::new(self.method, self.url, headers, body);
        let request = request.map_err(|error| wrong(chain(&error)))?;
        let signed = sign(request, &parameters).map_err(|error| wrong(chain(&error)))?;
        let (added, _) = signed.into_parts().0.into_parts();
        let added = added.into_iter();
        Ok(added
            .map(|header| (header.name(), header.value().to_owned()))
            .collect())
    }
}
