//! What AWS's profile says about addresses, for the command line. AWS_PROFILE names the profile.

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

use super::around::Service;
use super::endpoint::Endpoints;
use crate::config::{Config, check_address};
use crate::error::RotationError;

/// The variables come first, and the profile where they say nothing.
/// Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>.
pub(super) fn endpoints(config: &Config, found: &SdkConfig) -> Result<Endpoints, RotationError> {
    let address = |own: &Option<String>, service| match own {
        Some(url) => Ok(Some(url.clone())),
        None => of_service(found, service),
    };
    Ok(Endpoints {
        fips: found.use_fips().unwrap_or_default(),
        dual_stack: found.use_dual_stack().unwrap_or_default(),
        secrets_manager: address(&config.endpoint, "secrets_manager")?,
        rds: address(&config.rds_endpoint, "rds")?,
        others: others(found)?,
    })
}

/// The addresses of the services that are asked on the command line alone.
fn others(found: &SdkConfig) -> Result<BTreeMap<&'static str, String>, RotationError> {
    let mut others = BTreeMap::new();
    for service in Service::ALL {
        if let Some(url) = of_service(found, service.profile)? {
            others.insert(service.profile, url);
        }
    }
    Ok(others)
}

/// The profile's address of a service, or that of all services. `service` is the service's name there. The SDK's own name of Secrets
/// Manager would be read as `secrets-manager`, which AWS's documentation does not have.
fn of_service(found: &SdkConfig, service: &str) -> Result<Option<String>, RotationError> {
    let key = ServiceConfigKey::builder()
        .service_id(service)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build();
    let services = found.service_config();
    let own = key
        .ok()
        .zip(services)
        .and_then(|(key, all)| all.load_config(key));
    let url = own.or_else(|| found.endpoint_url().map(ToOwned::to_owned));
    if let Some(url) = &url {
        check_address("endpoint_url of the AWS profile", url).map_err(RotationError::Config)?;
    }
    Ok(url)
}
