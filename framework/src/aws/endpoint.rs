//! Where the services of AWS are called.

#[cfg(any(feature = "command-line", feature = "database"))]
use super::partition::Partition;
use crate::config::Config;
use crate::error::RotationError;

/// What was said about the addresses of AWS's services: by variables, and on the command line by the profile too.
#[derive(Clone, Debug, Default)]
pub(crate) struct Endpoints {
    /// Whether the hosts with validated cryptography are called.
    /// Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html>.
    pub(crate) fips: bool,
    /// Whether the hosts are called that have IPv6 addresses too.
    pub(crate) dual_stack: bool,
    /// An address of Secrets Manager, in place of the Region's usual one.
    pub(crate) secrets_manager: Option<String>,
    /// An address of the RDS API, in place of the Region's usual one.
    pub(crate) rds: Option<String>,
    /// Addresses of other services, in place of their usual ones, by the services' names in a profile.
    #[cfg(feature = "command-line")]
    pub(crate) others: std::collections::BTreeMap<&'static str, String>,
}

impl Endpoints {
    /// What the variables say.
    pub(crate) fn of(config: &Config) -> Self {
        Self {
            fips: config.fips.unwrap_or_default(),
            dual_stack: config.dual_stack.unwrap_or_default(),
            secrets_manager: config.endpoint.clone(),
            rds: config.rds_endpoint.clone(),
            #[cfg(feature = "command-line")]
            others: std::collections::BTreeMap::new(),
        }
    }

    /// The same, if it can be done. An address is called as it is: it may be one of the hosts that are asked for, or not. AWS's SDKs
    /// refuse both together, too.
    pub(crate) fn checked(self) -> Result<Self, RotationError> {
        let asked = [
            (self.fips, "AWS_USE_FIPS_ENDPOINT (use_fips_endpoint)"),
            (
                self.dual_stack,
                "AWS_USE_DUALSTACK_ENDPOINT (use_dualstack_endpoint)",
            ),
        ];
        let addresses = [
            ("Secrets Manager", &self.secrets_manager),
            ("the RDS API", &self.rds),
        ];
        let given = addresses.into_iter().find(|(_, address)| address.is_some());
        let on = asked.into_iter().find(|(on, _)| *on);
        let (Some((service, _)), Some((_, asked))) = (given, on) else {
            return Ok(self);
        };
        Err(RotationError::Config(format!(
            "{asked} is on, and an address is set for {service}: an address is called as it is, so take one of the two settings away"
        )))
    }

    /// The address of the RDS API. GovCloud's usual hosts are those with validated cryptography.
    /// Source: <https://docs.aws.amazon.com/general/latest/gr/rds-service.html>.
    #[cfg(feature = "database")]
    pub(crate) fn rds(&self, region: &str) -> String {
        let fips = self.fips && (self.dual_stack || !region.starts_with("us-gov-"));
        let usual = || self.usual("rds", fips, region);
        let url = self.rds.clone().unwrap_or_else(usual);
        format!("{}/", url.trim_end_matches('/'))
    }

    /// A Region's usual address of a service.
    /// Source: <https://docs.aws.amazon.com/general/latest/gr/rande.html>.
    #[cfg(any(feature = "command-line", feature = "database"))]
    fn usual(&self, service: &str, fips: bool, region: &str) -> String {
        let partition = Partition::of(region);
        let suffix = match self.dual_stack {
            true => partition.dual_stack,
            false => partition.suffix,
        };
        let kind = if fips { "-fips" } else { "" };
        format!("https://{service}{kind}.{region}.{suffix}")
    }

    /// The address of a service in a Region. `named` is the service's name in a profile, and `host` begins its usual host.
    #[cfg(feature = "command-line")]
    pub(crate) fn of_service(&self, named: &str, host: &str, region: &str) -> String {
        let url = self.others.get(named).cloned();
        url.unwrap_or_else(|| self.usual(host, self.fips, region))
    }

    /// The address of IAM, and the Region in the signature of its calls. A partition has one.
    /// Source: <https://docs.aws.amazon.com/general/latest/gr/iam-service.html>.
    #[cfg(feature = "command-line")]
    pub(crate) fn iam(&self, region: &str) -> (String, &'static str) {
        let (partition, home) = (Partition::of(region), Partition::home(region));
        let kind = if self.fips { "-fips" } else { "" };
        let host = match home {
            "us-east-1" => format!("iam{kind}"),
            "us-gov-west-1" => "iam.us-gov".to_owned(),
            home => format!("iam.{home}"),
        };
        let usual = || format!("https://{host}.{}", partition.suffix);
        (self.others.get("iam").cloned().unwrap_or_else(usual), home)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "database")]
    #[test]
    fn addresses_of_the_rds_api() {
        for (fips, dual_stack, region, url) in [
            (
                false,
                false,
                "eu-west-1",
                "https://rds.eu-west-1.amazonaws.com/",
            ),
            (
                true,
                false,
                "us-east-1",
                "https://rds-fips.us-east-1.amazonaws.com/",
            ),
            (false, true, "eu-west-1", "https://rds.eu-west-1.api.aws/"),
            (
                true,
                true,
                "us-east-1",
                "https://rds-fips.us-east-1.api.aws/",
            ),
            (
                true,
                false,
                "us-gov-west-1",
                "https://rds.us-gov-west-1.amazonaws.com/",
            ),
            (
                false,
                false,
                "cn-north-1",
                "https://rds.cn-north-1.amazonaws.com.cn/",
            ),
            (
                false,
                false,
                "eusc-de-east-1",
                "https://rds.eusc-de-east-1.amazonaws.eu/",
            ),
            (
                false,
                false,
                "us-iso-east-1",
                "https://rds.us-iso-east-1.c2s.ic.gov/",
            ),
        ] {
            let endpoints = Endpoints {
                fips,
                dual_stack,
                ..Endpoints::default()
            };
            assert_eq!(endpoints.rds(region), url);
        }
    }

    #[cfg(feature = "command-line")]
    #[test]
    fn addresses_of_other_services() {
        let mut endpoints = Endpoints::default();
        for (region, url, home) in [
            ("eu-west-1", "https://iam.amazonaws.com", "us-east-1"),
            (
                "us-gov-east-1",
                "https://iam.us-gov.amazonaws.com",
                "us-gov-west-1",
            ),
            (
                "cn-northwest-1",
                "https://iam.cn-north-1.amazonaws.com.cn",
                "cn-north-1",
            ),
        ] {
            assert_eq!(endpoints.iam(region), (url.to_owned(), home));
        }
        let logs = |endpoints: &Endpoints| endpoints.of_service("cloudwatch_logs", "logs", "x-1");
        assert_eq!(logs(&endpoints), "https://logs.x-1.amazonaws.com");
        let own = "http://localhost:4566".to_owned();
        endpoints.others.insert("cloudwatch_logs", own.clone());
        assert_eq!(logs(&endpoints), own);
    }

    #[test]
    fn an_address_and_a_kind_of_address_exclude_each_other() {
        let address = Some("https://vpce.example".to_owned());
        let refused = |endpoints: Endpoints| endpoints.checked().expect_err("both").to_string();
        let said = refused(Endpoints {
            fips: true,
            secrets_manager: address.clone(),
            ..Endpoints::default()
        });
        assert!(said.contains("AWS_USE_FIPS_ENDPOINT") && said.contains("Secrets Manager"));
        let said = refused(Endpoints {
            dual_stack: true,
            rds: address.clone(),
            ..Endpoints::default()
        });
        assert!(said.contains("AWS_USE_DUALSTACK_ENDPOINT") && said.contains("the RDS API"));
        let one = Endpoints {
            rds: address,
            ..Endpoints::default()
        };
        assert!(one.checked().is_ok());
    }
}
