//! AWS Signature Version 4, made by AWS's own signer. It is for calls for which we have no SDK.
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
    /// An access key as IAM issues it: its id and its secret.
    pub fn new(id: &str, secret: &Secret) -> Self {
        Self(Credentials::new(id, secret.expose(), None, None, "secret"))
    }
}

/// The access key of the function's own role. It is looked for when it is first needed.
#[derive(Debug)]
pub struct OwnKey {
    config: Config,
    access: OnceCell<Access>,
}

impl OwnKey {
    /// Makes one. It does not look for the key yet.
    pub fn new(config: &Config) -> Self {
        Self {
            config: config.clone(),
            access: OnceCell::new(),
        }
    }

    /// One that has looked already.
    #[cfg(test)]
    pub(crate) fn of(access: Access) -> Self {
        Self {
            config: Config::default(),
            access: OnceCell::new_with(Some(access)),
        }
    }

    /// The key that is valid now.
    ///
    /// # Errors
    /// If there is no key. The text says why.
    pub async fn get(&self) -> Result<AccessKey, HookError> {
        self.access().await?.key().await
    }

    pub(crate) async fn access(&self) -> Result<&Access, HookError> {
        let found = self.access.get_or_try_init(|| Access::find(&self.config));
        found
            .await
            .map_err(|error| HookError::refused(error.to_string()))
    }
}

impl Access {
    /// The access key that is valid now. The error's text says why there is none.
    pub(crate) async fn key(&self) -> Result<AccessKey, HookError> {
        let missing =
            |cause: &str| HookError::failed(format!("no AWS credentials to sign with ({cause})"));
        let provider = self.credentials.as_ref();
        let provider = provider.ok_or_else(|| missing("none are set"))?;
        let found = provider.provide_credentials().await;
        let key = found.map_err(|error| missing(&printable(&chain(&error), 400)))?;
        Ok(AccessKey(key))
    }
}

/// A request as it will be sent, but without the headers that the signature adds.
#[derive(Debug)]
pub struct Unsigned<'a> {
    /// The name of the service, as in `iam`.
    pub service: &'a str,
    /// The Region, as in `us-east-1`.
    pub region: &'a str,
    /// The HTTP method, as in `POST`.
    pub method: &'a str,
    /// The URL, with host, path and query.
    pub url: &'a str,
    /// The headers that are signed. The host is signed too.
    pub headers: &'a [(&'a str, &'a str)],
    /// The whole body.
    pub body: &'a [u8],
}

impl Unsigned<'_> {
    /// The headers that must be added to sign the request.
    ///
    /// # Errors
    /// If the request is not valid.
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
