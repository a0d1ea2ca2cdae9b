//! Which URLs are called.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_secretsmanager::config::{SharedCredentialsProvider, SharedHttpClient};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;

use super::*;
use crate::aws::connect::{Access, client};
use crate::aws::endpoint::Endpoints;

/// Answers nothing, and keeps the URLs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recorder(Arc<Mutex<Vec<String>>>);

impl HttpConnector for Recorder {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut urls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        urls.push(request.uri().to_owned());
        HttpConnectorFuture::ready(Err(ConnectorError::user("only recorded".into())))
    }
}

impl Recorder {
    /// The access that a call needs. It goes nowhere.
    pub(crate) fn access(&self, region: &str, fips: bool, dual_stack: bool) -> Access {
        let connector = SharedHttpConnector::new(self.clone());
        let keys = Credentials::new("id", "key", None, None, "test");
        Access {
            http: SharedHttpClient::new(http_client_fn(move |_, _| connector.clone())),
            region: Region::new(region.to_owned()),
            credentials: Some(SharedCredentialsProvider::new(keys)),
            endpoints: Endpoints {
                fips,
                dual_stack,
                ..Endpoints::default()
            },
        }
    }

    /// The last URL.
    pub(crate) fn called(&self) -> Option<String> {
        let urls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        urls.last().cloned()
    }
}

#[tokio::test]
async fn secrets_manager_is_called_where_the_settings_say() {
    for (region, fips, dual_stack, url) in [
        (
            "us-east-1",
            false,
            false,
            "https://secretsmanager.us-east-1.amazonaws.com/",
        ),
        (
            "us-east-1",
            true,
            false,
            "https://secretsmanager-fips.us-east-1.amazonaws.com/",
        ),
        (
            "us-gov-west-1",
            true,
            false,
            "https://secretsmanager-fips.us-gov-west-1.amazonaws.com/",
        ),
        (
            "eu-west-1",
            false,
            true,
            "https://secretsmanager.eu-west-1.amazonaws.com/",
        ),
        (
            "eusc-de-east-1",
            false,
            true,
            "https://secretsmanager.eusc-de-east-1.api.amazonwebservices.eu/",
        ),
    ] {
        let recorder = Recorder::default();
        let store = AwsStore::new(client(recorder.access(region, fips, dual_stack)));
        let error = failure(store).await;
        assert_eq!(recorder.called().as_deref(), Some(url), "{error}");
    }
}
